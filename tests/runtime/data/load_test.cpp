#include <ingot/runtime/data/load.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/npy.hpp>

#include <cmath>
#include <cstring>
#include <limits>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::vector<float> floats_of(const Table& table) {
  const auto* at = static_cast<const float*>(table.data());
  return {at, at + table.rows * table.row_elements()};
}
std::int32_t class_of(const Table& table, std::uint64_t row) { return *static_cast<const std::int32_t*>(table.row(row)); }

void write_mnist(const TemporaryFolder& folder) {
  write_file(folder / "train-images-idx3-ubyte", small_images(6));
  write_file(folder / "train-labels-idx1-ubyte.gz", gzip(small_labels(6)));
  write_file(folder / "t10k-images-idx3-ubyte.gz", gzip(small_images(2)));
  write_file(folder / "t10k-labels-idx1-ubyte", small_labels(2));
}
std::string loading(const std::filesystem::path& path, const ModelPorts& ports = image_ports()) {
  return refusal([&] { load_dataset(path, ports); });
}

}  // namespace

TEST_CASE("the layout of MNIST") {
  const TemporaryFolder folder;
  write_mnist(folder);
  const LoadedData data = load_dataset(folder.path(), image_ports());
  CHECK(data.train.rows() == 6);
  CHECK(data.test.rows() == 2);
  CHECK(data.train.inputs[0].dtype == INGOT_U8);
  CHECK(data.train.inputs[0].name == "pixels");
  CHECK(*static_cast<const std::uint8_t*>(data.train.inputs[0].row(3)) == 12);
  CHECK(class_of(data.train.targets[0], 5) == 2);
  CHECK(data.train.source == folder.path().string() + " (train)");
  CHECK(data.train.identity == load_dataset(folder.path(), image_ports()).train.identity);
  CHECK(data.train.identity != data.test.identity);
  const LoadedData floats = load_dataset(folder.path(), image_ports(INGOT_F32));
  CHECK(floats_of(floats.test.inputs[0]) == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7});
  std::filesystem::remove(folder / "t10k-images-idx3-ubyte.gz");
  CHECK_THAT(loading(folder.path()), Contains("there is neither") && Contains("t10k-images-idx3-ubyte.gz"));
  std::filesystem::remove(folder / "t10k-labels-idx1-ubyte");
  CHECK(load_dataset(folder.path(), image_ports()).test.rows() == 0);
  write_file(folder / "train-labels-idx1-ubyte.gz", gzip(small_labels(5)));
  CHECK_THAT(loading(folder.path()),
             Contains("train-labels-idx1-ubyte.gz has 5 rows") && Contains("images-idx3-ubyte has 6; they must belong together"));
}

