#include "data/npy_header.hpp"

#include "data/byte_order.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <charconv>
#include <string_view>
#include <utility>

namespace ingot::runtime {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_rank = 32;  // NumPy's own limit before 2.0

constexpr std::pair<std::string_view, ElementType> descriptions[] = {
    {"|b1", ElementType::boolean}, {"|u1", ElementType::u8},  {"<u2", ElementType::u16}, {"<u4", ElementType::u32},
    {"<u8", ElementType::u64},     {"|i1", ElementType::i8},  {"<i2", ElementType::i16}, {"<i4", ElementType::i32},
    {"<i8", ElementType::i64},     {"<f2", ElementType::f16}, {"<f4", ElementType::f32}, {"<f8", ElementType::f64}};

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class DictionaryParser {
 public:
  DictionaryParser(std::string_view text, std::size_t offset, const std::string& name) : text_(text), offset_(offset), name_(name) {}

  void parse(NpyHeader& header) {
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      const std::size_t which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : 3;
      if (which == 3 || std::exchange(seen[which], true)) fail(fmt::format("unexpected key '{}'", key));
      expect(':');
      if (which == 0) header.type = element_type();
      if (which == 1) header.fortran_order = boolean();
      if (which == 2) header.shape = tuple();
      if (!accept(',') && !peek('}')) fail("a comma or brace is missing");
    }
    skip_blanks();
    if (at_ != text_.size()) fail("text after the dictionary");
    if (!seen[0] || !seen[1] || !seen[2]) fail("descr, fortran_order and shape must all be there");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw UserError(fmt::format("{}: bad .npy header at offset {}: {}", name_, offset_ + at_, what));
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool peek(char c) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool accept(char c) {
    const bool there = peek(c);
    at_ += there ? 1 : 0;
    return there;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}' expected", c));
  }

  std::string_view string() {
    if (peek('[')) fail("structured element types are not read");
    const char quote = peek('"') ? '"' : '\'';
    expect(quote);
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail("a string does not end");
    const std::string_view value = text_.substr(at_, end - at_);
    at_ = end + 1;
    return value;
  }

  ElementType element_type() {
    const std::string_view value = string();
    for (const auto& [description, type] : descriptions)
      if (value == description || (element_bytes(type) == 1 && value.size() == 3 && value.substr(1) == description.substr(1))) return type;
    if (value.starts_with('>')) fail(fmt::format("element type '{}' is big-endian, save the array little-endian", value));
    fail(fmt::format("element type '{}' is not read; bool, integers and f2, f4, f8 are", value));
  }

  bool boolean() {
    skip_blanks();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    fail("True or False expected");
  }

  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> shape;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      std::uint64_t extent = 0;
      const char *begin = text_.data() + at_, *end = text_.data() + text_.size();
      const auto [stop, error] = std::from_chars(begin, end, extent);
      if (error != std::errc{}) fail("an extent expected");
      at_ += static_cast<std::size_t>(stop - begin);
      shape.push_back(extent);
      if (shape.size() > max_rank) fail("too many dimensions");
      if (!accept(',') && !peek(')')) fail("a comma or parenthesis is missing");
    }
    return shape;
  }

  std::string_view text_;
  std::size_t offset_, at_ = 0;
  const std::string& name_;
};

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> file, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(magic)) throw UserError(fmt::format("{}: no .npy file, it does not begin with \\x93NUMPY (offset 0)", name));
  const auto cut_off = [&] { return UserError(fmt::format("{}: the .npy header is cut off after {} bytes", name, file.size())); };
  if (file.size() < 10) throw cut_off();
  const auto major = std::to_integer<unsigned>(file[6]), minor = std::to_integer<unsigned>(file[7]);
  if (major < 1 || major > 3 || minor != 0)
    throw UserError(fmt::format("{}: .npy version {}.{} at offset 6 is not read, 1.0, 2.0 and 3.0 are", name, major, minor));
  const std::size_t begin = major == 1 ? 10 : 12;
  if (file.size() < begin) throw cut_off();
  const std::size_t length = major == 1 ? load_little<std::uint16_t>(file.data() + 8) : load_little<std::uint32_t>(file.data() + 8);
  if (length > file.size() - begin) throw cut_off();
  NpyHeader header;
  header.bytes = begin + length;
  DictionaryParser(text.substr(begin, length), begin, name).parse(header);
  return header;
}

std::string npy_header_text(ElementType type, const std::vector<std::uint64_t>& shape) {
  std::string_view description;
  for (const auto& [text, candidate] : descriptions)
    if (candidate == type) description = text;
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", description, fmt::join(shape, ", "),
                                       shape.size() == 1 ? "," : "");
  constexpr std::size_t before = 10;
  dictionary.append(63 - (before + dictionary.size()) % 64, ' ');
  dictionary += '\n';
  const auto length = static_cast<std::uint16_t>(dictionary.size());
  std::string text(magic);
  text += '\x01';
  text += '\0';
  text += static_cast<char>(length & 0xFF);
  text += static_cast<char>(length >> 8);
  return text + dictionary;
}

}  // namespace ingot::runtime
