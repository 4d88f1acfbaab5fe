#include "cli/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ingot::runtime::cli {

void JsonWriter::quote(std::string_view text) {
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (text_ += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      text_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      text_ += c;
  }
  text_ += '"';
}

void JsonWriter::prefix(std::string_view key) {
  if (!first_) text_ += ", ";
  first_ = false;
  if (key.empty()) return;
  quote(key);
  text_ += ": ";
}

JsonWriter& JsonWriter::begin_object(std::string_view key) {
  prefix(key);
  text_ += '{';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array(std::string_view key) {
  prefix(key);
  text_ += '[';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view key, std::string_view json) {
  prefix(key);
  text_ += json;
  return *this;
}

JsonWriter& JsonWriter::add(std::string_view key, std::string_view value) {
  prefix(key);
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::add(std::string_view key, double value) {
  return raw(key, std::isfinite(value) ? fmt::format("{}", value) : std::string("null"));
}

}  // namespace ingot::runtime::cli
