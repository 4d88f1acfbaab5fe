// Unpacking with zlib under a bound: nothing is allocated that the packed bytes cannot fill.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace ingot::runtime {

/// Deflate cannot pack tighter than 1032 to 1; the rest is for tiny inputs.
constexpr std::uint64_t most_unpacked_bytes(std::uint64_t packed) { return packed * 1032 + 1024; }

/// A stream of unpacked bytes. `name` begins the messages of UserErrors.
class InflateStream {
 public:
  enum class Format { gzip, raw };  ///< gzip: one or more members with checksums; raw: deflate alone (zip)
  InflateStream(std::span<const std::byte> packed, Format format, std::string name);
  ~InflateStream();
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  /// Up to `bytes` bytes; fewer only at the end of the stream. Throws on damage and on packed bytes that end early.
  std::size_t read(void* out, std::size_t bytes);
  /// Nothing unpacked and nothing packed is left; the checksums were right.
  bool at_end();

 private:
  bool next_member();
  struct Zlib;
  std::unique_ptr<Zlib> zlib_;
  std::span<const std::byte> packed_;
  Format format_;
  std::string name_;
  bool ended_ = false;
};

}  // namespace ingot::runtime
