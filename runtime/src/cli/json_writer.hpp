// Writes one JSON object, in the order of the calls. Doubles have the shortest digits that read back equal; NaN and infinities are null.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::runtime::cli {

class JsonWriter {
 public:
  JsonWriter& begin_object(std::string_view key = {});
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array(std::string_view key = {});
  JsonWriter& end_array() { return close(']'); }

  /// In an array: with an empty key.
  JsonWriter& add(std::string_view key, std::string_view value);
  JsonWriter& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  JsonWriter& add(std::string_view key, const std::string& value) { return add(key, std::string_view(value)); }
  JsonWriter& add(std::string_view key, double value);
  JsonWriter& add(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  template <std::integral T>
  JsonWriter& add(std::string_view key, T value) {
    return raw(key, std::to_string(value));
  }
  template <typename T>
  JsonWriter& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, *value) : raw(key, "null");
  }
  JsonWriter& null(std::string_view key) { return raw(key, "null"); }

  /// Text that is JSON already.
  JsonWriter& raw(std::string_view key, std::string_view json);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void prefix(std::string_view key);
  void quote(std::string_view text);
  JsonWriter& close(char bracket);

  std::string text_;
  bool first_ = true;
};

}  // namespace ingot::runtime::cli
