// Which files and labels come out of folders and lists of images.
#include "runtime/image/support.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/load.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

ModelPorts ports_of(std::uint32_t classes, std::uint32_t dtype = INGOT_I32) {
  const std::vector<std::uint32_t> dims = dtype == INGOT_I32 ? std::vector<std::uint32_t>{} : std::vector<std::uint32_t>{1};
  return {"toy", {{"pixels", INGOT_U8, {2, 2, 1}, 0}}, {{"scores", dtype, dims, classes}}};
}

// An image that tells itself apart by its grey.
void add_image(const std::filesystem::path& path, int grey) {
  std::filesystem::create_directories(path.parent_path());
  write_file(path, grey_png(3, 3, static_cast<std::uint8_t>(grey)));
}

// Two classes of `count` images: cats are dark and even, dogs are bright and odd.
void add_pets(const std::filesystem::path& folder, int count) {
  for (int i = 0; i < count; ++i) {
    add_image(folder / "cat" / ("c" + std::to_string(i) + ".png"), 2 * i);
    add_image(folder / "dog" / ("d" + std::to_string(i) + ".PNG"), 2 * i + 1);
  }
}

std::vector<int> greys(const Dataset& data) {
  std::vector<int> values;
  for (std::uint64_t r = 0; r < data.rows(); ++r) values.push_back(*static_cast<const std::uint8_t*>(data.inputs[0].row(r)));
  return values;
}

std::vector<double> labels(const Dataset& data) {
  std::vector<double> values;
  for (std::uint64_t r = 0; r < data.rows(); ++r)
    values.push_back(data.targets[0].dtype == INGOT_I32 ? *static_cast<const std::int32_t*>(data.targets[0].row(r))
                                                        : static_cast<double>(*static_cast<const float*>(data.targets[0].row(r))));
  return values;
}

// The label of each row is its grey modulo the number of classes.
bool belong_together(const Dataset& data, int classes) {
  const auto pixel = greys(data);
  const auto label = labels(data);
  for (std::size_t r = 0; r < pixel.size(); ++r)
    if (pixel[r] % classes != static_cast<int>(label[r])) return false;
  return !pixel.empty();
}

std::string loading(const std::filesystem::path& path, const ModelPorts& ports, const LoadOptions& options = {}) {
  return refusal([&] { load_dataset(path, ports, options); });
}

}  // namespace

TEST_CASE("one folder per class: every image once, with its label, shuffled in a fixed order") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 40);
  add_image(folder / "dog/deeper/x.png", 201);
  write_file(folder / "cat/notes.txt", "no image");
  add_image(folder / ".thumbnails/x.png", 0);
  const LoadedData data = load_dataset(folder.path(), ports_of(2));
  CHECK(data.train.rows() == 81);
  CHECK(data.test.rows() == 0);
  CHECK(belong_together(data.train, 2));
  CHECK(data.images->classes == std::vector<std::string>{"cat", "dog"});
  CHECK(data.train.class_names == std::vector<std::vector<std::string>>{{"cat", "dog"}});
  const auto order = greys(data.train);
  CHECK(std::set<int>(order.begin(), order.end()).size() == 81);
  // Some of each class at the end, where the validation part comes from.
  const auto last = labels(data.train);
  const auto dogs = std::count(last.end() - 20, last.end(), 1.0);
  CHECK((dogs >= 5 && dogs <= 15));
  CHECK(greys(load_dataset(folder.path(), ports_of(2)).train) == order);
}

TEST_CASE("a binary model gets 0 and 1") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 3);
  const LoadedData data = load_dataset(folder.path(), ports_of(1, INGOT_F32));
  CHECK(data.train.targets[0].dtype == INGOT_F32);
  CHECK(belong_together(data.train, 2));
}

TEST_CASE("parts in sub-folders") {
  const TemporaryFolder folder;
  add_pets(folder / "train", 10);
  add_pets(folder / "val", 3);
  add_image(folder / "test/dog/z.png", 77);
  const LoadedData data = load_dataset(folder.path(), ports_of(2));
  CHECK(data.train.rows() == 20);
  CHECK(data.validation.rows() == 6);
  CHECK(greys(data.validation) == std::vector<int>{0, 2, 4, 1, 3, 5});
  CHECK(belong_together(data.validation, 2));
  CHECK(labels(data.test) == std::vector<double>{1});  // numbered as in the training part
  add_image(folder / "test/bird/z.png", 77);
  CHECK_THAT(loading(folder.path(), ports_of(2)), Contains("class 'bird' is none of the training (cat, dog); rename or remove it"));
}

TEST_CASE("classes in the names of the files") {
  const TemporaryFolder folder;
  for (int i = 0; i < 5; ++i) {
    add_image(folder / ("train/cat." + std::to_string(i) + ".png"), 2 * i);
    add_image(folder / ("train/dog." + std::to_string(i) + ".png"), 2 * i + 1);
  }
  add_image(folder / "train/other.png", 100);
  const LoadedData data = load_dataset(folder.path(), ports_of(2));
  CHECK(data.train.rows() == 10);
  CHECK(belong_together(data.train, 2));
  CHECK(data.images->classes == std::vector<std::string>{"cat", "dog"});
}

