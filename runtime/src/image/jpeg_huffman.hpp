// Decodes the Huffman codes of baseline JPEG (ITU-T T.81, F.2.2) in the place of libjpeg's own decoder, which spends half of the time that
// an image takes. Everything behind the coefficients stays libjpeg's, so pixels are the same bit for bit.
//
// What makes it fast: the bytes of a scan are freed from their stuffing first, so bits are read ahead without a test; and most look-ups
// give two coefficients with their values.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

// Both need <cstdio> before them; the second declares what libjpeg lets be exchanged.
#include <jpeglib.h>

#include <jpegint.h>

namespace ingot::runtime {

/// One table of codes, for look-up. Below, `next` holds the bits to come, the first one on top.
class HuffmanTable {
 public:
  /// A code, with the value behind it. A step is the distance from one coefficient of a block to the next that is stored; steps of
  /// `block_ends` say that none is.
  struct Entry {
    std::uint8_t length = 0;  ///< of the code; 0: there is no such code
    std::uint8_t size = 0;    ///< of the value
    std::uint8_t step = 0;

    [[nodiscard]] std::uint32_t bits() const { return std::uint32_t{length} + size; }
    [[nodiscard]] std::int32_t value(std::uint64_t next) const;
  };
  static constexpr std::uint32_t lookup_bits = 10, longest_code = 16;
  static constexpr std::uint8_t block_ends = 128;

  /// `codes` is one that libjpeg has accepted; `runs`: a symbol is a run of zeros and a size, else a size. False when it was the last one
  /// too: most encoders write the tables of T.81, annex K.
  bool build(const JHUFF_TBL& codes, bool runs);
  [[nodiscard]] Entry look_up(std::uint64_t next) const {
    const Entry entry = entries_[next >> (64 - lookup_bits)];
    return entry.length != 0 ? entry : look_up_long(next);
  }

 private:
  [[nodiscard]] Entry look_up_long(std::uint64_t next) const;

  std::array<std::uint8_t, longest_code + 1> counts_{};  // of codes per length
  std::array<std::uint8_t, 256> symbols_{};
  bool runs_ = false;
  std::array<Entry, 1 << lookup_bits> entries_{};            // by the first bits of a code; empty when it is longer
  std::array<std::uint32_t, longest_code + 1> end_{};        // per length: the first code that is too large, as the top of 16 bits
  std::array<std::uint32_t, longest_code + 1> symbol_at_{};  // per length: index of a code's symbol, less the code (modulo 2^32)
};

/// Two coefficients by one look-up, if their codes and values are short enough.
class CoefficientPairs {
 public:
  struct Entry {
    std::uint8_t bits = 0;         ///< of both; 0: not even the first one is short enough
    std::uint8_t first_bits = 0;   ///< of the first one
    std::uint8_t first_step = 0;   ///< as in HuffmanTable
    std::uint8_t second_step = 0;  ///< 0: there is no second one, it is the first again
    std::int16_t first = 0, second = 0;
  };
  static constexpr std::uint32_t lookup_bits = 11;

  void build(const HuffmanTable& codes);
  [[nodiscard]] const Entry& look_up(std::uint64_t next) const { return entries_[next >> (64 - lookup_bits)]; }

 private:
  std::array<Entry, 1 << lookup_bits> entries_{};
};

/// The only scan of an image that is kept in memory as a whole (jpeg_mem_src). An object may decode one image after the other.
class HuffmanScan : public jpeg_entropy_decoder {
 public:
  /// Takes over from the decoder of `info` when it can: after jpeg_start_decompress, before the first row. Not for progressive and
  /// arithmetic coding and files with several scans: those stay with libjpeg. This object is used until the last row.
  ///
  /// Damage (no such code, too many coefficients, a marker at the wrong place) suspends: jpeg_read_scanlines returns 0. What to make of it
  /// is libjpeg's business, so the image is then to be decoded again without this object.
  void take_over(jpeg_decompress_struct& info);

 private:
  // Bits read ahead: the first `count` of `next`; those below them are either right or 0.
  struct Ahead {
    std::uint64_t next = 0;
    std::uint32_t count = 0;
    const std::uint8_t* at = nullptr;

    void fill();
    void drop(std::uint32_t bits) {
      next <<= bits;
      count -= bits;
    }
  };
  struct Coefficients {
    HuffmanTable codes;
    CoefficientPairs pairs;
  };

  bool decode(const jpeg_decompress_struct& info, JBLOCKROW* blocks);
  bool decode_block(const HuffmanTable& dc, const Coefficients& ac, std::uint32_t& last_dc, JBLOCK& block);
  static std::uint32_t decode_coefficients(const Coefficients& ac, Ahead& ahead, JBLOCK& block);
  void begin_interval(jpeg_source_mgr& source);
  bool pass_restart_marker(jpeg_source_mgr& source);
  [[nodiscard]] std::ptrdiff_t bits_left() const;

  Ahead ahead_;
  std::vector<std::uint8_t> bytes_;  // of the interval up to the next marker, without stuffing; zeros behind them
  std::size_t size_ = 0;             // of the interval
  std::array<HuffmanTable, NUM_HUFF_TBLS> dc_;
  std::array<Coefficients, NUM_HUFF_TBLS> ac_;
  std::array<std::uint32_t, MAX_COMPS_IN_SCAN> last_dc_{};  // unsigned: damage may sum up to any number
  unsigned restart_interval_ = 0, until_restart_ = 0, restarts_ = 0;
};

}  // namespace ingot::runtime
