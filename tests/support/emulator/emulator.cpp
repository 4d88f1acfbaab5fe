#include "support/emulator/emulator.hpp"

#include "support/emulator/matrix_unit.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ingot::test {

namespace {

constexpr std::size_t warp = warp_lanes;
constexpr std::size_t row_bytes = 16;  // of a matrix of ldmatrix

const ingot_emulated_kernel& find_kernel(const ingot_emulated_image& image, const char* name) {
  for (std::uint32_t i = 0; i < image.n_kernels; ++i)
    if (std::strcmp(image.kernels[i].name, name) == 0) return image.kernels[i];
  throw EmulationError(std::string("the image has no kernel ") + name);
}

}  // namespace

DeviceEmulator::DeviceEmulator(std::uint64_t seed) : random_(seed) {
  hooks_.barrier = barrier;
  hooks_.shuffle = shuffle;
  hooks_.shared_access = shared_access;
  hooks_.global_access = global_access;
  hooks_.mma_16816 = mma_16816;
  hooks_.load_matrix = load_matrix;
  hooks_.copy_async = copy_async;
  hooks_.commit_copies = commit_copies;
  hooks_.wait_for_copies = wait_for_copies;
  hooks_.owner = this;
}

DeviceEmulator& DeviceEmulator::owner(ingot_emulated_thread* t) { return *static_cast<const Hooks*>(t->emulator)->owner; }

void DeviceEmulator::launch(const ingot_emulated_image& image, const char* name, std::array<std::uint32_t, 3> grid,
                            std::array<std::uint32_t, 3> block, std::size_t shared_bytes, const void* const* parameters) {
  const ingot_emulated_kernel& kernel = find_kernel(image, name);
  image_ = &image;
  grid_ = grid;
  block_ = block;
  shared_bytes_ = shared_bytes;
  shared_.assign((shared_bytes + 63) / 64 * 8 + 8, 0);
  shared_shadow_ = AccessShadow(shared_bytes);
  const std::size_t count = std::size_t{block[0]} * block[1] * block[2];
  threads_ = std::vector<Thread>(count);
  stacks_.reserve(count);
  bodies_.clear();
  for (Thread& t : threads_) bodies_.emplace_back([&t, &kernel, parameters] { kernel.run(parameters, &t), t.state = State::done; });
  order_.resize(count);
  for (std::size_t i = 0; i < count; ++i) order_[i] = i;
  launch_epoch_ = ++epoch_;
  std::vector<std::uint32_t> blocks(std::size_t{grid[0]} * grid[1] * grid[2]);
  for (std::uint32_t i = 0; i < blocks.size(); ++i) blocks[i] = i;
  std::shuffle(blocks.begin(), blocks.end(), random_);
  for (const std::uint32_t b : blocks) run_block(b);
}

void DeviceEmulator::prepare_threads(std::uint32_t number) {
  // Bit patterns that are no numbers: what is read before it is written shows.
  std::fill(shared_.begin(), shared_.end(), 0x7FC0BAD07FC0BAD0u);
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& t = threads_[i];
    const auto n = static_cast<std::uint32_t>(i);
    t.emulator = &hooks_;
    t.thread[0] = n % block_[0], t.thread[1] = n / block_[0] % block_[1], t.thread[2] = n / block_[0] / block_[1];
    t.block[0] = number % grid_[0], t.block[1] = number / grid_[0] % grid_[1], t.block[2] = number / grid_[0] / grid_[1];
    std::copy(block_.begin(), block_.end(), t.block_size);
    std::copy(grid_.begin(), grid_.end(), t.grid_size);
    t.dynamic_shared = reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(shared_.data()) + 63) & ~std::uintptr_t{63});
    t.state = State::ready;
    t.number = n;
    t.copies.clear();
    t.on_their_way.clear();
    t.fiber.prepare(stacks_.top(i), bodies_[i]);
  }
  block_epoch_ = ++epoch_;
}

void DeviceEmulator::run_block(std::uint32_t number) {
  prepare_threads(number);
  const auto is_done = [](const Thread& t) { return t.state == State::done; };
  while (!std::all_of(threads_.begin(), threads_.end(), is_done)) {
    std::shuffle(order_.begin(), order_.end(), random_);
    bool moved = false;
    for (const std::size_t i : order_) {
      if (threads_[i].state != State::ready) continue;
      threads_[i].fiber.enter();
      if (!failure_.empty()) throw EmulationError(std::exchange(failure_, {}));
      moved = true;
    }
    moved = release_warps() || moved;
    moved = release_barrier() || moved;
    if (moved) continue;
    const auto stuck = std::find_if_not(threads_.begin(), threads_.end(), is_done);
    if (stuck->state == State::at_barrier) fail(*stuck, "waits at a barrier that not all threads of the block reach");
    fail(*stuck, std::string("waits in a ") + (stuck->meeting == Meeting::shuffle ? "shuffle" : "matrix instruction") +
                     " that not all lanes of the warp reach");
  }
}

