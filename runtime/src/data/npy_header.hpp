// The header of an .npy file: magic, version, length, and a Python dictionary with exactly descr, fortran_order and shape
// (numpy/lib/format.py describes it).
#pragma once
#include <ingot/runtime/data/array.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ingot::runtime {

struct NpyHeader {
  ElementType type = ElementType::f32;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::size_t bytes = 0;  ///< where the elements begin
};

/// Throws UserError with `name` and offset.
NpyHeader parse_npy_header(std::span<const std::byte> file, const std::string& name);
/// Version 1.0, padded so that the elements begin at a multiple of 64.
std::string npy_header_text(ElementType type, const std::vector<std::uint64_t>& shape);

}  // namespace ingot::runtime
