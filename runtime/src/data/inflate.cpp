#include "data/inflate.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace ingot::runtime {

struct InflateStream::Zlib {
  z_stream stream{};
};

InflateStream::InflateStream(std::span<const std::byte> packed, Format format, std::string name)
    : zlib_(std::make_unique<Zlib>()), packed_(packed), format_(format), name_(std::move(name)) {
  const int window_bits = format == Format::gzip ? 16 + MAX_WBITS : -MAX_WBITS;
  if (inflateInit2(&zlib_->stream, window_bits) != Z_OK) throw MachineError("no memory to unpack " + name_);
}

InflateStream::~InflateStream() { inflateEnd(&zlib_->stream); }

std::size_t InflateStream::read(void* out, std::size_t bytes) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  z_stream& z = zlib_->stream;
  auto* to = static_cast<Bytef*>(out);
  std::size_t done = 0;
  while (done < bytes && !ended_) {
    const std::size_t in_now = std::min(packed_.size(), most), out_now = std::min(bytes - done, most);
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed_.data()));
    z.avail_in = static_cast<uInt>(in_now);
    z.next_out = to + done;
    z.avail_out = static_cast<uInt>(out_now);
    const int result = inflate(&z, Z_NO_FLUSH);
    packed_ = packed_.subspan(in_now - z.avail_in);
    const std::size_t written = out_now - z.avail_out;
    done += written;
    if (result == Z_STREAM_END)
      ended_ = !next_member();
    else if (result == Z_BUF_ERROR || (result == Z_OK && packed_.empty() && written < out_now))
      throw UserError(fmt::format("{}: the packed data are cut off; fetch the file again", name_));
    else if (result != Z_OK)
      throw UserError(fmt::format("{}: the packed data are damaged ({}); fetch the file again", name_, z.msg != nullptr ? z.msg : "zlib"));
  }
  return done;
}

bool InflateStream::next_member() {
  if (format_ == Format::raw || packed_.size() < 2 || packed_[0] != std::byte{0x1f} || packed_[1] != std::byte{0x8b}) return false;
  inflateReset(&zlib_->stream);
  return true;
}

bool InflateStream::at_end() {
  // The end (and the checksum) is only seen when more is asked for.
  std::byte more{};
  return read(&more, 1) == 0 && packed_.empty();
}

}  // namespace ingot::runtime
