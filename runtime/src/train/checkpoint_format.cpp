#include "checkpoint_format.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace ingot::runtime {
namespace {

constexpr std::string_view magic = "INGOTCKP";
constexpr std::uint32_t version = 1;
constexpr std::size_t prefix = 16, suffix = 4;  // magic, version, header length; checksum

}  // namespace

bool is_checkpoint(const std::filesystem::path& path) {
  char begin[magic.size()] = {};
  std::ifstream(path, std::ios::binary).read(begin, sizeof begin);
  return std::string_view(begin, sizeof begin) == magic;
}

namespace {

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

void append_u32(std::string& bytes, std::uint32_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

// Number of bytes that dtype and dims want; refuses what no program writes, before anything is allocated.
std::uint64_t block_bytes(const NamedBlock& block) {
  if (block.dtype > INGOT_I32) throw UserError(fmt::format("block {} has unknown type {}", block.name, block.dtype));
  std::uint64_t bytes = dtype_bytes(block.dtype);
  for (std::uint32_t extent : block.dims) {
    if (extent != 0 && bytes > (std::uint64_t{1} << 62) / extent) throw UserError(fmt::format("block {} is too large", block.name));
    bytes *= extent;
  }
  return bytes;
}

NamedBlock decode_block(const nlohmann::json& row, std::string_view data) {
  NamedBlock block;
  row.at("name").get_to(block.name);
  row.at("dtype").get_to(block.dtype);
  row.at("dims").get_to(block.dims);
  const auto offset = row.at("offset").get<std::uint64_t>(), bytes = block_bytes(block);
  if (offset > data.size() || bytes > data.size() - offset) {
    throw UserError(fmt::format("block {} ends at byte {} of {}", block.name, offset + bytes, data.size()));
  }
  block.data.resize(bytes);
  if (bytes > 0) std::memcpy(block.data.data(), data.data() + offset, bytes);
  return block;
}

std::string_view checked_content(std::string_view bytes) {
  if (bytes.size() < prefix + suffix || bytes.substr(0, magic.size()) != magic) throw UserError("it is no checkpoint");
  const std::uint32_t found = read_u32(bytes, magic.size());
  if (found != version) throw UserError(fmt::format("it has format version {}, this program reads version {}", found, version));
  if (checksum(bytes.substr(0, bytes.size() - suffix)) != read_u32(bytes, bytes.size() - suffix)) {
    throw UserError("its checksum does not match, so it was cut or changed");
  }
  return bytes.substr(0, bytes.size() - suffix);
}

}  // namespace

NamedBlock number_block(std::string name, std::span<const double> values) {
  NamedBlock block{std::move(name), INGOT_F64, {static_cast<std::uint32_t>(values.size())}, {}};
  block.data.resize(values.size_bytes());
  if (!values.empty()) std::memcpy(block.data.data(), values.data(), values.size_bytes());
  return block;
}

bool CheckpointFile::has(std::string_view name) const {
  return std::any_of(blocks.begin(), blocks.end(), [name](const NamedBlock& block) { return block.name == name; });
}

std::vector<double> CheckpointFile::numbers(std::string_view name) const {
  for (const NamedBlock& block : blocks) {
    if (block.name != name) continue;
    if (block.dtype != INGOT_F64) throw UserError(fmt::format("block {} does not hold f64 numbers", name));
    std::vector<double> values(block.data.size() / sizeof(double));
    if (!values.empty()) std::memcpy(values.data(), block.data.data(), block.data.size());
    return values;
  }
  throw UserError(fmt::format("block {} is missing", name));
}

std::string encode_checkpoint(const CheckpointFile& file) {
  nlohmann::json header = file.header;
  std::uint64_t offset = 0;
  for (const NamedBlock& block : file.blocks) {
    header["blocks"].push_back({{"name", block.name}, {"dtype", block.dtype}, {"dims", block.dims}, {"offset", offset}});
    offset += block.data.size();
  }
  const std::string text = header.dump();
  std::string bytes(magic);
  bytes.reserve(prefix + text.size() + offset + suffix);
  append_u32(bytes, version);
  append_u32(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
  for (const NamedBlock& block : file.blocks) bytes.append(reinterpret_cast<const char*>(block.data.data()), block.data.size());
  append_u32(bytes, checksum(bytes));
  return bytes;
}

CheckpointFile decode_checkpoint(std::string_view bytes) {
  const std::string_view content = checked_content(bytes);
  const std::uint32_t length = read_u32(content, magic.size() + 4);
  if (length > content.size() - prefix) throw UserError("its header is longer than the file");
  try {
    CheckpointFile file;
    file.header = nlohmann::json::parse(content.substr(prefix, length));
    for (const auto& row : file.header.at("blocks")) file.blocks.push_back(decode_block(row, content.substr(prefix + length)));
    return file;
  } catch (const nlohmann::json::exception& error) {
    throw UserError(fmt::format("its header is not valid ({})", error.what()));
  }
}

}  // namespace ingot::runtime
