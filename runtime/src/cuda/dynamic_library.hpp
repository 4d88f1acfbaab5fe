// A shared library that is opened by name when it is wanted, and stays open until the process ends: drivers do not survive being closed.
#pragma once
#include <initializer_list>
#include <string>

namespace ingot::runtime::cuda {

class DynamicLibrary {
 public:
  /// Opens the first of `names` (file names, or paths) that the dynamic linker finds. Does not throw: see is_open() and reason().
  explicit DynamicLibrary(std::initializer_list<std::string> names);

  [[nodiscard]] bool is_open() const noexcept { return handle_ != nullptr; }
  /// The name that was opened; when none was, the first.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// What the dynamic linker said about the first name, when none could be opened.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// Points `function` at the symbol; when the library lacks it, `missing` gets its name, unless it has one already.
  template <class Function>
  void resolve(Function*& function, const char* symbol, std::string& missing) const {
    function = reinterpret_cast<Function*>(find(symbol));
    if (function == nullptr && missing.empty()) missing = symbol;
  }

 private:
  [[nodiscard]] void* find(const char* symbol) const noexcept;

  void* handle_ = nullptr;
  std::string name_, reason_;
};

}  // namespace ingot::runtime::cuda
