// The options of all commands as plain data, and the one place that knows the option parser.
#pragma once
#include <ingot/runtime/data/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime::cli {

/// Wrong usage: one sentence, exit code 2.
struct UsageError : UserError {
  using UserError::UserError;
};

enum class Command { train, search, gradcheck, eval, predict, bench, export_model, describe, report, cache, prune };

struct Options {
  Command command = Command::train;
  std::string program;  ///< name of the executable, for messages

  // every command
  std::optional<std::uint64_t> seed;
  std::uint32_t threads = 0;  ///< 0: all that are available
  std::string device = "cpu";
  std::optional<int> cuda;  ///< number of the CUDA device that `device` names
  std::string cuda_driver;  ///< a library in the place of NVIDIA's driver
  bool json = false;
  std::vector<std::string> settings;  ///< "name=value"
  std::string data, out;

  // columns of CSV data
  std::vector<std::string> targets, categorical, ignored;
  std::string weight_column;

  // image files
  bool antialias = false, strict = false;
  std::optional<std::uint64_t> memory_limit;  // bytes

  // cached rows
  std::string cache_dir;                     // "": default_cache_folder()
  std::optional<std::uint64_t> cache_limit;  // bytes

  std::optional<std::uint32_t> epochs, batch;
  std::optional<double> validation;
  bool resume = false, overwrite = false, no_shuffle = false, allow_other_plan = false;
  std::string init, log_steps, best, lr_range;  // train; lr_range: "LOW:HIGH", empty: no range test
  bool profile = false;                         // train, bench
  bool statistics = false;                      // train: gradient norms in the report
  std::string tensorboard;                      // train: folder for event files; empty: none
  std::optional<std::uint32_t> trials;
  std::uint32_t jobs = 1;                       // search
  std::uint32_t coordinates = 24, burn_in = 0;  // gradcheck
  bool fast = false;
  bool sanity = false;
  std::optional<std::uint32_t> batch_index;
  std::vector<std::uint32_t> rows;
  std::string split = "test", weights;
  bool confusion = false;              // eval
  std::vector<std::string> files;      // predict
  std::optional<std::uint32_t> top;    // predict
  std::string to = "weights", target;  // export
  std::string cache_action;            // cache: list or clear
  bool sparse = false;                 // export
  double to_share = 0;                 // prune
  std::string form = "block:16x16";
  std::vector<std::string> layers;
  std::uint32_t finetune = 0;
  bool global = false;
};

/// What parsing came to: either options, or a text for stdout (help) with nothing to do.
struct Parsed {
  Options options;
  std::string help;
};

/// Throws UsageError. `model`: its name, for the help texts.
Parsed parse_options(const std::string& model, int argc, char** argv);

}  // namespace ingot::runtime::cli
