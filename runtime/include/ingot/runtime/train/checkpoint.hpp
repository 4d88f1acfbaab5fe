// The checkpoint of a training run: one versioned file with named blocks, written atomically, enough to continue bit for bit.
//
// File: "INGOTCKP", version (u32), bytes of the header (u32), header (JSON: meaning of the run, table of blocks), blocks, CRC-32 of all
// before it. Numbers that must survive exactly are blocks of f64. Blocks are found by name; unknown ones are ignored, so that
// later versions can add some. Reading checks everything: a file that is cut, changed or foreign gives one UserError.
#pragma once
#include <ingot/runtime/train/early_stopping.hpp>
#include <ingot/runtime/train/rate_schedule.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ingot::runtime {

struct NamedBlock {
  std::string name;  ///< "hidden.kernel", "hidden.kernel/adam.m"
  std::uint32_t dtype = 0;
  std::vector<std::uint32_t> dims;
  std::vector<std::byte> data;  ///< canonical, dense
};

/// One part of a recipe in words and exact numbers, {"augmentation", "flip, rotation 0.1"}.
struct RecipePart {
  std::string name, text;
  friend bool operator==(const RecipePart&, const RecipePart&) = default;
};

struct Checkpoint {
  // what the run is; a resume must agree with it
  std::string model, plan_hash, target, point;  ///< point: "units=512 learning_rate=0.001"
  std::vector<std::string> hp_names;
  std::vector<double> hp_values;
  std::uint64_t space_hash = 0, seed = 0, data = 0, validation = 0;  ///< data, validation: Dataset::identity
  std::uint64_t rows = 0;                                            ///< of the training data
  std::uint32_t batch = 0;
  bool shuffle = true;
  std::uint32_t epochs = 0;  ///< that the run was to have; 0: not known
  std::vector<RecipePart>
      recipe;  ///< what plan and space do not say (recipe_identity); parts that an older version does not know are absent
  // where it stands
  std::uint32_t epoch = 0;         ///< epochs that are complete
  std::uint32_t batches_done = 0;  ///< of the running epoch
  std::uint64_t step = 0;          ///< updates done
  double seconds = 0;              ///< spent in training so far
  double validation_seconds = 0;   ///< and in validation
  std::string reason;              ///< why the run was stopped early, one sentence; empty: it was not
  std::vector<double> sums;        ///< running means of the running epoch: sum of metric * rows
  std::uint64_t sum_rows = 0;
  EarlyStopping::State stopping;
  std::optional<PlateauRate::State> plateau;  ///< with reduce_on_plateau
  std::vector<std::string> history_columns;   ///< "loss", "accuracy", "val_loss", ...
  std::vector<double> history;                ///< one row of columns per complete epoch
  // tensors
  std::vector<NamedBlock> states;  ///< all, optimizer slots included
  std::vector<NamedBlock> best;    ///< parameters and statistics of the best epoch, when they are to be restored
};

/// Name of the file inside the output folder: "checkpoint/state.ingot".
[[nodiscard]] std::filesystem::path checkpoint_path(const std::filesystem::path& out);
/// Whether the file begins as one.
[[nodiscard]] bool is_checkpoint(const std::filesystem::path& path);
/// Throws on an I/O failure; an older checkpoint at `path` is then still there, whole.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace ingot::runtime
