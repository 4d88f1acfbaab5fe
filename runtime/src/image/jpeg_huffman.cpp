#include "image/jpeg_huffman.hpp"

#include <algorithm>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::uint32_t last = DCTSIZE2 - 1;  // of the coefficients of a block

// Position in a block of the k-th coefficient of the file (T.81, figure 5). Steps that lead out of the block end at 0, which is written
// last: so they need no test of their own.
constexpr std::array<std::uint8_t, 256> zigzag = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
                                                  41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
                                                  30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

constexpr unsigned most_restarts = 8;
constexpr JOCTET mark = 0xFF, first_restart = 0xD0;
// A damaged block reads on behind the end: 8 bytes are read ahead, it has 64 codes of at most 31 bits with their values, and 8 bytes are
// read at once.
constexpr std::size_t behind_end = 64 * 31 / 8 + 2 * 8;

HuffmanTable::Entry entry_of(std::uint8_t symbol, std::uint32_t length, bool runs) {
  HuffmanTable::Entry entry{static_cast<std::uint8_t>(length), symbol, 0};
  if (!runs) return entry;
  const int run = symbol >> 4;
  entry.size = symbol & 15;
  entry.step = entry.size == 0 && run < 15 ? HuffmanTable::block_ends : static_cast<std::uint8_t>(run + 1);
  return entry;
}

}  // namespace

// Of `size` bits, those that begin with 0 are negative (T.81, F.2.2.1, EXTEND).
std::int32_t HuffmanTable::Entry::value(std::uint64_t next) const {
  const std::uint64_t behind = next << length;
  const auto raw = static_cast<std::int32_t>(behind >> 1 >> (63 - size));
  const auto positive = static_cast<std::int32_t>(static_cast<std::int64_t>(behind) >> 63);  // a mask: signs are not to be predicted
  return raw + (~positive & (1 - (1 << size)));
}

bool HuffmanTable::build(const JHUFF_TBL& codes, bool runs) {
  if (std::memcmp(counts_.data(), codes.bits, counts_.size()) == 0 && std::memcmp(symbols_.data(), codes.huffval, symbols_.size()) == 0)
    return false;
  std::memcpy(counts_.data(), codes.bits, counts_.size());
  std::memcpy(symbols_.data(), codes.huffval, symbols_.size());
  runs_ = runs;
  std::uint32_t code = 0, index = 0;
  for (std::uint32_t length = 1; length <= longest_code; ++length, code <<= 1) {
    symbol_at_[length] = index - code;
    for (std::uint32_t i = 0; i < counts_[length]; ++i, ++code, ++index) {
      if (length > lookup_bits) continue;
      const std::uint32_t spare = lookup_bits - length;
      std::fill_n(entries_.begin() + (code << spare), 1u << spare, entry_of(symbols_[index], length, runs));
    }
    end_[length] = code << (longest_code - length);
    if (length == lookup_bits) std::fill(entries_.begin() + code, entries_.end(), Entry());
  }
  return true;
}

HuffmanTable::Entry HuffmanTable::look_up_long(std::uint64_t next) const {
  const auto top = static_cast<std::uint32_t>(next >> (64 - longest_code));
  for (std::uint32_t length = lookup_bits + 1; length <= longest_code; ++length)
    if (top < end_[length]) return entry_of(symbols_[(top >> (longest_code - length)) + symbol_at_[length]], length, runs_);
  return {};
}

void CoefficientPairs::build(const HuffmanTable& codes) {
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const std::uint64_t next = std::uint64_t{i} << (64 - lookup_bits);
    const HuffmanTable::Entry first = codes.look_up(next);
    Entry& entry = entries_[i] = {};
    if (first.length == 0 || first.bits() > lookup_bits) continue;
    entry.bits = entry.first_bits = static_cast<std::uint8_t>(first.bits());
    entry.first_step = first.step;
    entry.first = entry.second = static_cast<std::int16_t>(first.value(next));
    const std::uint64_t behind = next << first.bits();
    const HuffmanTable::Entry second = codes.look_up(behind);
    if (first.step == HuffmanTable::block_ends || second.length == 0 || first.bits() + second.bits() > lookup_bits) continue;
    entry.bits = static_cast<std::uint8_t>(first.bits() + second.bits());
    entry.second_step = second.step;
    entry.second = static_cast<std::int16_t>(second.value(behind));
  }
}

// 56 bits at least: enough for a pair, a code and its value.
inline void HuffmanScan::Ahead::fill() {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  next |= __builtin_bswap64(word) >> count;
  at += (63 - count) / 8;
  count |= 56;
}

