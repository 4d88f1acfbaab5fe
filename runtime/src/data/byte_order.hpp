// Numbers in files: little-endian reads at any address and writes, and big-endian elements turned round in place.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace ingot::runtime {

static_assert(std::endian::native == std::endian::little, "elements of NPY and safetensors files are used as they are");

template <class Number>
Number load_little(const std::byte* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

/// The bytes of a number as they stand in a file.
template <class Number>
std::string little_bytes(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

inline void big_endian_to_native(std::byte* data, std::uint64_t bytes, std::size_t element) {
  for (std::uint64_t at = 0; element > 1 && at < bytes; at += element)
    for (std::size_t i = 0; i < element / 2; ++i) {
      const std::byte low = data[at + i];
      data[at + i] = data[at + element - 1 - i];
      data[at + element - 1 - i] = low;
    }
}

}  // namespace ingot::runtime