/// All threads wait at one barrier: they go on, and what they did is ordered before what they do next.
bool DeviceEmulator::release_barrier() {
  const auto waits = [](const Thread& t) { return t.state == State::at_barrier; };
  if (!std::all_of(threads_.begin(), threads_.end(), waits)) return false;
  for (const Thread& t : threads_)
    if (t.site != threads_[0].site) fail(t, "waits at another barrier than thread 0");
  for (Thread& t : threads_) t.state = State::ready;
  ++epoch_;
  return true;
}

bool DeviceEmulator::release_warps() {
  bool released = false;
  for (std::size_t first = 0; first < threads_.size(); first += warp) {
    const std::size_t count = std::min(warp, threads_.size() - first);
    const auto begin = threads_.begin() + static_cast<std::ptrdiff_t>(first), end = begin + static_cast<std::ptrdiff_t>(count);
    if (!std::all_of(begin, end, [](const Thread& t) { return t.state == State::in_warp; })) continue;
    for (auto t = begin; t != end; ++t)
      if (t->site != begin->site) fail(*t, "is in another shuffle or matrix instruction than lane 0 of its warp");
    if (begin->meeting == Meeting::shuffle)
      exchange(first, count);
    else if (count < warp)
      fail(*begin, "is in a matrix instruction, and its warp has not 32 lanes");
    else
      begin->meeting == Meeting::product ? multiply(first) : load_matrices(first);
    for (auto t = begin; t != end; ++t) t->state = State::ready;
    released = true;
  }
  return released;
}

void DeviceEmulator::exchange(std::size_t first, std::size_t count) {
  std::array<std::uint32_t, warp> words{};
  for (std::size_t i = 0; i < count; ++i) words[i] = threads_[first + i].word;
  for (std::size_t i = 0; i < count; ++i) {
    Thread& t = threads_[first + i];
    if (t.lane >= count) fail(t, "asks a lane that its warp does not have");
    t.word = words[t.lane];
  }
}

void DeviceEmulator::multiply(std::size_t first) {
  std::array<std::uint32_t*, warp> words{};
  const std::size_t shift = faults.swapped_lanes == static_cast<std::int64_t>(threads_[first].site) ? 1 : 0;
  for (std::size_t i = 0; i < warp; ++i) words[(i + shift) % warp] = threads_[first + i].words;
  multiply_matrices(threads_[first].kind, words);
}

/// The row that a lane names is read by the lanes that get it.
void DeviceEmulator::load_matrices(std::size_t first) {
  const std::size_t shift = faults.swapped_lanes == static_cast<std::int64_t>(threads_[first].site) ? 1 : 0;
  const auto row_of = [&](std::size_t i) { return threads_[first + (i + shift) % warp].row; };
  for (std::size_t lane = 0; lane < warp; ++lane) {
    const Thread& t = threads_[first + lane];
    for (std::size_t matrix = 0; matrix < 4; ++matrix) {
      std::uint16_t halves[2];
      for (std::size_t h = 0; h < 2; ++h) {
        const MatrixElement e = loaded_elements(lane, matrix, t.kind != 0)[h];
        const std::byte* at = row_of(e.row) + e.byte;
        if (const auto wrong = touch_shared(t, at, sizeof halves[h], false)) fail(t, *wrong);
        std::memcpy(&halves[h], at, sizeof halves[h]);
      }
      t.words[matrix] = halves[0] | std::uint32_t{halves[1]} << 16;
    }
  }
}

std::string DeviceEmulator::complaint(const Thread& t, const std::string& what) const {
  return std::string(t.site < image_->n_sites ? image_->sites[t.site] : "kernel") + ", block " + std::to_string(t.block[0]) + ", thread " +
         std::to_string(t.number) + ": " + what;
}

void DeviceEmulator::fail(const Thread& t, const std::string& what) { throw EmulationError(complaint(t, what)); }

/// From a fiber: exceptions do not cross its stack, so the scheduler throws.
void DeviceEmulator::stop(const Thread& t, const std::string& what) {
  failure_ = complaint(t, what);
  const_cast<Thread&>(t).fiber.leave();
}

void DeviceEmulator::wait(Thread& t, State state, std::uint32_t site) {
  t.state = state;
  t.site = site;
  t.fiber.leave();
}

void DeviceEmulator::meet(Thread& t, Meeting meeting, std::uint32_t site) {
  t.meeting = meeting;
  wait(t, State::in_warp, site);
}

std::size_t DeviceEmulator::shared_offset(const Thread& t, const void* at) const {
  return static_cast<std::size_t>(static_cast<const std::byte*>(at) - static_cast<const std::byte*>(t.dynamic_shared));
}

std::optional<std::string> DeviceEmulator::touch_shared(const Thread& t, const std::byte* at, std::size_t bytes, bool write) {
  const std::size_t offset = shared_offset(t, at);
  if (offset > shared_bytes_ || offset + bytes > shared_bytes_) return "touches shared memory behind its end";
  if (!write && !shared_shadow_.written_since(offset, bytes, block_epoch_)) return "reads shared memory that nobody wrote";
  return shared_shadow_.access(offset, bytes, write, t.number, epoch_);
}

// ---- what kernels call

