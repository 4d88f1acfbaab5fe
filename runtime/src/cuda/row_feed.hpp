// The rows of a call on their way to the device: found in copies that are there already, else copied on a stream of their own while
// earlier steps still run.
#pragma once
#include "cuda/core.hpp"

#include <ingot_abi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ingot::runtime::cuda {

class RowFeed {
 public:
  /// For calls of at most `batch` rows. `model` names the inputs and targets.
  RowFeed(Core& core, const ingot_model& model, std::uint32_t batch);

  /// Where the rows of a call are: one address for each input, then for each target (0: none was given).
  using Bases = std::span<const CUdeviceptr>;

  /// Makes the rows of `call` ready: what `step` is given next finds them. Writes a row number for each row to `index`. The host rows may
  /// change when it has returned. The addresses are valid until the next call.
  Bases prepare(const ingot_call& call, CUstream step, std::uint32_t* index);
  /// After the launches of the call were given to `step`: rows that were copied for it may be replaced when they are done.
  void release(CUstream step);

  [[nodiscard]] std::uint32_t inputs() const noexcept { return n_inputs_; }

 private:
  struct Port {
    std::uint64_t elements = 0;  // of a row
    std::uint32_t dtype = 0;     // of a target
    std::uint64_t offset = 0;    // of its rows in a stage
  };
  /// Room for the rows of one batch on both sides.
  struct Stage {
    PinnedMemory host;
    PoolBlock device;
    Event copied, used;  // the last copy into it, the last launch that reads it
  };
  const void* host_rows(const ingot_call& call, std::size_t port) const;
  [[nodiscard]] std::uint64_t row_bytes(const ingot_call& call, std::size_t port) const;
  bool find_resident(const ingot_call& call, std::uint32_t* index);
  void stage(const ingot_call& call, CUstream step);
  void make_stages();

  Core& core_;
  std::uint32_t n_inputs_, batch_;
  std::vector<Port> ports_;  // inputs, then targets
  std::vector<CUdeviceptr> bases_;
  Stream copies_;
  std::array<Stage, 2> stages_;
  std::size_t next_ = 0;
  Stage* in_use_ = nullptr;  // by the call that was prepared last
};

}  // namespace ingot::runtime::cuda
