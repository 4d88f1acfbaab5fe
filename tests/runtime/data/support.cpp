#include "support.hpp"

#include <zlib.h>

#include <fstream>
#include <stdexcept>
#include <stdlib.h>

namespace ingot::runtime::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "ingot-data-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string gzip(std::string_view content) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&z, content.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

std::string idx_text(unsigned type, const std::vector<std::uint32_t>& extents, std::string_view payload) {
  std::string text{'\0', '\0', static_cast<char>(type), static_cast<char>(extents.size())};
  for (const std::uint32_t extent : extents)
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(extent >> shift);
  return text.append(payload);
}

std::string small_images(std::uint32_t rows) {
  std::string payload;
  for (std::uint32_t i = 0; i < 4 * rows; ++i) payload += static_cast<char>(i);
  return idx_text(8, {rows, 2, 2}, payload);
}

std::string small_labels(std::uint32_t rows) {
  std::string payload;
  for (std::uint32_t i = 0; i < rows; ++i) payload += static_cast<char>(i % 3);
  return idx_text(8, {rows}, payload);
}

ModelPorts image_ports(std::uint32_t dtype) { return {"toy", {{"pixels", dtype, {2, 2}, 0}}, {{"scores", INGOT_I32, {}, 3}}}; }

std::string mutate(std::string content, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t steps = 1 + below(3); steps > 0 && !content.empty(); --steps) {
    const std::size_t at = below(content.size());
    switch (random() % 6) {
      case 0:
        content.resize(at);
        break;
      case 1:
        content[at] = static_cast<char>(content[at] ^ (1 << below(8)));
        break;
      case 2:
        content.insert(at, 1 + below(9), static_cast<char>(random()));
        break;
      case 3:
        content.insert(at, content.substr(at, 1 + below(40)));
        break;
      case 4:
        for (std::size_t i = at; i < std::min(at + 4, content.size()); ++i) content[i] = random() % 2 ? '\xff' : '\x7f';
        break;
      default:
        content.erase(at, 1 + below(9));
        break;
    }
  }
  return content;
}

}  // namespace ingot::runtime::testing
