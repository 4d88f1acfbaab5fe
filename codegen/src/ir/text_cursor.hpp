// A cursor over the text form of graphs: tokens and numbers of one line at a time, with errors that name the line.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot::codegen {

class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  /// Goes to the next line with content; false at the end of the text.
  bool next_line();
  [[nodiscard]] bool line_done();
  /// Consumes `word` if it comes next (as a whole word when it ends in a letter).
  bool take(std::string_view word);
  void expect(std::string_view word);
  std::string_view word();  ///< letters, digits, _; fails when there is none
  std::string quoted();
  std::int64_t integer();
  std::int64_t integer_in(std::int64_t low, std::int64_t high);
  double number();
  void end_line();
  /// Throws UserError: "line 7: expected ...".
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void skip_blanks();
  template <class T>
  T from_chars(std::string_view what);

  std::string_view text_, rest_;
  int line_ = 0;
};

}  // namespace ingot::codegen
