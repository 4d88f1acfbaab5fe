#include <ingot/runtime/data/idx.hpp>

#include "data/byte_order.hpp"
#include "data/inflate.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <algorithm>
#include <optional>

namespace ingot::runtime {
namespace {

struct Header {
  ElementType type;
  std::vector<std::uint64_t> shape;
  std::uint64_t payload = 0;  // bytes

  [[nodiscard]] std::size_t bytes() const { return 4 + 4 * shape.size(); }
};

ElementType element_type(unsigned code, const std::string& name) {
  switch (code) {
    case 0x08:
      return ElementType::u8;
    case 0x09:
      return ElementType::i8;
    case 0x0B:
      return ElementType::i16;
    case 0x0C:
      return ElementType::i32;
    case 0x0D:
      return ElementType::f32;
    case 0x0E:
      return ElementType::f64;
    default:
      throw UserError(fmt::format("{}: unknown IDX element type 0x{:02x} at offset 2", name, code));
  }
}

// `read(out, n)` gives up to n bytes. `most`: payload bytes the file can hold.
template <class Read>
Header read_header(Read&& read, std::uint64_t most, const std::string& name) {
  unsigned char magic[4];
  if (read(magic, 4) < 4) throw UserError(fmt::format("{}: cut off within the 4 bytes of the IDX magic number", name));
  if (magic[0] != 0 || magic[1] != 0)
    throw UserError(fmt::format("{}: bad IDX magic number {:02x}{:02x}{:02x}{:02x} at offset 0, it must begin with 0000", name, magic[0],
                                magic[1], magic[2], magic[3]));
  Header header{element_type(magic[2], name), {}, 0};
  const unsigned rank = magic[3];
  if (rank < 1 || rank > 8) throw UserError(fmt::format("{}: IDX rank {} at offset 3, 1 to 8 are read", name, rank));
  header.payload = element_bytes(header.type);
  for (unsigned d = 0; d < rank; ++d) {
    unsigned char extent[4];
    if (read(extent, 4) < 4) throw UserError(fmt::format("{}: cut off within extent {} of {} at offset {}", name, d, rank, 4 + 4 * d));
    header.shape.push_back(std::uint64_t{extent[0]} << 24 | extent[1] << 16 | extent[2] << 8 | extent[3]);
    if (__builtin_mul_overflow(header.payload, header.shape.back(), &header.payload)) header.payload = ~std::uint64_t{0};
  }
  if (header.payload > most)
    throw UserError(fmt::format("{}: the extents {} of {} in the IDX header want {} bytes, the file holds {}{}; it is cut off or damaged",
                                name, shape_text(header.shape), element_name(header.type), header.payload, most > 0 ? "at most " : "",
                                most));
  return header;
}

Array make_array(const Header& header, std::shared_ptr<const std::byte> data, const std::string& name) {
  return {header.type, header.shape, std::move(data), true, name};
}

Array read_packed(std::span<const std::byte> file, const std::string& name) {
  InflateStream stream(file, InflateStream::Format::gzip, name);
  const Header header = read_header([&](void* out, std::size_t n) { return stream.read(out, n); }, most_unpacked_bytes(file.size()), name);
  const auto memory = allocate_bytes(header.payload, name);
  const std::size_t got = stream.read(memory.get(), header.payload);
  if (got < header.payload)
    throw UserError(fmt::format("{}: truncated: {} {} elements want {} bytes, there are {}", name, shape_text(header.shape),
                                element_name(header.type), header.payload, got));
  if (!stream.at_end())
    throw UserError(
        fmt::format("{}: trailing bytes after the last element at (unpacked) offset {}", name, header.bytes() + header.payload));
  big_endian_to_native(memory.get(), header.payload, element_bytes(header.type));
  return make_array(header, memory, name);
}

Array read_plain(const std::shared_ptr<const MappedFile>& mapped, const std::string& name) {
  const auto file = mapped->bytes();
  std::size_t at = 0;
  const auto read = [&](void* out, std::size_t n) {
    const std::size_t taken = std::min(n, file.size() - at);
    std::copy_n(file.data() + at, taken, static_cast<std::byte*>(out));
    at += taken;
    return taken;
  };
  const Header header = read_header(read, ~std::uint64_t{0} - 1, name);
  const std::uint64_t rest = file.size() - at;
  if (rest < header.payload)
    throw UserError(fmt::format("{}: truncated: {} {} elements want {} bytes after offset {}, there are {}", name, shape_text(header.shape),
                                element_name(header.type), header.payload, at, rest));
  if (rest > header.payload)
    throw UserError(
        fmt::format("{}: {} trailing bytes after the last element at offset {}", name, rest - header.payload, at + header.payload));
  if (element_bytes(header.type) == 1) {
    Array array = make_array(header, {mapped, file.data() + at}, name);
    array.resident = fits_memory(header.payload);
    return array;
  }
  const auto memory = allocate_bytes(header.payload, name);
  std::copy_n(file.data() + at, header.payload, memory.get());
  big_endian_to_native(memory.get(), header.payload, element_bytes(header.type));
  return make_array(header, memory, name);
}

}  // namespace

Array read_idx(const std::filesystem::path& path) {
  const auto mapped = MappedFile::open(path);
  const auto file = mapped->bytes();
  if (file.size() >= 2 && file[0] == std::byte{0x1f} && file[1] == std::byte{0x8b}) return read_packed(file, path.string());
  return read_plain(mapped, path.string());
}

}  // namespace ingot::runtime