// All but the first; returns what the steps add up to, `last` or `block_ends` and more if the block is right. `ahead` is a copy: what has
// no address stays in registers.
std::uint32_t HuffmanScan::decode_coefficients(const Coefficients& ac, Ahead& ahead_now, JBLOCK& block) {
  Ahead ahead = ahead_now;
  std::uint32_t k = 0;
  while (k < last) {
    ahead.fill();
    for (int look = 0; look < 2 && k < last; ++look) {
      const CoefficientPairs::Entry pair = ac.pairs.look_up(ahead.next);
      if (pair.bits == 0) [[unlikely]] {
        const HuffmanTable::Entry entry = ac.codes.look_up(ahead.next);
        if (entry.length == 0) return last + 1;
        k += entry.step;
        block[zigzag[k]] = static_cast<JCOEF>(entry.value(ahead.next));
        ahead.drop(entry.bits());
        break;
      }
      k += pair.first_step;
      block[zigzag[k]] = pair.first;
      if (k >= last) {
        ahead.drop(pair.first_bits);
        break;
      }
      k += pair.second_step;
      block[zigzag[k]] = pair.second;
      ahead.drop(pair.bits);
    }
  }
  ahead_now = ahead;
  return k;
}

bool HuffmanScan::decode_block(const HuffmanTable& dc, const Coefficients& ac, std::uint32_t& last_dc, JBLOCK& block) {
  ahead_.fill();
  const HuffmanTable::Entry entry = dc.look_up(ahead_.next);
  if (entry.length == 0) return false;
  last_dc += static_cast<std::uint32_t>(entry.value(ahead_.next));
  ahead_.drop(entry.bits());
  const std::uint32_t steps = decode_coefficients(ac, ahead_, block);
  block[0] = static_cast<JCOEF>(last_dc);
  return (steps == last || steps >= HuffmanTable::block_ends) && bits_left() >= 0;
}

std::ptrdiff_t HuffmanScan::bits_left() const {
  return (bytes_.data() + size_ - ahead_.at) * 8 + static_cast<std::ptrdiff_t>(ahead_.count);
}

void HuffmanScan::begin_interval(jpeg_source_mgr& source) {
  const JOCTET *at = source.next_input_byte, *const end = at + source.bytes_in_buffer;
  bytes_.resize(source.bytes_in_buffer + behind_end);
  std::uint8_t* to = bytes_.data();
  while (at < end) {
    const void* found = std::memchr(at, mark, static_cast<std::size_t>(end - at));
    const JOCTET* stop = found != nullptr ? static_cast<const JOCTET*>(found) : end;
    to = std::copy(at, stop, to);
    at = stop;
    if (end - stop < 2 || stop[1] != 0) break;
    *to++ = mark;
    at += 2;
  }
  size_ = static_cast<std::size_t>(to - bytes_.data());
  std::fill_n(to, behind_end, 0);
  ahead_ = {0, 0, bytes_.data()};
  last_dc_ = {};
  until_restart_ = restart_interval_;
  source.next_input_byte = at;
  source.bytes_in_buffer = static_cast<std::size_t>(end - at);
}

bool HuffmanScan::pass_restart_marker(jpeg_source_mgr& source) {
  const JOCTET* at = source.next_input_byte;
  if (bits_left() >= 8 || source.bytes_in_buffer < 2 || at[0] != mark || at[1] != first_restart + restarts_) return false;
  restarts_ = (restarts_ + 1) % most_restarts;
  source.next_input_byte += 2;
  source.bytes_in_buffer -= 2;
  begin_interval(source);
  return true;
}

bool HuffmanScan::decode(const jpeg_decompress_struct& info, JBLOCKROW* blocks) {
  if (restart_interval_ != 0) {
    if (until_restart_ == 0 && !pass_restart_marker(*info.src)) return false;
    --until_restart_;
  }
  for (int i = 0; i < info.blocks_in_MCU; ++i) {
    const int member = info.MCU_membership[i];
    const jpeg_component_info& component = *info.cur_comp_info[member];
    if (!decode_block(dc_[component.dc_tbl_no], ac_[component.ac_tbl_no], last_dc_[member], *blocks[i])) return false;
  }
  return true;
}

void HuffmanScan::take_over(jpeg_decompress_struct& info) {
  if (info.progressive_mode || info.arith_code || jpeg_has_multiple_scans(&info)) return;
  for (int i = 0; i < info.comps_in_scan; ++i) {
    const jpeg_component_info& component = *info.cur_comp_info[i];
    dc_[component.dc_tbl_no].build(*info.dc_huff_tbl_ptrs[component.dc_tbl_no], false);
    Coefficients& ac = ac_[component.ac_tbl_no];
    if (ac.codes.build(*info.ac_huff_tbl_ptrs[component.ac_tbl_no], true)) ac.pairs.build(ac.codes);
  }
  restart_interval_ = info.restart_interval;
  restarts_ = 0;
  begin_interval(*info.src);
  start_pass = info.entropy->start_pass;
  insufficient_data = FALSE;
  decode_mcu = [](j_decompress_ptr owner, JBLOCKROW* blocks) -> boolean {
    return static_cast<HuffmanScan*>(owner->entropy)->decode(*owner, blocks) ? TRUE : FALSE;
  };
  info.entropy = this;
}

}  // namespace ingot::runtime
