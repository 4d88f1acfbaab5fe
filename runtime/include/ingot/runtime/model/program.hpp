// Programs of a model: those built ahead, and those compiled at run time through libingot_codegen.so.
//
// The library is opened at the first request that needs it, never before: beside the executable, in ../lib, in the folder baked
// at build time, then where the system looks. Without it the request fails with one sentence that names the library.
// A source keeps what it has compiled. Thread-safe.
#pragma once
#include <ingot/runtime/model/point.hpp>
#include <ingot_compile.h>
#include <ingot_device.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ingot::runtime {

constexpr std::uint32_t entry_bit(ingot_entry_kind kind) { return 1u << kind; }
/// What training needs: train, evaluate, predict.
inline constexpr std::uint32_t training_entries = 1u << INGOT_TRAIN | 1u << INGOT_EVALUATE | 1u << INGOT_PREDICT;

/// Blocks of a parameter that hold nothing but zeros; see ingot_block_mask.
struct BlockMask {
  std::string name;
  std::uint32_t rows = 1, cols = 1;
  std::vector<std::uint8_t> bitmap;
};
/// A layer with fewer outputs than declared; see ingot_width.
struct LayerWidth {
  std::string layer;
  std::uint32_t size = 0;
  std::vector<std::uint32_t> kept{};  ///< empty: only the size is known
};
/// How a program differs from the declared one. Such programs are compiled at run time.
struct ProgramVariant {
  bool masks = false;                    ///< every kernel that can be pruned has a mask
  std::vector<BlockMask> block_masks{};  ///< what entries that do not train may skip
  std::vector<LayerWidth> widths{};
  [[nodiscard]] bool declared() const { return !masks && block_masks.empty() && widths.empty(); }
};

/// A program that stays alive as long as a handle to it does.
struct Program {
  const ingot_program* abi = nullptr;            ///< of a device program: the same tables, without run, pack and unpack
  const ingot_device_program* device = nullptr;  ///< null on the CPU
  bool ahead = true;                             ///< built ahead; else compiled in this process
  bool cached = false;                           ///< compiled, and every object came from the cache on disk
  double compile_ms = 0;                         ///< 0 when built ahead
  std::shared_ptr<void> owner;
  ProgramVariant variant{};                     ///< as it was asked for
  const ingot_selection* selections = nullptr;  ///< per state, where a variant has widths with kept outputs

  [[nodiscard]] const ingot_program* operator->() const noexcept { return abi; }
  [[nodiscard]] const ingot_program& operator*() const noexcept { return *abi; }
  /// Null when the program lacks it.
  [[nodiscard]] const ingot_entry* entry(ingot_entry_kind kind) const noexcept;
};

struct ProgramRequest {
  std::uint32_t batch = 0;
  std::uint32_t dtype = INGOT_F32;
  std::uint32_t entries = training_entries;
  std::string target{};            ///< Device::target(). "": what was built ahead if it fits, else "host"; a name: that target only
  std::filesystem::path object{};  ///< not empty: compiled anew, and the object also written here
  bool profiled = false;           ///< compiled anew with marks for a KernelProfile (kernels, plan and results are the same)
  ProgramVariant variant{};
  bool exact_batch = true;  ///< false: a program for more rows will do (evaluate, predict, gradient)
};

struct ProgramSourceOptions {
  bool cache = true;                  ///< keep compiled kernels on disk
  std::filesystem::path cache_dir{};  ///< "": $XDG_CACHE_HOME/ingot or ~/.cache/ingot
  std::filesystem::path library{};    ///< "": the search order above
};

class ProgramSource {
 public:
  explicit ProgramSource(const ingot_model& model, ProgramSourceOptions options = {});
  ~ProgramSource();
  ProgramSource(const ProgramSource&) = delete;
  ProgramSource& operator=(const ProgramSource&) = delete;

  [[nodiscard]] const ingot_model& model() const noexcept;
  /// The program for the structural values of `point`. Throws UserError: no library, or a layer that cannot be compiled.
  [[nodiscard]] Program get(const Point& point, const ProgramRequest& request);
  /// Whether `get` would find a program built ahead.
  [[nodiscard]] bool ahead(const Point& point, const ProgramRequest& request) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::runtime
