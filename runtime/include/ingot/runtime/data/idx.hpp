// IDX files (the format of MNIST), plain or gzip: two zero bytes, a type, a rank, big-endian extents, big-endian elements.
// Types: 0x08 u8, 0x09 i8, 0x0B i16, 0x0C i32, 0x0D f32, 0x0E f64. Truncated files, wrong magic numbers, extents that do not fit
// the file and bytes after the last element throw UserError with file and offset. Memory is bounded by what the file can hold.
#pragma once
#include <ingot/runtime/data/array.hpp>

#include <filesystem>

namespace ingot::runtime {

/// Rank 1 to 8. Plain files of bytes are mapped, all others are read into memory. Gzip is recognized by its content.
Array read_idx(const std::filesystem::path& path);

}  // namespace ingot::runtime
