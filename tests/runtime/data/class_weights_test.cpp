// Balanced class weights: scikit-learn's formula on the three forms of a target, and sample weights from files.
#include <ingot/runtime/data/class_weights.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/npy.hpp>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::vector<float> weights_of(const Dataset& data) {
  const auto* w = static_cast<const float*>(data.targets.back().data());
  return {w, w + data.rows()};
}

const ModelPorts weighed{"toy", {{"x", INGOT_F32, {1}, 0}}, {{"y", INGOT_F32, {1}, 1}}, true};
const ModelPorts plain{"toy", {{"x", INGOT_F32, {1}, 0}}, {{"y", INGOT_F32, {1}, 1}}};
const Array x = array_of<float>(ElementType::f32, {4}, {1, 2, 3, 4});
const Array y = array_of<float>(ElementType::f32, {4}, {0, 1, 1, 1});

LoadOptions by_column(std::string name) {
  LoadOptions options;
  options.csv.weight = std::move(name);
  return options;
}

}  // namespace

TEST_CASE("balanced class weights are rows / (classes * rows of the class)", "[weights]") {
  const Port three{"y", INGOT_I32, {}, 3};
  const Table labels = target_table(array_of<std::int64_t>(ElementType::i64, {6}, {0, 0, 0, 1, 1, 2}), three);
  CHECK(balanced_class_weights(labels, 3) == std::vector<double>{6 / 9.0, 1, 2});
  const Table hot = target_table(array_of<std::int64_t>(ElementType::i64, {6}, {0, 0, 0, 1, 1, 2}), {"y", INGOT_F32, {3}, 3});
  CHECK(balanced_class_weights(hot, 3) == std::vector<double>{6 / 9.0, 1, 2});
  CHECK(balanced_class_weights(target_table(y, plain.targets[0]), 2) == std::vector<double>{2, 4 / 6.0});
  CHECK(balanced_class_weights(labels, 4) == std::vector<double>{0.5, 0.75, 1.5, 0});  // a class without rows
}

TEST_CASE("every position of a row has a label that counts", "[weights]") {
  const Array words = array_of<std::int64_t>(ElementType::i64, {2, 3}, {0, 0, 0, 1, 1, 2});
  CHECK(balanced_class_weights(target_table(words, {"y", INGOT_I32, {3}, 3}), 3) == std::vector<double>{6 / 9.0, 1, 2});
  const Array hot = array_of<float>(ElementType::f32, {2, 2, 3}, {1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0});
  CHECK(balanced_class_weights(target_table(hot, {"y", INGOT_F32, {2, 3}, 3}), 3) == std::vector<double>{4 / 6.0, 4 / 3.0, 4 / 3.0});
  const Array flags = array_of<float>(ElementType::f32, {1, 4}, {0, 1, 1, 1});
  CHECK(balanced_class_weights(target_table(flags, {"y", INGOT_F32, {4}, 1}), 2) == std::vector<double>{2, 4 / 6.0});
}

TEST_CASE("sample weights from NPZ and NPY", "[weights]") {
  const TemporaryFolder folder;
  const auto w = array_of<double>(ElementType::f64, {4, 1}, {1, 0, 2.5, 3});
  write_npz(folder / "d.npz", std::vector<NamedArray>{{"x_train", x}, {"y_train", y}, {"w_train", w}, {"x_test", x}, {"y_test", y}});
  const LoadedData data = load_dataset(folder / "d.npz", weighed);
  REQUIRE(data.train.targets.size() == 2);
  CHECK(data.train.targets[1].name == "sample_weight");
  CHECK(weights_of(data.train) == std::vector<float>{1, 0, 2.5, 3});
  CHECK(weights_of(data.test) == std::vector<float>{1, 1, 1, 1});  // none are given
  CHECK(load_dataset(folder / "d.npz", plain).train.targets.size() == 1);
  CHECK(load_dataset(folder / "d.npz", plain).train.identity != data.train.identity);
  write_npy(folder / "x_train.npy", x);
  write_npy(folder / "y_train.npy", y);
  CHECK_THAT(refusal([&] { load_dataset(folder.path(), weighed); }), Contains("w_train.npy"));
  write_npy(folder / "w_train.npy", w);
  CHECK(weights_of(load_dataset(folder.path(), weighed).train) == weights_of(data.train));
  write_npy(folder / "w_train.npy", array_of<double>(ElementType::f64, {3}, {1, 1, 1}));
  CHECK_THAT(refusal([&] { load_dataset(folder.path(), weighed); }), Contains("w_train.npy has 3 rows") && Contains("has 4"));
}

TEST_CASE("a sample weight is a finite number from 0 on", "[weights]") {
  CHECK_THAT(refusal([] { weight_table(array_of<float>(ElementType::f32, {2}, {1, -0.5F}, "w.npy")); }),
             Contains("w.npy: row 1") && Contains("is -0.5: a sample weight is a finite number from 0 on"));
  CHECK_THAT(refusal([] { weight_table(array_of<float>(ElementType::f32, {2, 2}, {1, 1, 1, 1}, "w.npy")); }), Contains("w.npy"));
}

TEST_CASE("sample weights from a column of CSV", "[weights]") {
  const TemporaryFolder folder;
  write_file(folder / "d.csv", "x,w,y\n1,0.5,0\n2,1,1\n3,2,1\n4,0,0\n5,1,1\n");
  const LoadedData data = load_dataset(folder / "d.csv", weighed, by_column("w"));
  CHECK(weights_of(data.train) == std::vector<float>{0.5, 1, 2, 0});
  CHECK(data.encoder->feature_names() == std::vector<std::string>{"x"});
  const CsvEncoder saved = CsvEncoder::from_json(data.encoder->to_json());
  CHECK(weights_of(saved.encode(CsvTable::read(folder / "d.csv"), 0, 5, weighed)).back() == 1);
  CHECK_THAT(refusal([&] { (void)saved.encode(CsvTable::read(folder / "d.csv"), 0, 5, plain); }), Contains("with sample weights"));
  const auto saying = [&](const ModelPorts& ports, const LoadOptions& options) {
    return refusal([&] { load_dataset(folder / "d.csv", ports, options); });
  };
  CHECK_THAT(saying(weighed, {}), Contains("the recipe of model toy has sample_weights; name their column with --weight"));
  CHECK_THAT(saying(plain, by_column("w")), Contains("model toy takes no sample weights"));
  CHECK_THAT(saying(weighed, by_column("z")), Contains("'z'"));
  LoadOptions both = by_column("y");
  both.csv.targets = {"y"};
  CHECK_THAT(saying(weighed, both), Contains("column 'y' cannot be both the target and the weight"));
  write_file(folder / "d.csv", "x,w,y\n1,-0.5,0\n2,1,1\n");
  CHECK_THAT(saying(weighed, by_column("w")), Contains("d.csv, line 2, column 'w': a sample weight is a finite number from 0 on"));
  write_file(folder / "d.csv", "x,w,y\n1,,0\n2,1,1\n");
  CHECK_THAT(saying(weighed, by_column("w")), Contains("d.csv, line 2, column 'w': the weight is missing"));
}

TEST_CASE("IDX files have no weights", "[weights]") {
  const TemporaryFolder folder;
  write_file(folder / "train-images-idx3-ubyte", small_images(6));
  write_file(folder / "train-labels-idx1-ubyte", small_labels(6));
  ModelPorts ports = image_ports();
  ports.sample_weights = true;
  CHECK_THAT(refusal([&] { load_dataset(folder.path(), ports); }), Contains("IDX files hold no sample weights"));
}
