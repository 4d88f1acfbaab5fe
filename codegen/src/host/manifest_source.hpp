// The manifest as C++ source: readable static tables around the functions of the objects, for the linker.
#pragma once
#include <ingot_abi.h>

#include <string>
#include <string_view>

namespace ingot::codegen {

/// What the functions of a program built ahead begin with: ("fashion", "x86-64-v4", INGOT_F32) -> "fashion_v4_f32".
[[nodiscard]] std::string program_prefix(std::string_view symbol, std::string_view target, std::uint32_t dtype);

/// A translation unit that includes only <ingot_abi.h>, declares the functions named by program_prefix and defines
/// `extern "C" const ingot_model ingot_model_<symbol>`, equal to `model` in everything but those functions.
[[nodiscard]] std::string manifest_source(const ingot_model& model, std::string_view symbol);

}  // namespace ingot::codegen