TEST_CASE("arrays from NPZ and NPY") {
  const TemporaryFolder folder;
  const auto x = array_of<float>(ElementType::f32, {2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const auto y = array_of<std::int64_t>(ElementType::i64, {2, 1}, {2, 0});
  write_npz(folder / "d.npz", std::vector<NamedArray>{{"x_train", x}, {"y_train", y}, {"x_test", x}, {"y_test", y}, {"other", y}});
  const LoadedData data = load_dataset(folder / "d.npz", image_ports());
  CHECK(data.train.inputs[0].dtype == INGOT_F32);
  CHECK(floats_of(data.train.inputs[0])[7] == 7);
  CHECK(class_of(data.test.targets[0], 0) == 2);
  write_npz(folder / "half.npz", std::vector<NamedArray>{{"x_train", x}, {"y_train", y}, {"x_test", x}});
  CHECK_THAT(loading(folder / "half.npz"), Contains("half.npz: there is no member y_test.npy"));
  write_npy(folder / "x_train.npy", x);
  CHECK_THAT(loading(folder.path()), Contains("there is no file") && Contains("y_train.npy"));
  write_npy(folder / "y_train.npy", y);
  CHECK(load_dataset(folder.path(), image_ports()).train.identity == data.train.identity);
  CHECK(load_dataset(folder.path(), image_ports()).test.rows() == 0);
  const ModelPorts two{"toy", {{"a", INGOT_F32, {2, 2}, 0}, {"b", INGOT_F32, {2, 2}, 0}}, {{"y", INGOT_I32, {}, 3}}};
  write_npz(folder / "two.npz", std::vector<NamedArray>{{"x_train_a", x}, {"x_train_b", x}, {"y_train", y}});
  CHECK(load_dataset(folder / "two.npz", two).train.inputs[1].name == "b");
  CHECK_THAT(loading(folder / "d.npz", two), Contains("there is no member x_train_a.npy"));
}

TEST_CASE("CSV files and folders") {
  const TemporaryFolder folder;
  const ModelPorts model{"toy", {{"x", INGOT_F32, {1}, 0}}, {{"y", INGOT_F32, {1}, 0}}};
  write_file(folder / "d.csv", "v,y\n1,1\n2,2\n3,3\n4,4\n5,5\n6,6\n7,7\n");
  const LoadedData data = load_dataset(folder / "d.csv", model);
  CHECK(floats_of(data.train.inputs[0]) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(floats_of(data.test.targets[0]) == std::vector<float>{7});
  REQUIRE(data.encoder);
  write_file(folder / "train.csv", "v,y\n1,1\n,2\n3,3\n");
  write_file(folder / "test.csv", "v,y\n,1\n");
  const LoadedData parts = load_dataset(folder.path(), model);
  CHECK(parts.train.rows() == 3);
  CHECK(floats_of(parts.test.inputs[0]) == std::vector<float>{2});
  CHECK_THAT(refusal([&] { load_dataset(folder / "d.csv", model, {{}, 1}); }), Contains("test fraction 1 is not"));
}

TEST_CASE("what is no data set is refused") {
  const TemporaryFolder folder;
  CHECK_THAT(loading(folder / "none"), Contains("there is no file or folder") && Contains("--data"));
  CHECK_THAT(loading(folder.path()),
             Contains("holds no data set: train-images-idx3-ubyte[.gz], x_train.npy, train.csv, data_batch_1.bin of CIFAR"));
  write_file(folder / "a.txt", "");
  CHECK_THAT(loading(folder / "a.txt"), Contains("a.txt is no data set"));
}

TEST_CASE("shapes are checked against the model") {
  const Port port{"pixels", INGOT_U8, {28, 28, 1}, 0};
  const auto refused = [&](std::vector<std::uint64_t> shape) {
    std::uint64_t count = 1;
    for (const auto extent : shape) count *= extent;
    return refusal([&] { input_table(array_of(ElementType::u8, shape, std::vector<std::uint8_t>(count)), port); });
  };
  CHECK(refused({2, 28, 28}) == "");
  CHECK(refused({2, 28, 28, 1}) == "");
  CHECK_THAT(refused({2, 28, 27}),
             Contains("a.npy: rows have shape (28, 27), input 'pixels' wants (28, 28, 1): dimension 2 is 27 instead of 28"));
  CHECK_THAT(refused({2, 784}), Contains("another number of dimensions"));
  CHECK_THAT(refused({0, 28, 28}), Contains("there are no rows"));
  CHECK_THAT(refused({}), Contains("a single number is no batch of rows for input 'pixels'"));
  const Port flat{"pixels", INGOT_U8, {784}, 0};
  CHECK(input_table(array_of(ElementType::u8, {1, 28, 28}, std::vector<std::uint8_t>(784)), flat).dims == std::vector<std::uint32_t>{784});
}

TEST_CASE("elements become what the model takes") {
  const Port port{"x", INGOT_F32, {2}, 0};
  const auto converted = [&](ElementType type, const auto& numbers) {
    return floats_of(input_table(array_of(type, {1, 2}, numbers), port));
  };
  const std::vector<float> expected{1, 0};
  CHECK(converted(ElementType::boolean, std::vector<std::uint8_t>{1, 0}) == expected);
  CHECK(converted(ElementType::u8, std::vector<std::uint8_t>{1, 0}) == expected);
  CHECK(converted(ElementType::i16, std::vector<std::int16_t>{1, 0}) == expected);
  CHECK(converted(ElementType::u64, std::vector<std::uint64_t>{1, 0}) == expected);
  CHECK(converted(ElementType::f64, std::vector<double>{1, 0}) == expected);
  CHECK(converted(ElementType::f16, std::vector<std::uint16_t>{0x3c00, 0x8000}) == expected);
  CHECK(converted(ElementType::f16, std::vector<std::uint16_t>{0xc500, 0x0001}) == std::vector<float>{-5, 0x1p-24f});
  const auto shared = array_of(ElementType::f32, {1, 2}, expected);
  CHECK(input_table(shared, port).data() == shared.data.get());
  const auto bytes = array_of(ElementType::u8, {1, 2}, std::vector<std::uint8_t>{1, 0});
  CHECK(input_table(bytes, {"x", INGOT_U8, {2}, 0}).data() == bytes.data.get());
}

TEST_CASE("values that are not finite are refused with row and element") {
  const Port port{"x", INGOT_F32, {2}, 0};
  const float inf = std::numeric_limits<float>::infinity();
  CHECK_THAT(refusal([&] { input_table(array_of<float>(ElementType::f32, {2, 2}, {1, 2, 3, std::nanf("")}), port); }),
             Contains("a.npy: row 1, element 1 is nan: data must be finite"));
  CHECK_THAT(refusal([&] { input_table(array_of<float>(ElementType::f32, {2, 2}, {1, 2, -inf, 3}), port); }),
             Contains("row 1, element 0 is -inf"));
  CHECK_THAT(refusal([&] { input_table(array_of<double>(ElementType::f64, {2, 2}, {1, 1e39, 2, 3}), port); }),
             Contains("row 0, element 1 is 1e+39"));
  CHECK_THAT(refusal([&] { input_table(array_of<std::uint16_t>(ElementType::f16, {1, 2}, {0, 0x7e00}), port); }),
             Contains("element 1 is nan"));
}

TEST_CASE("targets of every kind") {
  const Port classes{"k", INGOT_I32, {}, 3}, dense{"k", INGOT_F32, {3}, 3}, binary{"k", INGOT_F32, {1}, 1}, values{"k", INGOT_F32, {2}, 0};
  const auto labels = array_of<std::int64_t>(ElementType::i64, {2}, {2, 1});
  CHECK(class_of(target_table(labels, classes), 0) == 2);
  CHECK(class_of(target_table(array_of<float>(ElementType::f32, {2, 1}, {2, 1}), classes), 1) == 1);
  CHECK(floats_of(target_table(labels, dense)) == std::vector<float>{0, 0, 1, 0, 1, 0});
  CHECK(floats_of(target_table(array_of<float>(ElementType::f32, {1, 3}, {0.2f, 0.3f, 0.5f}), dense)) ==
        std::vector<float>{0.2f, 0.3f, 0.5f});
  CHECK(floats_of(target_table(array_of<std::uint8_t>(ElementType::u8, {2}, {1, 0}), binary)) == std::vector<float>{1, 0});
  CHECK(floats_of(target_table(array_of<double>(ElementType::f64, {1, 2}, {-7, 1e9}), values)) == std::vector<float>{-7, 1e9f});
  const auto refused = [](const Array& array, const Port& port) { return refusal([&] { target_table(array, port); }); };
  CHECK_THAT(refused(array_of<std::int64_t>(ElementType::i64, {2}, {0, 3}), classes),
             Contains("a.npy: row 1 is 3, class numbers go from 0 to 2"));
  CHECK_THAT(refused(array_of<std::int64_t>(ElementType::i64, {1}, {-1}), classes), Contains("row 0 is -1"));
  CHECK_THAT(refused(array_of<float>(ElementType::f32, {1}, {1.5f}), classes), Contains("row 0 is 1.5"));
  CHECK_THAT(refused(array_of<float>(ElementType::f32, {1, 3}, {0, 1, 0}), classes),
             Contains("shape (1, 3), target 'k' wants one class number per row"));
  const Port words{"w", INGOT_I32, {2}, 3};
  const Table tags = target_table(array_of<std::int64_t>(ElementType::i64, {2, 2}, {0, 1, 2, 0}), words);
  CHECK((tags.row_elements() == 2 && static_cast<const std::int32_t*>(tags.row(1))[0] == 2));
  CHECK_THAT(refused(array_of<std::int64_t>(ElementType::i64, {2, 2}, {0, 1, 2, 3}), words), Contains("row 1 is 3, class numbers"));
  CHECK_THAT(refused(array_of<std::int64_t>(ElementType::i64, {2}, {0, 1}), words), Contains("target 'w' wants (2)"));
  CHECK_THAT(refused(array_of<float>(ElementType::f32, {1}, {1.5f}), binary),
             Contains("row 0, element 0 is 1.5: this target lies between 0 and 1"));
  CHECK_THAT(refused(labels, values), Contains("target 'k' wants (2)"));
}

TEST_CASE("rows to predict") {
  const TemporaryFolder folder;
  const ModelPorts ports = image_ports();
  const auto x = array_of<float>(ElementType::f32, {2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  write_npy(folder / "x.npy", x);
  write_npz(folder / "one.npz", std::vector<NamedArray>{{"whatever", x}});
  write_npz(folder / "many.npz", std::vector<NamedArray>{{"y_test", x}, {"x_test", x}});
  write_npz(folder / "none.npz", std::vector<NamedArray>{{"a", x}, {"b", x}});
  write_file(folder / "images.gz", gzip(small_images(3)));
  for (const char* name : {"x.npy", "one.npz", "many.npz"}) {
    const Dataset data = load_inputs(folder / name, ports, nullptr);
    CHECK(floats_of(data.inputs[0])[7] == 7);
    CHECK(data.targets.empty());
  }
  CHECK(load_inputs(folder / "images.gz", ports, nullptr).rows() == 3);
  CHECK_THAT(refusal([&] { load_inputs(folder / "none.npz", ports, nullptr); }), Contains("neither a member x.npy nor just one member"));
  CHECK_THAT(refusal([&] { load_inputs(folder / "a.csv", ports, nullptr); }), Contains("the model was not trained on CSV"));
  const ModelPorts table{"toy", {{"x", INGOT_F32, {1}, 0}}, {{"y", INGOT_F32, {1}, 0}}};
  write_file(folder / "d.csv", "v,y\n1,1\n2,2\n3,3\n4,4\n5,5\n");
  const auto encoder = load_dataset(folder / "d.csv", table).encoder;
  write_file(folder / "p.csv", "v\n8\n\n");
  CHECK(floats_of(load_inputs(folder / "p.csv", table, &*encoder).inputs[0]) == std::vector<float>{8, 2.5f});
}

TEST_CASE("the ports of a manifest") {
  const ingot_tensor input{"pixels", INGOT_U8, 2, {28, 28}, 784}, target{"scores", INGOT_I32, 0, {}, 1};
  const std::uint32_t classes = 10;
  ingot_model model{};
  model.name = "toy";
  model.n_inputs = model.n_targets = model.n_outputs = 1;
  model.inputs = &input;
  model.targets = &target;
  model.classes = &classes;
  const ModelPorts ports = model_ports(model);
  CHECK(ports.model == "toy");
  CHECK(ports.inputs[0].dims == std::vector<std::uint32_t>{28, 28});
  CHECK(port_elements(ports.inputs[0]) == 784);
  CHECK(ports.targets[0].dims.empty());
  CHECK(ports.targets[0].classes == 10);
  CHECK(dims_text(ports.inputs[0].dims) == "(28, 28)");
}
