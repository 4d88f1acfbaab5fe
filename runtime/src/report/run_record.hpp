// What a report of one training is made of, kept beside it as report.json so that the page can be made again and a resumed run goes on.
//
// Pure data: nothing here knows the model or the trainer. Numbers that are not finite are null in the file and NaN here.
#pragma once
#include "report/tensor_statistics.hpp"

#include <ingot/runtime/train/metrics.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime {

struct RunRecord {
  struct Layer {
    std::string name, kind, output;  ///< output: "(28x28)", empty where it is not known
    std::uint64_t parameters = 0;
  };
  struct Epoch {
    std::uint32_t number = 0;  ///< from 1
    NamedValues values;        ///< as history.csv
    double seconds = 0, validation_seconds = 0, samples_per_s = 0;
    std::vector<TensorStatistics> tensors;  ///< one for each of `tensors`
  };
  struct Confusion {
    std::string output;
    std::vector<std::string> classes;
    std::vector<std::vector<std::uint64_t>> counts;  ///< [true class][decided class]
  };

  std::string model, point;                                 ///< point: "units=512"
  std::vector<std::pair<std::string, std::string>> recipe;  ///< {"optimizer", "adam"}
  std::vector<Layer> layers;
  std::vector<std::pair<std::string, std::string>> tensors;  ///< {"hidden.kernel", "784 x 512"}
  std::vector<Epoch> epochs;
  std::string status = "running", reason;   ///< as TrainResult
  std::optional<std::uint32_t> best_epoch;  ///< from 1: that early stopping or a rule chose, else the lowest val_loss
  NamedValues test;                         ///< figures of the test part
  std::vector<Confusion> confusions;        ///< of the validation part
};

/// Name of the file inside the output folder.
[[nodiscard]] std::filesystem::path run_record_path(const std::filesystem::path& out);
[[nodiscard]] std::string to_json(const RunRecord& record);
/// Throws UserError that names `file` and what is wrong with it.
[[nodiscard]] RunRecord run_record_from_json(const std::string& text, const std::string& file);

}  // namespace ingot::runtime
