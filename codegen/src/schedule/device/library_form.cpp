#include "schedule/device/library_form.hpp"

#include "ir/op_info.hpp"
#include "schedule/device/library_epilogue.hpp"

#include <ingot_device.h>

#include <algorithm>

namespace ingot::codegen {

namespace {

using Bits = LibraryEpilogue::Bits;

/// A launch is not taken apart for less than this: the estimates are no better.
constexpr double least_advantage = 1.25;

/// A product of a launch that the library could do.
struct Product {
  LibraryGemm gemm;
  std::vector<std::size_t> parts;  ///< of the launch, that the call does
  LibraryGemm* keeper = nullptr;   ///< of an earlier launch, that keeps the mask of this one
};

class FormMaker {
 public:
  FormMaker(std::vector<DeviceLaunch>& launches, const DevicePlan& plan, std::uint64_t& arena_bytes, std::uint64_t step_memory)
      : launches_(launches), plan_(plan), arena_bytes_(arena_bytes), step_memory_(step_memory) {}

  void add(std::size_t number) {
    DeviceLaunch& launch = launches_[number];
    new_masks_.clear();
    std::vector<Product> all = products(number), worth;
    if (all.empty()) return;
    if (covers(launch, all) && all.size() == 1) {
      launch.library_why = "one product of matrices: at a full batch a library may do it";
      return take(number, std::move(all));
    }
    for (const Product& p : all)
      if (gain(p) > launch_overhead_us) worth.push_back(p);
    const double own = launch_overhead_us + own_time(all);
    const double with_all = cost(launch, all, all), with_some = cost(launch, all, worth);
    std::vector<Product>& best = with_all <= with_some ? all : worth;
    const double library = std::min(with_all, with_some);
    const std::string calls = std::to_string(best.size()) + (best.size() == 1 ? " product" : " products") + " by a library";
    if (best.empty()) {
      launch.library_why = "one launch: no product is large enough for a call of a library";
      return;
    }
    if (library * least_advantage >= own) {
      launch.library_why = "one launch: about " + microseconds_text(own) + " us, with " + calls + " " + microseconds_text(library);
      return;
    }
    launch.library_why = calls + " at a full batch: about " + microseconds_text(library) + " us, as one launch " + microseconds_text(own);
    take(number, std::move(best));
  }

 private:
  /// What the library can do of a launch.
  std::vector<Product> products(std::size_t number) {
    const DeviceLaunch& launch = launches_[number];
    std::vector<Product> found;
    std::vector<bool> summed(launch.parts.size(), false);  // with a product before
    for (std::size_t i = 0; i < launch.parts.size(); ++i) {
      auto candidate = library_candidate(launch, launch.parts[i], plan_);
      if (!candidate) continue;
      Product p{candidate->gemm, {i}, nullptr};
      if (candidate->passes && !find_mask(p, *candidate->passes, number)) continue;
      for (std::size_t other = 0; other < launch.parts.size() && p.gemm.epilogue.bits == Bits::none; ++other) {
        if (summed[other] || !sums_columns(launch, launch.parts[other], p.gemm)) continue;
        summed[other] = true;
        const LaunchPart& sums = launch.parts[other];
        p.gemm.epilogue.bits = Bits::column_sums;
        p.gemm.epilogue.sums_at =
            launch.operands[static_cast<std::size_t>(sums.operands[static_cast<std::size_t>(sums.kernel.stores[0].argument)])];
        p.parts.push_back(other);
      }
      found.push_back(std::move(p));
    }
    return found;
  }

  /// The mask that the product before `number` whose result is `output` keeps, or could keep.
  bool find_mask(Product& p, const DeviceOperand& output, std::size_t number) {
    for (std::size_t l = number; l-- > 0;) {
      const auto& operands = launches_[l].operands;
      const auto writes = [&](const DeviceOperand& o) { return o.written && o == output; };
      if (std::none_of(operands.begin(), operands.end(), writes)) continue;
      for (LibraryGemm& g : launches_[l].products)
        if (g.d == output && g.epilogue.has(Bits::relu)) return share_mask(p, g, l);
      return false;
    }
    return false;
  }
  bool share_mask(Product& p, LibraryGemm& keeper, std::size_t launch) {
    LibraryEpilogue& e = p.gemm.epilogue;
    e.mask_launch = static_cast<int>(launch);
    e.mask_stride = (p.gemm.n + mask_alignment - 1) / mask_alignment * mask_alignment;
    if (keeper.epilogue.has(Bits::keep_mask)) {
      e.mask_at = keeper.epilogue.mask_at;
      return true;
    }
    p.keeper = &keeper;
    const auto known = std::find_if(new_masks_.begin(), new_masks_.end(), [&](const Mask& m) { return m.keeper == &keeper; });
    if (known != new_masks_.end()) {
      e.mask_at.offset = known->begin;
      return true;
    }
    const std::uint64_t begin = aligned(new_masks_.empty() ? arena_bytes_ : new_masks_.back().end);
    const std::uint64_t end = begin + static_cast<std::uint64_t>(p.gemm.m * e.mask_stride / 8);
    if (end > step_memory_) return false;
    new_masks_.push_back({&keeper, begin, end});
    e.mask_at.offset = begin;
    return true;
  }
  static std::uint64_t aligned(std::uint64_t bytes) {
    return (bytes + INGOT_DEVICE_ALIGNMENT - 1) / INGOT_DEVICE_ALIGNMENT * INGOT_DEVICE_ALIGNMENT;
  }