TEST_CASE("images of no class are named and left out, or refused") {
  const TemporaryFolder named, folders;
  for (const char* name : {"cat.1.png", "dog.1.png", "cat.1x.png", "other.png"}) add_image(named / name, 1);
  add_pets(folders.path(), 1);
  add_image(folders / "stray.png", 1);
  LoadOptions strict;
  strict.images.strict = true;
  const auto check = [&](const TemporaryFolder& folder, const char* what) {
    const LoadedData data = load_dataset(folder.path(), ports_of(2));
    CHECK(data.train.rows() == 2);
    REQUIRE(data.notes.size() == 1);
    CHECK_THAT(data.notes[0],
               Contains(": left out ") && Contains(what) && Contains("; name it like cat.17.jpg, or put it into the folder"));
    CHECK_THAT(loading(folder.path(), ports_of(2), strict), Contains(": there is ") && Contains(what));
  };
  check(named, "2 images of no class, the first of which is ");
  check(folders, "1 image of no class, which is ");
}

TEST_CASE("classes that do not fit the model") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 2);
  CHECK_THAT(loading(folder.path(), ports_of(10)), Contains("there are 2 classes (cat, dog), target 'scores' has 10"));
  add_image(folder / "bird/z.png", 77);
  CHECK_THAT(loading(folder.path(), ports_of(1, INGOT_F32)), Contains("there are 3 classes (bird, cat, dog), target 'scores' has 2"));
  CHECK_THAT(loading(folder.path(), ports_of(0, INGOT_F32)), Contains("target 'scores' takes values, a folder of images gives classes"));
  const ModelPorts flat{"toy", {{"pixels", INGOT_U8, {784}, 0}}, {{"scores", INGOT_I32, {}, 3}}};
  CHECK_THAT(loading(folder.path(), flat), Contains("input 'pixels' of model toy has shape (784); images want (height, width, 1 or 3)"));
  const ModelPorts two{"toy", {ports_of(3).inputs[0], ports_of(3).inputs[0]}, ports_of(3).targets};
  CHECK_THAT(loading(folder.path(), two), Contains("model toy has 2 inputs and 1 targets; images can be given to one input"));
}

TEST_CASE("classes of an earlier training number those of another folder") {
  const TemporaryFolder folder;
  add_image(folder / "dog/a.png", 1);
  LoadOptions options;
  options.images.classes = {"cat", "dog"};
  CHECK(labels(load_dataset(folder.path(), ports_of(2), options).train) == std::vector<double>{1});
  add_image(folder / "cow/a.png", 1);
  CHECK_THAT(loading(folder.path(), ports_of(2), options), Contains("class 'cow' is none of the training (cat, dog)"));
}

TEST_CASE("a .csv of paths and names") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 50);
  std::string text = "label,size,path\n";
  for (int i = 0; i < 50; ++i) text += "cat,3,cat/c" + std::to_string(i) + ".png\n";
  for (int i = 0; i < 50; ++i) text += "dog,3,dog/d" + std::to_string(i) + ".PNG\n";
  write_file(folder / "pets.csv", text);
  const LoadedData data = load_dataset(folder / "pets.csv", ports_of(2));
  CHECK(data.train.rows() == 80);
  CHECK(data.test.rows() == 20);
  CHECK(belong_together(data.train, 2));
  CHECK(belong_together(data.test, 2));
  CHECK(data.images->classes == std::vector<std::string>{"cat", "dog"});
  const auto in_test = labels(data.test);
  CHECK((std::count(in_test.begin(), in_test.end(), 1.0) > 0 && std::count(in_test.begin(), in_test.end(), 0.0) > 0));
}

TEST_CASE("a .csv of paths and numbers, or values") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 2);
  write_file(folder / "train.csv", "file,weight,kind\ncat/c0.png,1.5,0\ndog/d1.PNG,-2,1\n");
  write_file(folder / "test.csv", "file,weight,kind\ncat/c1.png,7,0\n");
  const LoadedData kinds = load_dataset(folder.path(), ports_of(2));
  CHECK(belong_together(kinds.train, 2));
  CHECK(kinds.images->classes.empty());
  CHECK(kinds.test.rows() == 1);
  LoadOptions options;
  options.csv.targets = {"weight"};
  const auto weights = labels(load_dataset(folder.path(), ports_of(0, INGOT_F32), options).train);
  CHECK(std::multiset<double>(weights.begin(), weights.end()) == std::multiset<double>{-2, 1.5});
}

TEST_CASE("mistakes in a .csv of paths") {
  const TemporaryFolder folder;
  add_pets(folder.path(), 2);
  const auto with = [&](const std::string& text, const ModelPorts& ports) {
    write_file(folder / "l.csv", text);
    return loading(folder / "l.csv", ports);
  };
  CHECK_THAT(with("path,label\ncat/c0.png,\n", ports_of(2)), Contains("l.csv, line 2, column 'label': the label is missing"));
  CHECK_THAT(with("path,label\n,cat\n", ports_of(2)), Contains("l.csv, line 2, column 'path': the path is missing"));
  CHECK_THAT(with("path\ncat/c0.png\n", ports_of(2)), Contains("l.csv: there is no column of labels beside the paths"));
  CHECK_THAT(with("path,label\na.png,x\nb.png,y\nc.png,z\n", ports_of(2)), Contains("column 'label' has 3 classes (x, y, z)"));
  CHECK_THAT(with("path,label\na.png,cat\n", ports_of(2)), Contains("there is no file") && Contains("a.png"));
  CHECK_THAT(with("path,label\na.png,cat\n", ports_of(0, INGOT_F32)), Contains("line 2, column 'label': 'cat' is not a number"));
}
