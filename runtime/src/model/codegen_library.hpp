// libingot_codegen.so, opened when a program must be compiled and not before; it stays open until the process ends.
#pragma once
#include <ingot_compile.h>

#include <filesystem>
#include <string>

namespace ingot::runtime {

struct CodegenLibrary {
  ingot_codegen_compile_fn compile = nullptr;
  ingot_codegen_release_fn release = nullptr;
};

/// `path` empty: beside the executable, ../lib, then as the dynamic linker looks (baked rpath, system). Thread-safe. Throws UserError whose
/// sentence starts with `need` ("units=96 was not built ahead").
const CodegenLibrary& codegen_library(const std::filesystem::path& path, const std::string& need);

}  // namespace ingot::runtime
