// What the tests of data share: a folder that goes away, the sentence of a refusal, bytes of the formats, a byte mutator.
#pragma once
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime::testing {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void write_file(const std::filesystem::path& path, std::string_view content);
std::string gzip(std::string_view content);
/// Magic, extents, payload.
std::string idx_text(unsigned type, const std::vector<std::uint32_t>& extents, std::string_view payload);
/// `images` bytes counting up, in `rows` x 2 x 2; labels r % 3.
std::string small_images(std::uint32_t rows);
std::string small_labels(std::uint32_t rows);
/// One input `pixels` (u8, 2 x 2), one target of 3 classes.
ModelPorts image_ports(std::uint32_t dtype = INGOT_U8);

/// An array in memory of its own.
template <class Number>
Array array_of(ElementType type, std::vector<std::uint64_t> shape, const std::vector<Number>& numbers, std::string source = "a.npy") {
  auto memory = std::make_shared<std::vector<Number>>(numbers);
  return {type, std::move(shape), {memory, reinterpret_cast<const std::byte*>(memory->data())}, true, std::move(source)};
}

/// The sentence of the UserError that `action` throws; "" when it throws none.
template <class Action>
std::string refusal(Action&& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

/// Cuts, flips, inserts, doubles or overwrites with extreme numbers, a few at once.
std::string mutate(std::string content, std::mt19937& random);

}  // namespace ingot::runtime::testing
