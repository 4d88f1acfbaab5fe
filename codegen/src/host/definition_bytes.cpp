#include "host/definition_bytes.hpp"

#include "cache/content_hash.hpp"
#include "ir/error.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace ingot::codegen {

namespace {

struct BytesHeader {
  std::array<char, 8> magic{'I', 'N', 'G', 'O', 'T', 'D', 'E', 'F'};
  std::uint32_t byte_order = 0x01020304;
  std::int32_t layout = layout_version;
  std::array<std::uint32_t, 4> sizes{sizeof(op), sizeof(hp_t), sizeof(guard_t), sizeof(recipe_t)};
  std::int32_t n_ops = 0, n_hps = 0, n_guards = 0;
  std::uint32_t name_length = 0;
};
static_assert(std::is_trivially_copyable_v<op> && std::is_trivially_copyable_v<hp_t> && std::is_trivially_copyable_v<guard_t> &&
              std::is_trivially_copyable_v<recipe_t>);

constexpr std::int32_t most_ops = 1 << 15;  // indices of ops are 16 bit
constexpr std::int32_t most_guards = 1 << 15;
constexpr std::uint32_t longest_name = 256;

[[noreturn]] void refuse(std::string_view why) {
  throw UserError("the model's definition cannot be used: " + std::string(why) + "; build the model again with this version of Ingot");
}

void append(std::string& bytes, const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); }

/// A byte other than 0 and 1 in a bool is undefined behaviour as soon as it is read, so bools are looked at as bytes first.
template <std::size_t N>
bool bools_are_bools(std::string_view array, std::size_t stride, const std::array<std::size_t, N>& offsets) {
  for (std::size_t at = 0; at < array.size(); at += stride)
    for (const std::size_t offset : offsets)
      if (static_cast<unsigned char>(array[at + offset]) > 1) return false;
  return true;
}

constexpr std::size_t cut = offsetof(name_t, cut);
constexpr std::array op_bools{offsetof(op, use_bias), offsetof(op, center),     offsetof(op, scale),
                              offsetof(op, frozen),   offsetof(op, name) + cut, offsetof(op, source) + cut};
constexpr std::array hp_bools{offsetof(hp_t, log), offsetof(hp_t, structural), offsetof(hp_t, name) + cut};
constexpr std::array guard_bools{offsetof(guard_t, hp_name) + cut};
constexpr std::size_t of_group(int k, std::size_t member) {
  return offsetof(recipe_t, groups) + static_cast<std::size_t>(k) * sizeof(group_t) + member;
}
constexpr std::size_t group_cut = offsetof(group_t, prefix) + cut, group_decay = offsetof(group_t, has_decay);
constexpr std::size_t of_pruned(int k) {
  return offsetof(recipe_t, craft) + offsetof(craft_t, prune) + offsetof(prune_t, layer) + static_cast<std::size_t>(k) * sizeof(name_t) +
         cut;
}
constexpr std::array recipe_bools{of_pruned(0),
                                  of_pruned(1),
                                  of_pruned(2),
                                  of_pruned(3),
                                  of_pruned(4),
                                  of_pruned(5),
                                  of_pruned(6),
                                  of_pruned(7),
                                  offsetof(recipe_t, nesterov),
                                  offsetof(recipe_t, rescale_on),
                                  offsetof(recipe_t, standardize),
                                  offsetof(recipe_t, direct_convolutions),
                                  offsetof(recipe_t, search_on),
                                  offsetof(recipe_t, centered),
                                  offsetof(recipe_t, amsgrad),
                                  offsetof(recipe_t, average),
                                  offsetof(recipe_t, decay_matrices_only),
                                  of_group(0, group_cut),
                                  of_group(0, group_decay),
                                  of_group(1, group_cut),
                                  of_group(1, group_decay),
                                  of_group(2, group_cut),
                                  of_group(2, group_decay),
                                  of_group(3, group_cut),
                                  of_group(3, group_decay),
                                  of_group(4, group_cut),
                                  of_group(4, group_decay),
                                  of_group(5, group_cut),
                                  of_group(5, group_decay),
                                  of_group(6, group_cut),
                                  of_group(6, group_decay),
                                  of_group(7, group_cut),
                                  of_group(7, group_decay),
                                  offsetof(recipe_t, plateau) + offsetof(plateau_t, on),
                                  offsetof(recipe_t, schedule) + offsetof(schedule_t, staircase),
                                  offsetof(recipe_t, schedule) + offsetof(schedule_t, cycle),
                                  offsetof(recipe_t, schedule) + offsetof(schedule_t, linear),
                                  offsetof(recipe_t, schedule) + offsetof(schedule_t, three_phase),
                                  offsetof(recipe_t, stopping) + offsetof(stopping_t, on),
                                  offsetof(recipe_t, stopping) + offsetof(stopping_t, has_baseline),
                                  offsetof(recipe_t, stopping) + offsetof(stopping_t, restore_best_weights),
                                  offsetof(recipe_t, loss) + 0 * sizeof(loss_t) + offsetof(loss_t, from_logits),
                                  offsetof(recipe_t, loss) + 1 * sizeof(loss_t) + offsetof(loss_t, from_logits),
                                  offsetof(recipe_t, loss) + 2 * sizeof(loss_t) + offsetof(loss_t, from_logits),
                                  offsetof(recipe_t, loss) + 3 * sizeof(loss_t) + offsetof(loss_t, from_logits),
                                  offsetof(recipe_t, loss) + 0 * sizeof(loss_t) + offsetof(loss_t, balance),
                                  offsetof(recipe_t, loss) + 1 * sizeof(loss_t) + offsetof(loss_t, balance),
                                  offsetof(recipe_t, loss) + 2 * sizeof(loss_t) + offsetof(loss_t, balance),
                                  offsetof(recipe_t, loss) + 3 * sizeof(loss_t) + offsetof(loss_t, balance),
                                  offsetof(recipe_t, balanced_class_weights),
                                  offsetof(recipe_t, sample_weights)};
