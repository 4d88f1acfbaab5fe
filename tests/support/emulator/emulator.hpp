// Runs the emulated kernels of a device program (ingot_device.h): a fiber for each thread of a block, resumed in an order that a seed
// decides, block after block in such an order too. Shuffles and matrix instructions meet per warp, barriers per block; asynchronous
// copies land when their thread waits for them, not before. It stops at the first access outside of memory, race on shared or global
// memory, read of shared memory that nobody wrote or that a copy may still write, or thread that a barrier or a warp waits for in vain.
// Knows nothing of compilers or runtimes.
#pragma once
#include "support/emulator/access_checker.hpp"
#include "support/emulator/fiber.hpp"

#include <ingot_device.h>

#include <array>
#include <deque>
#include <random>
#include <stdexcept>

namespace ingot::test {

/// What a kernel did wrong: which instruction, block and thread.
struct EmulationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Faults to see the emulator find them: numbers of sites, -1: none.
struct EmulatedFaults {
  std::int64_t skipped_barrier = -1;  ///< threads run through
  std::int64_t swapped_shuffle = -1;  ///< asks the next lane instead
  std::int64_t shifted_access = -1;   ///< touches what lies behind instead
  std::int64_t swapped_lanes = -1;    ///< mma, ldmatrix: each lane comes with the fragment or address of the next one
  std::int64_t skipped_wait = -1;     ///< for copies: threads run through
};

class DeviceEmulator {
 public:
  explicit DeviceEmulator(std::uint64_t seed = 1);
  DeviceEmulator(const DeviceEmulator&) = delete;
  DeviceEmulator& operator=(const DeviceEmulator&) = delete;

  GlobalMemory& memory() { return global_; }
  EmulatedFaults faults;

  /// Throws EmulationError. `parameters[i]` points at parameter i.
  void launch(const ingot_emulated_image& image, const char* kernel, std::array<std::uint32_t, 3> grid, std::array<std::uint32_t, 3> block,
              std::size_t shared_bytes, const void* const* parameters);

 private:
  enum class State : std::uint8_t { ready, at_barrier, in_warp, done };
  /// What the lanes of a warp do together.
  enum class Meeting : std::uint8_t { shuffle, product, matrix_load };
  /// From global to shared memory, on its way.
  struct Copy {
    void* to = nullptr;
    const void* from = nullptr;
    std::uint32_t bytes = 0, valid = 0;
  };
  struct Thread : ingot_emulated_thread {
    Fiber fiber;
    State state = State::ready;
    Meeting meeting = Meeting::shuffle;  ///< of the warp it waits for
    std::uint32_t number = 0, site = 0;
    std::uint32_t word = 0, lane = 0;            ///< of a shuffle
    std::uint32_t* words = nullptr;              ///< of a matrix instruction
    std::uint32_t kind = 0;                      ///< product: dtype; matrix load: transposed
    const std::byte* row = nullptr;              ///< matrix load
    std::vector<Copy> copies;                    ///< not yet in a group
    std::deque<std::vector<Copy>> on_their_way;  ///< groups, oldest first
  };
  void run_block(std::uint32_t number);
  void prepare_threads(std::uint32_t number);
  bool release_barrier();
  bool release_warps();
  void exchange(std::size_t first, std::size_t count);
  void multiply(std::size_t first);
  void load_matrices(std::size_t first);
  [[nodiscard]] std::string complaint(const Thread& t, const std::string& what) const;
  [[noreturn]] void fail(const Thread& t, const std::string& what);
  void stop(const Thread& t, const std::string& what);
  void meet(Thread& t, Meeting meeting, std::uint32_t site);
  void wait(Thread& t, State state, std::uint32_t site);
  /// What is wrong with an access of the block's shared memory; nothing: all is well.
  std::optional<std::string> touch_shared(const Thread& t, const std::byte* at, std::size_t bytes, bool write);
  [[nodiscard]] std::size_t shared_offset(const Thread& t, const void* at) const;
  [[nodiscard]] std::uint32_t number_in_launch(const Thread& t) const {
    return t.block[0] * static_cast<std::uint32_t>(threads_.size()) + t.number;
  }
  void land(Thread& t, const std::vector<Copy>& group);

  static Thread& of(ingot_emulated_thread* t) { return *static_cast<Thread*>(t); }
  static DeviceEmulator& owner(ingot_emulated_thread* t);
  static void barrier(ingot_emulated_thread*, std::uint32_t site);
  static std::uint32_t shuffle(ingot_emulated_thread*, std::uint32_t site, std::uint32_t kind, std::uint32_t mask, std::uint32_t value,
                               std::uint32_t lane, std::uint32_t clamp);
  static void* shared_access(ingot_emulated_thread*, std::uint32_t site, std::uint32_t kind, void* address, std::uint32_t bytes);
  static void* global_access(ingot_emulated_thread*, std::uint32_t site, std::uint32_t kind, void* address, std::uint32_t bytes);

  static void mma_16816(ingot_emulated_thread*, std::uint32_t site, std::uint32_t dtype, std::uint32_t* words);
  static void load_matrix(ingot_emulated_thread*, std::uint32_t site, std::uint32_t transposed, const void* address, std::uint32_t* words);
  static void copy_async(ingot_emulated_thread*, std::uint32_t site, void* shared, const void* global, std::uint32_t bytes,
                         std::uint32_t valid);
  static void commit_copies(ingot_emulated_thread*, std::uint32_t site);
  static void wait_for_copies(ingot_emulated_thread*, std::uint32_t site, std::uint32_t groups);

  struct Hooks : ingot_emulator {
    DeviceEmulator* owner = nullptr;
  } hooks_;
  std::mt19937_64 random_;
  GlobalMemory global_;
  FiberStacks stacks_;
  std::vector<Thread> threads_;
  std::vector<std::size_t> order_;
  std::vector<std::uint64_t> shared_;  ///< memory of the block at hand, aligned for every vector
  AccessShadow shared_shadow_{0};
  std::size_t shared_bytes_ = 0;
  std::uint64_t epoch_ = 0, block_epoch_ = 0, launch_epoch_ = 0;
  const ingot_emulated_image* image_ = nullptr;
  std::array<std::uint32_t, 3> grid_{}, block_{};
  std::function<void()> body_;
  std::vector<std::function<void()>> bodies_;
  std::string failure_;
};

}  // namespace ingot::test
