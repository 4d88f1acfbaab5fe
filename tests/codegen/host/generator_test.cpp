// The command line of a generator: choice of a model, what it writes, what it says when it cannot.
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

struct Outcome {
  int status = -1;
  std::string text;
};

Outcome generate(const std::string& arguments) {
  Outcome outcome;
  std::FILE* pipe = ::popen((std::string(GENERATOR) + " " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) outcome.text += buffer.data();
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "ingot_gen_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("models are listed in the order of the source") { CHECK(generate("--list").text == "small\nimage\n"); }

TEST_CASE("several models and no choice is an error that lists them") {
  const Folder folder;
  const Outcome outcome = generate("--out " + folder.path.string());
  CHECK(outcome.status == 1);
  CHECK(has(outcome.text, "small, image"));
  CHECK(has(outcome.text, "MODEL"));
  CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a model that is not there, names that are none, wrong usage") {
  const Folder folder;
  const std::string out = "--out " + folder.path.string();
  CHECK(has(generate(out + " --model big").text, "no model big, only small, image"));
  CHECK(generate(out + " --model small --name two-words").status == 1);
  CHECK(generate(out + " --model small --targets riscv").status == 1);
  CHECK(generate("--model small").status == 2);
  CHECK(generate(out + " --colour red").status == 2);
  CHECK(generate("--out").status == 2);
  CHECK(has(generate("--model small --show sass").text, "launches and ptx can be shown"));
  CHECK(has(generate(out + " --model small --targets cuda").text, "the cuda target goes beside one for the processor"));
  CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a folder that cannot be made is named") {
  const Folder folder;
  const std::string file = (folder.path / "taken").string();
  std::ofstream(file) << "a file";
  const Outcome outcome = generate("--model image --out " + file);
  CHECK(outcome.status == 1);
  CHECK(has(outcome.text, "taken"));
  CHECK(read(file) == "a file");
}

TEST_CASE("the program for a GPU is shown") {
  const Outcome launches = generate("--model small --show launches");
  CHECK(launches.status == 0);
  CHECK(has(launches.text, "small.train: launches "));
  const Outcome ptx = generate("--model small --show ptx");
  CHECK(has(ptx.text, ".entry ingot_"));
}

TEST_CASE("a model for a GPU has one object more, with its images and its manifest") {
  const Folder folder;
  REQUIRE(generate("--model small --targets x86-64-v3,cuda-emulated --out " + folder.path.string()).status == 0);
  const std::string object = read(folder.path / "small_cuda_f32.o"), manifest = read(folder.path / "small_manifest.cpp");
  CHECK(has(object, ".entry ingot_"));
  CHECK(has(object, "small_cuda_f32_emulated"));
  CHECK(has(manifest, "{\"cuda\", nullptr, nullptr, &small_cuda_f32}"));
  CHECK(has(manifest, "extern const ingot_emulated_image small_cuda_f32_emulated;"));
}

TEST_CASE("a model becomes objects, manifest and header, the same each time") {
  const Folder a, b;
  REQUIRE(generate("--model small --name mine --out " + (a.path / "deep" / "er").string()).status == 0);
  REQUIRE(generate("--model small --name mine --out " + b.path.string()).status == 0);
  for (const char* name : {"mine_v3_f32.o", "mine_v3_f64.o", "mine_v4_f32.o", "mine_v4_f64.o", "mine_manifest.cpp", "mine.hpp"}) {
    INFO(name);
    CHECK(read(b.path / name).size() > 1000);
    CHECK(read(a.path / "deep" / "er" / name) == read(b.path / name));
  }
  const std::string header = read(b.path / "mine.hpp");
  CHECK(has(header, "namespace ingot_models::mine"));
  CHECK(has(header, "std::array<std::array<float, 3>, 4> kernel;"));
  for (const char* foreign : {"ingot/dsl", "llvm", "hana"}) CHECK_FALSE(has(header, foreign));
}