void DeviceEmulator::barrier(ingot_emulated_thread* self, std::uint32_t site) {
  DeviceEmulator& e = owner(self);
  if (e.faults.skipped_barrier != static_cast<std::int64_t>(site)) e.wait(of(self), State::at_barrier, site);
}

std::uint32_t DeviceEmulator::shuffle(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t kind, std::uint32_t mask,
                                      std::uint32_t value, std::uint32_t lane, std::uint32_t) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  if (mask != ~0u) e.stop(t, "shuffles among a part of the warp only");
  const auto own = static_cast<std::uint32_t>(t.number % warp);
  switch (kind) {
    case 0:
      t.lane = lane % warp;
      break;
    case 1:
      t.lane = own >= lane ? own - lane : own;
      break;
    case 2:
      t.lane = own + lane < warp ? own + lane : own;
      break;
    default:
      t.lane = own ^ lane;
  }
  if (e.faults.swapped_shuffle == static_cast<std::int64_t>(site)) t.lane = (t.lane + 1) % warp;
  t.word = value;
  e.meet(t, Meeting::shuffle, site);
  return t.word;
}

void DeviceEmulator::mma_16816(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t dtype, std::uint32_t* words) {
  Thread& t = of(self);
  t.kind = dtype;
  t.words = words;
  owner(self).meet(t, Meeting::product, site);
}

void DeviceEmulator::load_matrix(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t transposed, const void* address,
                                 std::uint32_t* words) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  t.kind = transposed;
  t.words = words;
  t.row = static_cast<const std::byte*>(address) + (e.faults.shifted_access == static_cast<std::int64_t>(site) ? row_bytes : 0);
  if (reinterpret_cast<std::uintptr_t>(address) % row_bytes != 0) e.stop(t, "loads a row of a matrix that is not aligned");
  e.meet(t, Meeting::matrix_load, site);
}

void DeviceEmulator::copy_async(ingot_emulated_thread* self, std::uint32_t site, void* shared, const void* global, std::uint32_t bytes,
                                std::uint32_t valid) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  if (valid > bytes) e.stop(t, "copies more bytes than the copy has");
  if (reinterpret_cast<std::uintptr_t>(shared) % bytes != 0 || reinterpret_cast<std::uintptr_t>(global) % bytes != 0)
    e.stop(t, "copies from or to memory that is not aligned");
  auto* to = static_cast<std::byte*>(shared);
  if (e.faults.shifted_access == static_cast<std::int64_t>(site)) to += bytes;
  if (const auto wrong = e.touch_shared(t, to, bytes, true)) e.stop(t, *wrong);
  e.shared_shadow_.depart(e.shared_offset(t, to), bytes);
  if (valid > 0)
    if (const auto wrong = e.global_.access(global, valid, false, e.number_in_launch(t), e.launch_epoch_)) e.stop(t, *wrong);
  t.copies.push_back({to, global, bytes, valid});
}

void DeviceEmulator::commit_copies(ingot_emulated_thread* self, std::uint32_t) {
  Thread& t = of(self);
  t.on_their_way.push_back(std::exchange(t.copies, {}));
}

void DeviceEmulator::wait_for_copies(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t groups) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  if (e.faults.skipped_wait == static_cast<std::int64_t>(site)) return;
  for (; t.on_their_way.size() > groups; t.on_their_way.pop_front()) e.land(t, t.on_their_way.front());
}

/// It is this thread that writes, at this moment.
void DeviceEmulator::land(Thread& t, const std::vector<Copy>& group) {
  for (const Copy& c : group) {
    shared_shadow_.land(shared_offset(t, c.to), c.bytes);
    if (const auto wrong = touch_shared(t, static_cast<std::byte*>(c.to), c.bytes, true)) stop(t, *wrong);
    std::memcpy(c.to, c.from, c.valid);
    std::memset(static_cast<std::byte*>(c.to) + c.valid, 0, c.bytes - c.valid);
  }
}

void* DeviceEmulator::shared_access(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t kind, void* address,
                                    std::uint32_t bytes) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  auto* at = static_cast<std::byte*>(address);
  if (e.faults.shifted_access == static_cast<std::int64_t>(site)) at += bytes;
  if (const auto wrong = e.touch_shared(t, at, bytes, kind == 1)) e.stop(t, *wrong);
  return at;
}

void* DeviceEmulator::global_access(ingot_emulated_thread* self, std::uint32_t site, std::uint32_t kind, void* address,
                                    std::uint32_t bytes) {
  DeviceEmulator& e = owner(self);
  Thread& t = of(self);
  t.site = site;
  auto* at = static_cast<std::byte*>(address);
  if (e.faults.shifted_access == static_cast<std::int64_t>(site)) at += bytes;
  if (reinterpret_cast<std::uintptr_t>(at) % std::min<std::uint32_t>(bytes, 16) != 0) e.stop(t, "touches memory that is not aligned");
  if (const auto wrong = e.global_.access(at, bytes, kind == 1, e.number_in_launch(t), e.launch_epoch_)) e.stop(t, *wrong);
  return at;
}

}  // namespace ingot::test
