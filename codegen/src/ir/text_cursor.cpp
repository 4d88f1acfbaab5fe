#include "ir/text_cursor.hpp"

#include "ir/error.hpp"

#include <charconv>

namespace ingot::codegen {
namespace {

// not <cctype>: bytes above 127 must not depend on the locale
bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

}  // namespace

void TextCursor::fail(std::string_view what) const {
  throw UserError("line " + std::to_string(line_) + ": expected " + std::string(what) +
                  (rest_.empty() ? ", found the end of the line" : ", found '" + std::string(rest_.substr(0, 20)) + "'"));
}

void TextCursor::skip_blanks() {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool TextCursor::next_line() {
  while (!text_.empty()) {
    const std::size_t end = text_.find('\n');
    rest_ = text_.substr(0, end);
    text_ = end == std::string_view::npos ? std::string_view{} : text_.substr(end + 1);
    ++line_;
    skip_blanks();
    if (!rest_.empty() && rest_.front() != '#') return true;
  }
  rest_ = {};
  return false;
}

bool TextCursor::line_done() {
  skip_blanks();
  return rest_.empty();
}

bool TextCursor::take(std::string_view word) {
  skip_blanks();
  if (!rest_.starts_with(word)) return false;
  if (is_word_char(word.back()) && rest_.size() > word.size() && is_word_char(rest_[word.size()])) return false;
  rest_.remove_prefix(word.size());
  return true;
}

void TextCursor::expect(std::string_view word) {
  if (!take(word)) fail("'" + std::string(word) + "'");
}

std::string_view TextCursor::word() {
  skip_blanks();
  std::size_t n = 0;
  while (n < rest_.size() && is_word_char(rest_[n])) ++n;
  if (n == 0) fail("a word");
  const std::string_view w = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return w;
}

std::string TextCursor::quoted() {
  expect("\"");
  std::string text;
  while (!rest_.empty() && rest_.front() != '"') {
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\\') {
      if (rest_.empty()) fail("a character after \\");
      c = rest_.front();
      rest_.remove_prefix(1);
      if (c == 'x') {
        if (rest_.size() < 2 || hex_digit(rest_[0]) < 0 || hex_digit(rest_[1]) < 0) fail("two hexadecimal digits");
        c = static_cast<char>(hex_digit(rest_[0]) * 16 + hex_digit(rest_[1]));
        rest_.remove_prefix(2);
      }
    }
    text.push_back(c);
  }
  expect("\"");
  return text;
}

template <class T>
T TextCursor::from_chars(std::string_view what) {
  skip_blanks();
  T value{};
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error != std::errc{}) fail(what);
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

std::int64_t TextCursor::integer() { return from_chars<std::int64_t>("an integer"); }
double TextCursor::number() { return from_chars<double>("a number"); }

std::int64_t TextCursor::integer_in(std::int64_t low, std::int64_t high) {
  const std::string_view before = rest_;
  const std::int64_t v = integer();
  if (v < low || v > high) {
    rest_ = before;
    fail("an integer in " + std::to_string(low) + " .. " + std::to_string(high));
  }
  return v;
}

void TextCursor::end_line() {
  if (!line_done()) fail("the end of the line");
}

}  // namespace ingot::codegen
