#include "schedule/rematerialize.hpp"

#include "ir/error.hpp"
#include "schedule/kernel_order.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace ingot::codegen {
namespace {

/// Computes one value again in front of step `reader`, and of what that takes whatever is not at hand there.
class Repetition {
 public:
  /// `peak`: the step that is to hold less: it holds no operand for this that it would not hold anyway, unless that one is small.
  Repetition(const KernelOrder& order, const Lives& lives, std::size_t peak, std::size_t reader)
      : order_(order), lives_(lives), peak_(peak), reader_(reader) {}

  /// None: the value cannot be made again at this place.
  std::optional<KernelOrder> run(int buffer) {
    wanted_bytes_ = order_.work().bytes[at(buffer)];
    if (!make(buffer)) return std::nullopt;
    KernelOrder changed = order_;
    changed.insert(reader_, std::move(steps_), made_);
    return changed;
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  bool make(int buffer) {
    const int kernel = order_.work().producer[at(buffer)];
    if (!order_.may_run_again(kernel, reader_)) return false;
    const KernelWork& work = order_.work().kernels[at(kernel)];
    OrderedKernel step{kernel, {}, {}};
    for (const int r : work.reads) {
      const int copy = operand(r);
      if (copy < 0) return false;
      step.reads.push_back(copy);
    }
    for (const int w : work.writes) {
      step.writes.push_back(first_new_ + static_cast<int>(made_.size()));
      made_.emplace(w, step.writes.back());
    }
    steps_.push_back(std::move(step));
    return true;
  }

  /// The copy of an operand to read; -1: there is none.
  int operand(int buffer) {
    if (const auto made = made_.find(buffer); made != made_.end()) return made->second;
    const int copy = order_.latest_copy(buffer, reader_);
    if (copy < 0) return -1;
    constexpr std::uint64_t small = 16;  // rows of numbers beside images
    const bool at_hand = lives_.last[at(copy)] >= peak_ || order_.work().bytes[at(buffer)] * small <= wanted_bytes_;
    if (at_hand) return copy;
    const std::size_t steps = steps_.size();
    const std::map<int, int> made = made_;
    if (make(buffer)) return made_.at(buffer);
    steps_.resize(steps);
    made_ = made;
    return copy;
  }

  const KernelOrder& order_;
  const Lives& lives_;
  std::size_t peak_, reader_;
  std::uint64_t wanted_bytes_ = 0;
  int first_new_ = static_cast<int>(order_.copies());
  std::vector<OrderedKernel> steps_;
  std::map<int, int> made_;  ///< buffer -> its new copy
};

struct Choice {
  KernelOrder order;
  Lives lives;
  double cost = 0;  ///< operations for each byte
};

/// What giving up `copy` over step `peak` gives, where that makes the peaks lower or fewer.
std::optional<Choice> give_up(const KernelOrder& order, const Lives& lives, std::size_t peak, int copy) {
  const std::size_t reader = order.next_reader(copy, peak);
  auto changed = Repetition(order, lives, peak, reader).run(order.buffer_of(copy));
  if (!changed) return std::nullopt;
  Lives after = changed->lives();
  const bool better = after.peak < lives.peak || (after.peak == lives.peak && after.peaks < lives.peaks);
  const std::uint64_t alive = after.alive[changed->place_of(order.id_of(peak))];
  if (!better || alive >= lives.alive[peak]) return std::nullopt;
  const double cost = (changed->operations() - order.operations()) / static_cast<double>(lives.alive[peak] - alive);
  return Choice{std::move(*changed), std::move(after), cost};
}

/// The cheapest step towards less memory; none: there is no further one.
std::optional<Choice> cheapest(const KernelOrder& order, const Lives& lives) {
  const auto peak = static_cast<std::size_t>(std::max_element(lives.alive.begin(), lives.alive.end()) - lives.alive.begin());
  std::optional<Choice> best;
  for (int copy = 0; copy < static_cast<int>(order.copies()); ++copy) {
    const auto c = static_cast<std::size_t>(copy);
    if (lives.first[c] >= peak || lives.last[c] <= peak || order.touches(peak, copy)) continue;
    auto choice = give_up(order, lives, peak, copy);
    if (choice && (!best || choice->cost < best->cost)) best = std::move(choice);
  }
  return best;
}

}  // namespace

void fit_arena(const Graph& g, EntrySchedule& s, std::int64_t batch, std::uint64_t limit) {
  if (s.arena_bytes <= limit) return;
  const OrderWork work = find_work(s, batch);
  KernelOrder order(work);
  Lives lives = order.lives();
  std::uint64_t smallest = s.arena_bytes;
  for (;;) {
    std::optional<Choice> next = cheapest(order, lives);
    const auto bounds = lives.peak < limit ? std::vector{limit, lives.peak} : std::vector{lives.peak};
    for (const std::uint64_t bound : bounds) {
      if (lives.peak >= smallest) break;  // an arena has gaps: it is at least as large as what is alive at once
      EntrySchedule fitted = apply(s, order, bound);
      smallest = std::min(smallest, fitted.arena_bytes);
      if (fitted.arena_bytes > limit) continue;
      s = std::move(fitted);
      return;
    }
    if (!next) break;
    order = std::move(next->order);
    lives = std::move(next->lives);
  }
  throw UserError(g.name + ": a step of " + std::to_string(batch) + " rows takes " + std::to_string(smallest) +
                  " bytes of memory at least, whatever is computed again, and step_memory allows " + std::to_string(limit) +
                  "; raise it to that or make the batch smaller");
}

}  // namespace ingot::codegen
