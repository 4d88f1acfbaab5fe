#include "data/zip.hpp"

#include "data/byte_order.hpp"
#include "data/inflate.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <zlib.h>

#include <cstring>
#include <limits>

namespace ingot::runtime {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50, member_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::size_t local_bytes = 30, member_bytes = 46, end_bytes = 22;
constexpr std::uint32_t wide = 0xFFFFFFFF;  // the number is in the zip64 extra field
constexpr std::uint16_t wide_field = 0x0001;

std::uint32_t checksum_of(std::uint32_t checksum, const void* data, std::uint64_t bytes) {
  return static_cast<std::uint32_t>(crc32_z(checksum, static_cast<const Bytef*>(data), bytes));
}

// The end record is followed by a comment of at most 64 KiB - 1.
std::uint64_t find_end(std::span<const std::byte> file, const std::string& name) {
  if (file.size() >= end_bytes)
    for (std::uint64_t comment = 0; comment <= 0xFFFF && comment + end_bytes <= file.size(); ++comment) {
      const std::byte* at = file.data() + (file.size() - end_bytes - comment);
      if (load_little<std::uint32_t>(at) == end_signature && load_little<std::uint16_t>(at + 20) == comment)
        return file.size() - end_bytes - comment;
    }
  throw UserError(fmt::format("{}: no zip directory at the end of its {} bytes; the file is cut off or no .npz file", name, file.size()));
}

}  // namespace

ZipReader::ZipReader(const std::filesystem::path& path) : name_(path.string()), file_(MappedFile::open(path)) {
  const auto file = file_->bytes();
  const std::uint64_t end = find_end(file, name_);
  const std::byte* at = file.data() + end;
  const auto disks = load_little<std::uint32_t>(at + 4);
  const auto count = load_little<std::uint16_t>(at + 10);
  const std::uint64_t bytes = load_little<std::uint32_t>(at + 12), offset = load_little<std::uint32_t>(at + 16);
  if (disks != 0 || count != load_little<std::uint16_t>(at + 8))
    throw UserError(fmt::format("{}: zip archives of several volumes are not read (offset {})", name_, end));
  if (count == 0xFFFF || bytes == wide || offset == wide)
    throw UserError(fmt::format("{}: zip archives over 4 GiB are not read; save the arrays as .npy files", name_));
  if (offset > end || bytes > end - offset)
    throw UserError(fmt::format("{}: the zip directory (offset {}, {} bytes) lies outside the file", name_, offset, bytes));
  read_directory(offset, bytes, count);
}

void ZipReader::read_directory(std::uint64_t offset, std::uint64_t bytes, std::uint32_t count) {
  const std::uint64_t end = offset + bytes;
  for (std::uint32_t i = 0; i < count; ++i) offset = read_member(offset, end);
  if (offset != end) throw UserError(fmt::format("{}: {} bytes too many in the zip directory at offset {}", name_, end - offset, offset));
}

std::uint64_t ZipReader::read_member(std::uint64_t offset, std::uint64_t end) {
  const std::byte* at = file_->bytes().data() + offset;
  if (end - offset < member_bytes || load_little<std::uint32_t>(at) != member_signature)
    throw UserError(fmt::format("{}: damaged zip directory at offset {}", name_, offset));
  const std::uint64_t name_bytes = load_little<std::uint16_t>(at + 28), extra_bytes = load_little<std::uint16_t>(at + 30),
                      comment_bytes = load_little<std::uint16_t>(at + 32);
  const std::uint64_t bytes = member_bytes + name_bytes + extra_bytes + comment_bytes;
  if (end - offset < bytes) throw UserError(fmt::format("{}: cut off zip directory at offset {}", name_, offset));
  Member member;
  member.name.assign(reinterpret_cast<const char*>(at + member_bytes), name_bytes);
  if (load_little<std::uint16_t>(at + 8) & 1) throw UserError(fmt::format("{} is encrypted", where(member)));
  member.method = load_little<std::uint16_t>(at + 10);
  member.checksum = load_little<std::uint32_t>(at + 16);
  member.packed = load_little<std::uint32_t>(at + 20);
  member.size = load_little<std::uint32_t>(at + 24);
  member.header_offset = load_little<std::uint32_t>(at + 42);
  read_wide_sizes(member, at + member_bytes + name_bytes, extra_bytes);
  members_.push_back(std::move(member));
  return offset + bytes;
}

