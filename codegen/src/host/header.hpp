// The typed C++ header of a compiled model, for programs that embed it.
#pragma once
#include <ingot_abi.h>

#include <string>
#include <string_view>

namespace ingot::codegen {

/// Text of `<symbol>.hpp`: namespace `ingot_models::<symbol>` with the extents of the program built ahead as constants, typed
/// views of batches and parameters, and a class `model` that trains, evaluates, predicts, loads and saves.
/// The header includes the standard library and public headers of the runtime; nothing of dsl/, nothing of LLVM.
/// `model` needs one point with an f32 program that has train, evaluate and predict.
[[nodiscard]] std::string model_header(const ingot_model& model, std::string_view symbol);

}  // namespace ingot::codegen
