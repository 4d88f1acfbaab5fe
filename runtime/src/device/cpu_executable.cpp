// A program of the CPU target: its state block and arenas are memory of this process, its entries are functions that a team runs.
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <array>
#include <vector>

namespace ingot::runtime {
namespace {

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(CpuDevice& device, const Program& program) : device_(device), program_(*program), state_(device, program->state_bytes) {}

  void get(std::uint32_t i, void* canonical) const override { program_.unpack(state_.data(), i, canonical); }
  void set(std::uint32_t i, const void* canonical) override { program_.pack(state_.data(), i, canonical); }
  void zero_state() override { device_.zero(state_.data(), state_.size()); }
  void save_state(std::span<std::byte> block) const override { device_.copy_to_host(block.data(), state_.data(), state_.size()); }
  void load_state(std::span<const std::byte> block) override { device_.copy_from_host(state_.data(), block.data(), state_.size()); }

  void run(const ingot_entry& entry, ingot_call& call) override {
    DeviceMemory& arena = arenas_[entry.kind];
    if (arena.data() == nullptr) arena = DeviceMemory(device_, entry.arena_bytes);
    call.state = state_.data();
    call.arena = arena.data();
    if (call.outputs == nullptr && entry.kind == INGOT_EVALUATE) call.outputs = unread_outputs(entry);
    device_.team().run(entry.run, call);
  }

 private:
  void* const* unread_outputs(const ingot_entry& entry) {
    for (auto r = static_cast<std::uint32_t>(unread_.size()); r < entry.n_results; ++r) {
      const ingot_tensor& row = entry.results[r];
      unread_.emplace_back(device_, program_.batch * row.elements * dtype_bytes(row.dtype));
      unread_pointers_.push_back(unread_.back().data());
    }
    return unread_pointers_.data();
  }

  CpuDevice& device_;
  const ingot_program& program_;
  DeviceMemory state_;
  std::array<DeviceMemory, 4> arenas_;  // per entry
  std::vector<DeviceMemory> unread_;    // where outputs of evaluate go that nobody wants
  std::vector<void*> unread_pointers_;
};

}  // namespace

std::unique_ptr<Executable> CpuDevice::load(const ingot_model&, const Program& program) {
  return std::make_unique<CpuExecutable>(*this, program);
}

}  // namespace ingot::runtime