void ZipReader::read_wide_sizes(Member& member, const std::byte* extra, std::size_t bytes) {
  while (bytes >= 4) {
    const std::size_t length = load_little<std::uint16_t>(extra + 2);
    if (length > bytes - 4) break;
    if (load_little<std::uint16_t>(extra) == wide_field) {
      std::size_t used = 0;
      for (std::uint64_t* number : {&member.size, &member.packed, &member.header_offset})
        if (*number == wide && used + 8 <= length) {
          *number = load_little<std::uint64_t>(extra + 4 + used);
          used += 8;
        }
    }
    extra += 4 + length;
    bytes -= 4 + length;
  }
}

std::span<const std::byte> ZipReader::packed_bytes(const Member& member) const {
  const auto file = file_->bytes();
  const std::uint64_t offset = member.header_offset;
  if (offset > file.size() || file.size() - offset < local_bytes || load_little<std::uint32_t>(file.data() + offset) != local_signature)
    throw UserError(fmt::format("{}: no zip member at offset {}", where(member), offset));
  const std::byte* at = file.data() + offset;
  const std::uint64_t begin = offset + local_bytes + load_little<std::uint16_t>(at + 26) + load_little<std::uint16_t>(at + 28);
  if (begin > file.size() || member.packed > file.size() - begin)
    throw UserError(fmt::format("{}: {} packed bytes at offset {} reach beyond the file", where(member), member.packed, begin));
  return file.subspan(begin, member.packed);
}

std::shared_ptr<std::byte> ZipReader::unpack(const Member& member) const {
  const auto packed = packed_bytes(member);
  const bool stored = member.method == 0;
  if (!stored && member.method != Z_DEFLATED)
    throw UserError(fmt::format("{}: zip method {} is not read, only stored and deflated members are", where(member), member.method));
  if (stored ? member.size != member.packed : member.size > most_unpacked_bytes(member.packed))
    throw UserError(fmt::format("{}: {} bytes cannot come from {} packed ones", where(member), member.size, member.packed));
  const auto memory = allocate_bytes(member.size, where(member));
  if (stored) {
    if (!packed.empty()) std::memcpy(memory.get(), packed.data(), packed.size());
  } else {
    InflateStream stream(packed, InflateStream::Format::raw, where(member));
    if (stream.read(memory.get(), member.size) != member.size || !stream.at_end())
      throw UserError(fmt::format("{}: unpacks to another size than the {} bytes of the zip directory", where(member), member.size));
  }
  if (checksum_of(0, memory.get(), member.size) != member.checksum)
    throw UserError(fmt::format("{}: wrong checksum; fetch the file again", where(member)));
  return memory;
}

namespace {

template <class Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// The fields that local header and directory have in common, from the version on. The date is 1980-01-01: equal content, equal file.
void put_common(std::string& out, std::uint32_t checksum, std::uint64_t size, const std::string& name) {
  put<std::uint16_t>(out, 20);
  put<std::uint16_t>(out, 0);
  put<std::uint16_t>(out, 0);
  put<std::uint32_t>(out, 0x00210000);
  put(out, checksum);
  put(out, static_cast<std::uint32_t>(size));
  put(out, static_cast<std::uint32_t>(size));
  put(out, static_cast<std::uint16_t>(name.size()));
  put<std::uint16_t>(out, 0);
}

}  // namespace

void ZipWriter::add(const std::string& name, std::span<const std::string_view> pieces) {
  std::uint64_t size = 0;
  std::uint32_t checksum = 0;
  for (const std::string_view piece : pieces) {
    checksum = checksum_of(checksum, piece.data(), piece.size());
    size += piece.size();
  }
  if (text_.size() + size > std::numeric_limits<std::uint32_t>::max() - 0x10000u)
    throw UserError(fmt::format("{}: archives over 4 GiB are not written; write safetensors or .npy files", name));
  put(directory_, member_signature);
  put<std::uint16_t>(directory_, 20);
  put_common(directory_, checksum, size, name);
  put<std::uint16_t>(directory_, 0);
  put<std::uint32_t>(directory_, 0);
  put<std::uint32_t>(directory_, 0);
  put(directory_, static_cast<std::uint32_t>(text_.size()));
  directory_ += name;
  put(text_, local_signature);
  put_common(text_, checksum, size, name);
  text_ += name;
  for (const std::string_view piece : pieces) text_ += piece;
  ++members_;
}

std::string ZipWriter::finish() {
  const auto offset = static_cast<std::uint32_t>(text_.size());
  text_ += directory_;
  put(text_, end_signature);
  put<std::uint32_t>(text_, 0);
  put(text_, static_cast<std::uint16_t>(members_));
  put(text_, static_cast<std::uint16_t>(members_));
  put(text_, static_cast<std::uint32_t>(directory_.size()));
  put(text_, offset);
  put<std::uint16_t>(text_, 0);
  return std::move(text_);
}

}  // namespace ingot::runtime
