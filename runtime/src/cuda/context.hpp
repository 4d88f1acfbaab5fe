// One device of a driver: its primary context, what it is, and the handles made in it, each released with its owner.
#pragma once
#include "cuda/driver.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ingot::runtime::cuda {

/// What a device is, as its driver says.
struct DeviceFacts {
  std::string name;  ///< "NVIDIA H100 80GB HBM3"
  int sm = 0;        ///< compute capability, major * 10 + minor
  int multiprocessors = 0, threads_per_multiprocessor = 0;
  double clock_hz = 0, memory_hz = 0;  ///< 0: the driver does not say
  int memory_bits = 0;                 ///< of its bus
  std::size_t memory_bytes = 0;        ///< in all
};

class Context {
 public:
  /// Throws MachineError when there is no device `ordinal`, or its context cannot be made.
  Context(const Driver& driver, int ordinal);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] const Driver& driver() const noexcept { return driver_; }
  /// "cuda:0"
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const DeviceFacts& facts() const noexcept { return facts_; }
  /// Makes it the context of the calling thread: before every use on a thread that may be another one.
  void enter() const { check(driver_.context_set(context_), "make its context current"); }
  /// Throws MachineError "cuda:0: cannot WHAT: ..." unless `result` is success.
  void check(CUresult result, std::string_view what) const { driver_.check(result, name_, what); }

 private:
  const Driver& driver_;
  std::string name_;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  DeviceFacts facts_;
};

/// A handle of the driver. `Release` is a member of Driver that takes it; its result is ignored: after a failure of the device it fails
/// too.
template <class Handle, auto Release>
class Owned {
 public:
  Owned() = default;
  Owned(const Context& context, Handle handle) : driver_(&context.driver()), handle_(handle) {}
  ~Owned() { reset(); }
  Owned(Owned&& other) noexcept : driver_(other.driver_), handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  [[nodiscard]] Handle get() const noexcept { return handle_; }
  void reset() noexcept {
    if (driver_ != nullptr && handle_ != Handle{}) (driver_->*Release)(std::exchange(handle_, Handle{}));
  }

 private:
  const Driver* driver_ = nullptr;
  Handle handle_{};
};

using Stream = Owned<CUstream, &Driver::stream_destroy>;
using Event = Owned<CUevent, &Driver::event_destroy>;
using Graph = Owned<CUgraph, &Driver::graph_destroy>;
using GraphExec = Owned<CUgraphExec, &Driver::graph_exec_destroy>;
using Module = Owned<CUmodule, &Driver::module_unload>;

Stream make_stream(const Context& context);
/// Without a time, waiting for it costs less.
enum class EventKind { plain, timed };
Event make_event(const Context& context, EventKind kind = EventKind::plain);

/// Host memory that the device copies from and to without the driver's own staging.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  PinnedMemory(const Context& context, std::size_t bytes);
  [[nodiscard]] std::byte* data() const noexcept { return static_cast<std::byte*>(memory_.get()); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  Owned<void*, &Driver::host_release> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace ingot::runtime::cuda
