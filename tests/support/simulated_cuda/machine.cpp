#include "support/simulated_cuda/machine.hpp"

#include "support/simulated_cuda/control.h"

#include <dlfcn.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace ingot::test {

using namespace ingot::runtime::cuda;

namespace {

std::recursive_mutex mutex;
std::unique_ptr<Machine> instance;

/// As it was opened: tests put links to one library side by side.
std::string own_file() {
  Dl_info info = {};
  return dladdr(reinterpret_cast<const void*>(&simulated_cuda_report), &info) != 0 ? info.dli_fname : "";
}

}  // namespace

CUresult Machine::misuse(CUresult result, std::string what) {
  wrong_.push_back(std::move(what));
  return result;
}

void Machine::fail(CUresult result, std::string what) {
  if (broken_ != CUDA_SUCCESS) return;
  broken_ = result;
  broken_by_ = std::move(what);
}

Operation Machine::operation(std::function<void()> work) {
  return [this, work = std::move(work)] {
    if (++operations_ == plan_.lost_device) fail(CUDA_ERROR_UNKNOWN, "the device is gone");
    if (broken_ != CUDA_SUCCESS) return;
    const DeviceHeap::AtWork at_work(heap_);
    work();
  };
}

Operation Machine::kernel(const SimulatedFunction& function, std::array<std::uint32_t, 3> grid, std::array<std::uint32_t, 3> block,
                          std::uint32_t shared_bytes, std::vector<std::uint64_t> parameters) {
  return operation([this, &function, grid, block, shared_bytes, parameters = std::move(parameters)] {
    if (++launches_ == plan_.failed_launch)
      fail(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure");
    else
      run_kernel(function, grid, block, shared_bytes, parameters);
  });
}

void Machine::run_kernel(const SimulatedFunction& function, std::array<std::uint32_t, 3> grid, std::array<std::uint32_t, 3> block,
                         std::uint32_t shared_bytes, const std::vector<std::uint64_t>& parameters) {
  if (emulator_memory_ != heap_.version()) {
    emulator_.memory().clear();
    for (const auto& [at, bytes] : heap_.blocks()) emulator_.memory().add("a block", reinterpret_cast<void*>(at), bytes, true);
    emulator_memory_ = heap_.version();
  }
  std::vector<const void*> pointers;
  for (const std::uint64_t& value : parameters) pointers.push_back(&value);
  try {
    emulator_.launch(*function.image, function.kernel->name, grid, block, shared_bytes, pointers.data());
  } catch (const EmulationError& error) {
    fail(CUDA_ERROR_ILLEGAL_ADDRESS, error.what());
    misuse(CUDA_ERROR_ILLEGAL_ADDRESS, error.what());
  }
}

Operation Machine::gemm(std::function<void()> work) {
  return operation([this, work = std::move(work)] {
    if (++gemms_ == plan_.failed_gemm)
      fail(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure");
    else
      work();
  });
}

std::string Machine::report() {
  if (const auto wrong = heap_.check_guards()) wrong_.push_back(*wrong);
  std::ostringstream out;
  out << "launches " << launches_ << "\ngemms " << gemms_ << "\ngraphs " << graphs_ << "\nallocations " << allocations_ << "\noperations "
      << operations_ << "\nalive_blocks " << heap_.blocks().size() << "\nalive_bytes " << heap_.used() << "\nalive_pinned " << pinned.size()
      << "\nalive_streams " << queues_.streams() << "\nalive_events " << queues_.events() << "\nalive_modules " << modules.size()
      << "\nalive_graphs " << graphs.size() + execs.size() << "\ncontexts " << contexts << '\n';
  for (const std::string& what : wrong_) out << "wrong " << what << '\n';
  return out.str();
}

void Machine::check_nothing_alive() {
  const std::pair<const char*, std::size_t> kinds[] = {{"blocks of memory", heap_.blocks().size()},
                                                       {"blocks of pinned memory", pinned.size()},
                                                       {"streams", queues_.streams()},
                                                       {"events", queues_.events()},
                                                       {"modules", modules.size()},
                                                       {"graphs", graphs.size() + execs.size()}};
  for (const auto& [name, count] : kinds)
    if (count > 0) wrong_.push_back(std::to_string(count) + " " + name + " are left when the context is released");
}

std::unique_lock<std::recursive_mutex> lock_machine() { return std::unique_lock(mutex); }

Machine& machine() {
  if (instance == nullptr) {
    std::ifstream file(own_file() + ".plan");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    instance = std::make_unique<Machine>(parse_fault_plan(text));
  }
  return *instance;
}

SimulatedStream* stream_of(CUstream handle) {
  auto* stream = reinterpret_cast<SimulatedStream*>(handle);
  if (machine().queues().is_stream(stream)) return stream;
  machine().misuse(CUDA_ERROR_INVALID_HANDLE, handle == nullptr ? "the default stream is used" : "a stream is used that is none");
  return nullptr;
}

void write_report() {
  const std::string file = own_file();
  if (std::ifstream(file + ".plan").good()) std::ofstream(file + ".report") << machine().report();
}

}  // namespace ingot::test

extern "C" {

void simulated_cuda_reset(const char* plan) {
  const auto lock = ingot::test::lock_machine();
  ingot::test::instance = std::make_unique<ingot::test::Machine>(ingot::test::parse_fault_plan(plan));
}

const char* simulated_cuda_report(void) {
  const auto lock = ingot::test::lock_machine();
  static std::string text;
  text = ingot::test::machine().report();
  return text.c_str();
}
}
