// A device program as C++ source, beside the other programs of a manifest.
#pragma once
#include <ingot_abi.h>
#include <ingot_device.h>

#include <sstream>
#include <string>

namespace ingot::codegen {

/// The symbol of an image in the object that goes with a program: "fashion_cuda_f32_ptx", "..._sm_90", "..._emulated".
[[nodiscard]] std::string image_symbol(const std::string& prefix, const ingot_device_image& image);
/// Declarations of the images, for inside `extern "C"`.
void declare_images(std::ostringstream& out, const ingot_device_program& p, const std::string& prefix);
/// Static tables and `const ingot_device_program <prefix>`.
void write_device_program(std::ostringstream& out, const ingot_device_program& p, const std::string& prefix);

}  // namespace ingot::codegen
