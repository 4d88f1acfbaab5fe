#include "host/source_text.hpp"

#include "ir/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace ingot::codegen {

namespace {

constexpr std::array keywords{
    "alignas",  "alignof",  "and",       "and_eq",       "asm",       "auto",       "bitand",        "bitor",       "bool",
    "break",    "case",     "catch",     "char",         "char8_t",   "char16_t",   "char32_t",      "class",       "compl",
    "concept",  "const",    "consteval", "constexpr",    "constinit", "const_cast", "continue",      "co_await",    "co_return",
    "co_yield", "decltype", "default",   "delete",       "do",        "double",     "dynamic_cast",  "else",        "enum",
    "explicit", "export",   "extern",    "false",        "float",     "for",        "friend",        "goto",        "if",
    "inline",   "int",      "long",      "mutable",      "namespace", "new",        "noexcept",      "not",         "not_eq",
    "nullptr",  "operator", "or",        "or_eq",        "private",   "protected",  "public",        "register",    "reinterpret_cast",
    "requires", "return",   "short",     "signed",       "sizeof",    "static",     "static_assert", "static_cast", "struct",
    "switch",   "template", "this",      "thread_local", "throw",     "true",       "try",           "typedef",     "typeid",
    "typename", "union",    "unsigned",  "using",        "virtual",   "void",       "volatile",      "wchar_t",     "while",
    "xor",      "xor_eq"};

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Octal with three digits: unlike \x it cannot swallow the character behind it.
std::string escaped(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') return {'\\', c};
  if (byte >= 32 && byte != 127) return {c};
  return {'\\', static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)), static_cast<char>('0' + (byte & 7))};
}

}  // namespace

std::string quoted(const char* text, std::string_view indent) {
  if (text == nullptr) return "nullptr";
  std::string out = "\"";
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(1)) {
    if (rest.front() != '\n') {
      out += escaped(rest.front());
      continue;
    }
    out += "\\n";
    if (rest.size() > 1) out += "\"\n" + std::string(indent) + "\"";
  }
  return out + "\"";
}

std::string literal(double value) {
  if (std::isnan(value)) return "__builtin_nan(\"\")";
  if (std::isinf(value)) return value > 0 ? "__builtin_inf()" : "-__builtin_inf()";
  std::array<char, 32> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string text(digits.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), is_word_character) && std::find(keywords.begin(), keywords.end(), name) == keywords.end();
}

std::string identifier(std::string_view name) {
  std::string out(name);
  std::replace_if(out.begin(), out.end(), [](char c) { return !is_word_character(c); }, '_');
  if (!out.empty() && std::isdigit(static_cast<unsigned char>(out.front())) != 0) out.insert(out.begin(), '_');
  return is_identifier(out) ? out : out + "_";
}

std::string_view dtype_constant(std::uint32_t dtype) {
  constexpr std::array<std::string_view, 6> names{"INGOT_F32", "INGOT_F64", "INGOT_F16", "INGOT_BF16", "INGOT_U8", "INGOT_I32"};
  if (dtype >= names.size()) throw InternalError("host: unknown dtype " + std::to_string(dtype));
  return names[dtype];
}

std::string_view cpp_type(std::uint32_t dtype) {
  switch (dtype) {
    case INGOT_F32:
      return "float";
    case INGOT_F64:
      return "double";
    case INGOT_U8:
      return "std::uint8_t";
    case INGOT_I32:
      return "std::int32_t";
    default:
      throw InternalError("host: no C++ type for " + std::string(dtype_constant(dtype)));
  }
}

}  // namespace ingot::codegen
