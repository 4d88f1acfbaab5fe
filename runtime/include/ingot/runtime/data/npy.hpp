// NumPy's .npy (versions 1.0, 2.0, 3.0) and .npz (zip, stored or deflated) files.
//
// Read: little-endian bool, u1..u8, i1..i8, f2, f4, f8 of any shape; Fortran order is turned into row-major. Everything else, and
// every damage, throws UserError with file, member and offset. Memory is bounded by what the file can hold.
// Write: row-major, version 1.0; .npz members are stored, not compressed. Files are written atomically.
#pragma once
#include <ingot/runtime/data/array.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ingot::runtime {

Array read_npy(const std::filesystem::path& path);

struct NamedArray {
  std::string name;  ///< without ".npy"
  Array array;
};
/// Members in the order of the archive. `wanted` empty: all; else only these, the others are not unpacked.
std::vector<NamedArray> read_npz(const std::filesystem::path& path, std::span<const std::string> wanted = {});

void write_npy(const std::filesystem::path& path, const Array& array);
void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays);

}  // namespace ingot::runtime
