// The bytes of a checkpoint file: framing, table of blocks, checksum. What the blocks mean is checkpoint.cpp's.
#pragma once
#include <ingot/runtime/train/checkpoint.hpp>
#include <nlohmann/json.hpp>

#include <span>

namespace ingot::runtime {

/// A file taken apart: the JSON header and its blocks.
struct CheckpointFile {
  nlohmann::json header;
  std::vector<NamedBlock> blocks;

  [[nodiscard]] bool has(std::string_view name) const;
  /// Throws UserError (without the file's name) when there is none, or when it is no block of f64.
  [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
};

NamedBlock number_block(std::string name, std::span<const double> values);
[[nodiscard]] std::string encode_checkpoint(const CheckpointFile& file);
/// Throws UserError that says what is wrong, without the file's name.
[[nodiscard]] CheckpointFile decode_checkpoint(std::string_view bytes);

}  // namespace ingot::runtime