  static bool covers(const DeviceLaunch& launch, const std::vector<Product>& products) {
    std::size_t done = 0;
    for (const Product& p : products) done += p.parts.size();
    return done == launch.parts.size();
  }

  double gain(const Product& p) const {
    return product_microseconds(p.gemm, ProductMaker::own, plan_.device) -
           product_microseconds(p.gemm, ProductMaker::library, plan_.device);
  }
  double own_time(const std::vector<Product>& products) const {
    double us = 0;
    for (const Product& p : products) us += product_microseconds(p.gemm, ProductMaker::own, plan_.device);
    return us;
  }
  /// Of `all` products of a launch, with those in `chosen` by the library.
  double cost(const DeviceLaunch& launch, const std::vector<Product>& all, const std::vector<Product>& chosen) const {
    const std::size_t launches = chosen.size() + (covers(launch, chosen) ? 0 : 1);
    double us = static_cast<double>(launches) * launch_overhead_us + own_time(all);
    for (const Product& p : chosen) us -= gain(p);
    return us;
  }

  void take(std::size_t number, const std::vector<Product>& products) {
    DeviceLaunch& launch = launches_[number];
    std::vector<bool> done(launch.parts.size(), false);
    for (const Product& p : products) {
      for (const std::size_t part : p.parts) done[part] = true;
      if (p.keeper != nullptr) {
        LibraryEpilogue& keeper = p.keeper->epilogue;
        keeper.bits |= Bits::keep_mask;
        keeper.mask_at = p.gemm.epilogue.mask_at;
        keeper.mask_stride = p.gemm.epilogue.mask_stride;
        const std::uint64_t end = keeper.mask_at.offset + static_cast<std::uint64_t>(p.gemm.m * keeper.mask_stride / 8);
        arena_bytes_ = std::max(arena_bytes_, end);
      }
      launch.products.push_back(p.gemm);
    }
    if (std::find(done.begin(), done.end(), false) != done.end()) launch.rest.push_back(rest_of(launch, done));
  }

  /// The parts that are not `done`, as a launch with the operands that these reach.
  static DeviceLaunch rest_of(const DeviceLaunch& launch, const std::vector<bool>& done) {
    DeviceLaunch rest;
    std::vector<int> renumbered(launch.operands.size(), -1);
    const auto keep = [&](int& operand) {
      if (operand < 0) return;
      int& to = renumbered[static_cast<std::size_t>(operand)];
      if (to < 0) {
        to = static_cast<int>(rest.operands.size());
        rest.operands.push_back(launch.operands[static_cast<std::size_t>(operand)]);
      }
      operand = to;
    };
    int call = 0;
    keep(call);
    for (std::size_t i = 0; i < launch.parts.size(); ++i) {
      if (done[i]) continue;
      LaunchPart part = launch.parts[i];
      for (int& o : part.operands) keep(o);
      keep(part.index_operand);
      keep(part.port_operand);
      add_part(rest, std::move(part));
    }
    return rest;
  }

  std::vector<DeviceLaunch>& launches_;
  const DevicePlan& plan_;
  std::uint64_t& arena_bytes_;
  std::uint64_t step_memory_;
  struct Mask {
    const LibraryGemm* keeper;
    std::uint64_t begin, end;  ///< in the arena
  };
  std::vector<Mask> new_masks_;  ///< that products of the launch at hand would have kept
};

}  // namespace

void add_library_forms(std::vector<DeviceLaunch>& launches, const DevicePlan& plan, std::uint64_t& arena_bytes, std::uint64_t step_memory) {
  FormMaker maker(launches, plan, arena_bytes, step_memory);
  for (std::size_t l = 0; l < launches.size(); ++l) maker.add(l);
}

double product_microseconds(const LibraryGemm& gemm, ProductMaker maker, const DeviceTarget& device) {
  const auto m = static_cast<double>(gemm.m), n = static_cast<double>(gemm.n), k = static_cast<double>(gemm.k);
  const auto operand = static_cast<double>(dtype_size(gemm.operand_dtype)), result = static_cast<double>(dtype_size(gemm.result_dtype));
  const double bytes = operand * (m * k + k * n) + result * m * n;
  const double peak = is_low(gemm.operand_dtype) ? device.tensor_flops_per_us : device.float_flops_per_us;
  const double share = maker == ProductMaker::own ? own_product_share : library_product_share;
  return std::max(bytes / device.memory_bytes_per_us, 2 * m * n * k / (peak * share));
}

}  // namespace ingot::codegen
