// The options of a generator; see ingot/codegen/generator.hpp.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace ingot::codegen {

struct GenOptions {
  std::filesystem::path out;
  std::string name;   ///< "": as the model
  std::string model;  ///< "": the only one
  std::string show;   ///< "launches" or "ptx" of the device program, instead of writing anything; "": nothing
  std::vector<std::string> targets{"x86-64-v3", "x86-64-v4"};
  bool list = false, help = false;
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws UsageError.
[[nodiscard]] GenOptions parse_gen_options(int argc, char** argv);

}  // namespace ingot::codegen
