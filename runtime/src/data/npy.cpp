#include <ingot/runtime/data/npy.hpp>

#include "data/byte_order.hpp"
#include "data/npy_header.hpp"
#include "data/zip.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <algorithm>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::string_view member_suffix = ".npy";

// Column-major elements in row-major order.
std::shared_ptr<const std::byte> to_row_major(const NpyHeader& header, const std::byte* data, std::uint64_t elements,
                                              const std::string& name) {
  const std::size_t bytes = element_bytes(header.type), rank = header.shape.size();
  const auto memory = allocate_bytes(elements * bytes, name);
  std::vector<std::uint64_t> stride(rank, 1), position(rank, 0);
  for (std::size_t d = 1; d < rank; ++d) stride[d] = stride[d - 1] * header.shape[d - 1];
  std::uint64_t source = 0;
  for (std::uint64_t e = 0; e < elements; ++e) {
    std::memcpy(memory.get() + e * bytes, data + source * bytes, bytes);
    for (std::size_t d = rank; d-- > 0;) {
      source += stride[d];
      if (++position[d] < header.shape[d]) break;
      source -= stride[d] * header.shape[d];
      position[d] = 0;
    }
  }
  return memory;
}

// The array in `file`, whose memory `owner` keeps alive.
Array parse_npy(std::span<const std::byte> file, const std::shared_ptr<const void>& owner, const std::string& name) {
  const NpyHeader header = parse_npy_header(file, name);
  Array array{header.type, header.shape, nullptr, true, name};
  std::uint64_t bytes = element_bytes(header.type);
  for (const std::uint64_t extent : header.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes)) bytes = ~std::uint64_t{0};
  const auto data = file.subspan(header.bytes);
  if (bytes > data.size())
    throw UserError(fmt::format("{}: truncated: shape {} of {} wants {} bytes after offset {}, there are {}", name,
                                shape_text(header.shape), element_name(header.type), bytes, header.bytes, data.size()));
  if (bytes < data.size())
    throw UserError(
        fmt::format("{}: {} trailing bytes after the last element at offset {}", name, data.size() - bytes, header.bytes + bytes));
  const std::uint64_t elements = bytes / element_bytes(header.type);
  const bool aligned = reinterpret_cast<std::uintptr_t>(data.data()) % element_bytes(header.type) == 0;
  if (header.fortran_order && header.shape.size() > 1 && elements > 0) {
    array.data = to_row_major(header, data.data(), elements, name);
  } else if (aligned) {
    array.data = {owner, data.data()};
  } else {
    const auto memory = allocate_bytes(bytes, name);
    std::copy_n(data.data(), bytes, memory.get());
    array.data = memory;
  }
  return array;
}

std::string_view data_text(const Array& array) { return {reinterpret_cast<const char*>(array.data.get()), array.bytes()}; }

}  // namespace

Array read_npy(const std::filesystem::path& path) {
  const auto mapped = MappedFile::open(path);
  Array array = parse_npy(mapped->bytes(), mapped, path.string());
  array.resident = fits_memory(array.bytes());
  return array;
}

std::vector<NamedArray> read_npz(const std::filesystem::path& path, std::span<const std::string> wanted) {
  const ZipReader zip(path);
  std::vector<NamedArray> arrays;
  for (const auto& member : zip.members()) {
    std::string_view name = member.name;
    if (!name.ends_with(member_suffix)) continue;
    name.remove_suffix(member_suffix.size());
    if (!wanted.empty() && std::ranges::find(wanted, name) == wanted.end()) continue;
    if (std::ranges::find(arrays, name, &NamedArray::name) != arrays.end())
      throw UserError(fmt::format("{} appears twice in the archive", zip.where(member)));
    const std::shared_ptr<std::byte> memory = zip.unpack(member);
    arrays.push_back({std::string(name), parse_npy({memory.get(), member.size}, memory, zip.where(member))});
  }
  return arrays;
}

void write_npy(const std::filesystem::path& path, const Array& array) {
  AtomicFile file(path);
  file.write(npy_header_text(array.type, array.shape));
  file.write(data_text(array));
  file.commit();
}

void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays) {
  ZipWriter zip;
  for (const auto& [name, array] : arrays) {
    const std::string header = npy_header_text(array.type, array.shape);
    const std::string_view pieces[] = {header, data_text(array)};
    zip.add(name + std::string(member_suffix), pieces);
  }
  write_atomically(path, zip.finish());
}

}  // namespace ingot::runtime
