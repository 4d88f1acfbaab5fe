// From files to the data sets of one model. What `--data` names may be
//   a folder in the layout of MNIST: {train,t10k}-{images-idx3,labels-idx1}-ubyte, each plain or .gz;
//   a folder with x_train.npy, y_train.npy and, for a test part, x_test.npy, y_test.npy;
//   an .npz with members of these names;
//   a folder with train.csv and, for a test part, test.csv;
//   a .csv: the last test_fraction of its rows (rounded down) is the test part;
//   a folder or a .csv of image files (images.hpp);
//   a folder with data_batch_*.bin and test_batch.bin of CIFAR-10, or train.bin and test.bin of CIFAR-100 (cifar.hpp).
// A model with several inputs or targets reads x_train_NAME, y_train_NAME, ... (NPY/NPZ). One with sample weights also reads w_train
// and w_test, or the CSV column that is named; a test part without w_test weighs all rows alike.
//
// Arrays are checked against the model: a sentence names input or target and the dimension that differs. Trailing or missing
// dimensions of extent 1 are no difference. Bytes stay bytes where the model takes them, everything else becomes f32; class numbers are
// checked against the number of classes; floats must be finite. All errors are UserError or MachineError.
#pragma once
#include <ingot/runtime/cache/cache_folder.hpp>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/csv_encoder.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/images.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <filesystem>
#include <optional>

namespace ingot::runtime {

struct LoadOptions {
  CsvOptions csv;
  double test_fraction = 0.2;  ///< of a single .csv
  ImageOptions images{};
  RowCacheOptions cache{};  ///< of image files, and of tables in CSV files: a file only, since they are in memory anyway
};

struct LoadedData {
  Dataset train;
  Dataset test;                           ///< no rows: there is no test part
  std::optional<CsvEncoder> encoder;      ///< for CSV: save it beside the weights
  Dataset validation{};                   ///< no rows: the data has no validation part of its own
  std::optional<ImageEncoding> images{};  ///< for images: save it beside the weights
  std::vector<std::string> notes{};       ///< one sentence each that the user should see
};

LoadedData load_dataset(const std::filesystem::path& path, const ModelPorts& ports, const LoadOptions& options = {});

/// Rows to predict: .npy, .npz (member x, else x_test, else the only one), IDX or .csv; CSV needs the encoder of the training.
Dataset load_inputs(const std::filesystem::path& path, const ModelPorts& ports, const CsvEncoder* encoder);

/// One array as rows of an input or target; also for data that an application holds itself.
Table input_table(const Array& array, const Port& port);
Table target_table(const Array& array, const Port& port);
/// One weight for each row: finite and not negative.
Table weight_table(const Array& array);
/// All weights are 1.
Table unit_weights(std::uint64_t rows);

}  // namespace ingot::runtime
