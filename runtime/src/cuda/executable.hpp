// A device program on its device: state, arena and buffers, and its entries as captured graphs.
//
// The first run of an entry launches its kernels one by one and waits for each: a kernel that cannot run is named, and drivers and
// libraries load what they load late, which they may not do during a capture. Later runs replay a graph, captured once for each set of
// addresses that rows come from. A step then is one copy to the device (call block and row numbers), one graph, one copy back (metrics):
// nothing waits for the host.
#pragma once
#include "cuda/core.hpp"
#include "cuda/kernel_module.hpp"
#include "cuda/row_feed.hpp"

#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <array>
#include <vector>

namespace ingot::runtime::cuda {

class CudaExecutable final : public Executable {
 public:
  CudaExecutable(Core& core, const ingot_model& model, const Program& program);
  ~CudaExecutable() override;

  void get(std::uint32_t i, void* canonical) const override;
  void set(std::uint32_t i, const void* canonical) override;
  void zero_state() override;
  void save_state(std::span<std::byte> block) const override;
  void load_state(std::span<const std::byte> block) override;
  void run(const ingot_entry& entry, ingot_call& call) override;
  [[nodiscard]] std::uint32_t steps_ahead() const noexcept override { return ahead; }
  void start(const ingot_entry& entry, ingot_call& call) override;
  void finish(double* metrics) override;
  [[nodiscard]] std::shared_ptr<void> keep(const Dataset& data) override;

  /// Seconds of each launch of an entry, the mean of `repeats` in a row. `call` as for run, without outputs; the state is of no use behind
  /// it.
  [[nodiscard]] std::vector<double> time_launches(const ingot_entry& entry, ingot_call& call, std::uint32_t repeats);
  /// Does the library do what the plan names of launch number `l` of an entry in a full batch?
  [[nodiscard]] bool has_library_form(std::uint32_t kind, std::uint32_t l) const { return entries_.at(kind).library[l]; }
  [[nodiscard]] const KernelModule& kernels() const noexcept { return kernels_; }

 private:
  static constexpr std::uint32_t ahead = 4;  // a step of the smallest models takes less time than the host needs to start one
  /// The host's side of one call that is under way.
  struct Slot {
    PinnedMemory to_device, metrics;
    Event done;
    const ingot_device_entry* entry = nullptr;
    bool busy = false;
  };
  struct Replay {
    bool by_library = false;
    std::vector<CUdeviceptr> bases;
    GraphExec graph;
  };
  struct Entry {
    const ingot_device_entry* device = nullptr;
    std::vector<bool> library;  // per launch: all its products are there
    bool has_library_form = false;
    std::array<bool, 2> has_run = {};  // as kernels alone, with products by the library
    std::vector<PoolBlock> outputs;
    std::vector<std::uint64_t> output_bytes;  // of a row; of the whole where that does not depend on rows
    std::vector<bool> output_per_row;
    PinnedMemory host_outputs;
    std::vector<Replay> replays;
  };

  void prepare_entry(const ingot_device_entry& device);
  void prepare_library_forms(Entry& entry);
  void prepare_outputs(Entry& entry);
  Slot& enqueue(const ingot_entry& entry, const ingot_call& call);
  void fill_call(const ingot_call& call, std::byte* block) const;
  void launch_all(const Entry& entry, RowFeed::Bases bases, bool by_library, bool wait_for_each);
  void launch_one(const Entry& entry, std::uint32_t l, RowFeed::Bases bases, bool by_library);
  void launch_kernel(const Entry& entry, const ingot_device_launch& launch, RowFeed::Bases bases);
  void launch_products(const Entry& entry, const ingot_device_launch& launch, RowFeed::Bases bases);
  void replay(Entry& entry, RowFeed::Bases bases, bool by_library);
  GraphExec capture(const Entry& entry, RowFeed::Bases bases, bool by_library);
  [[nodiscard]] CUdeviceptr address(const Entry& entry, const ingot_device_operand& operand, RowFeed::Bases bases) const;
  void read_metrics(Slot& slot, double* metrics);
  void read_outputs(Entry& entry, const ingot_call& call);
  void check_step(CUresult result, const ingot_device_entry& entry) const;

  Core& core_;
  const ingot_model& model_;
  const ingot_device_program& program_;
  KernelModule kernels_;
  Stream stream_;
  RowFeed feed_;
  PoolBlock state_, arena_, workspace_, zero_, call_, metrics_;
  std::size_t workspace_bytes_ = 0;
  std::uint64_t index_offset_ = 0;  // of the row numbers in call_
  std::array<Entry, 4> entries_;    // per ingot_entry_kind
  std::array<Slot, ahead + 1> slots_;
  std::array<std::size_t, ahead + 1> started_ = {};  // slots of started calls, a ring
  std::size_t first_started_ = 0, n_started_ = 0;
};

}  // namespace ingot::runtime::cuda