static_assert(max_inputs == 4 && max_groups == 8 && max_pruned == 8);

BytesHeader read_header(std::string_view bytes) {
  BytesHeader header;
  const BytesHeader expected;
  if (bytes.size() < sizeof header + sizeof(ContentHash)) refuse("it is cut short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != expected.magic) refuse("it does not begin as one");
  if (header.byte_order != expected.byte_order || header.layout != expected.layout || header.sizes != expected.sizes)
    refuse("it comes from another version");
  if (header.n_ops < 1 || header.n_ops > most_ops || header.n_hps < 0 || header.n_hps > max_hps || header.n_guards < 0 ||
      header.n_guards > most_guards || header.name_length > longest_name)
    refuse("its counts are out of range");
  return header;
}

/// Cuts the next `count` structs off `rest`.
template <class T, std::size_t N>
std::vector<T> read_array(std::string_view& rest, std::int32_t count, const std::array<std::size_t, N>& bools) {
  const std::size_t size = static_cast<std::size_t>(count) * sizeof(T);
  const std::string_view mine = rest.substr(0, size);
  rest.remove_prefix(size);
  if (!bools_are_bools(mine, sizeof(T), bools)) refuse("a flag is neither on nor off");
  std::vector<T> array(static_cast<std::size_t>(count));
  if (count > 0) std::memcpy(array.data(), mine.data(), size);
  return array;
}

}  // namespace

definition_view Definition::view() const {
  return {ops.data(),
          hps.data(),
          guards.data(),
          &recipe,
          static_cast<std::int32_t>(ops.size()),
          static_cast<std::int32_t>(hps.size()),
          static_cast<std::int32_t>(guards.size()),
          name.c_str()};
}

std::string definition_to_bytes(const definition_view& d) {
  const std::string_view name = std::string_view(d.name).substr(0, longest_name);
  BytesHeader header;
  header.n_ops = d.n_ops;
  header.n_hps = d.n_hps;
  header.n_guards = d.n_guards;
  header.name_length = static_cast<std::uint32_t>(name.size());
  std::string bytes;
  append(bytes, &header, sizeof header);
  append(bytes, d.ops, sizeof(op) * static_cast<std::size_t>(d.n_ops));
  append(bytes, d.hps, sizeof(hp_t) * static_cast<std::size_t>(d.n_hps));
  append(bytes, d.guards, sizeof(guard_t) * static_cast<std::size_t>(d.n_guards));
  append(bytes, d.recipe, sizeof(recipe_t));
  bytes += name;
  const ContentHash hash = content_hash(bytes);
  append(bytes, &hash, sizeof hash);
  return bytes;
}

Definition definition_from_bytes(std::string_view bytes) {
  const BytesHeader header = read_header(bytes);
  const std::size_t body = sizeof(op) * static_cast<std::size_t>(header.n_ops) + sizeof(hp_t) * static_cast<std::size_t>(header.n_hps) +
                           sizeof(guard_t) * static_cast<std::size_t>(header.n_guards) + sizeof(recipe_t) + header.name_length;
  if (bytes.size() != sizeof header + body + sizeof(ContentHash)) refuse("its length does not fit its counts");
  const std::string_view content = bytes.substr(0, sizeof header + body);
  ContentHash stored;
  std::memcpy(&stored, bytes.data() + content.size(), sizeof stored);
  if (stored != content_hash(content)) refuse("it is damaged");

  std::string_view rest = content.substr(sizeof header);
  Definition d;
  d.ops = read_array<op>(rest, header.n_ops, op_bools);
  d.hps = read_array<hp_t>(rest, header.n_hps, hp_bools);
  d.guards = read_array<guard_t>(rest, header.n_guards, guard_bools);
  d.recipe = read_array<recipe_t>(rest, 1, recipe_bools).front();
  d.name = rest;
  if (const std::string broken = check_definition(d.view()); !broken.empty()) refuse(broken);
  return d;
}

}  // namespace ingot::codegen
