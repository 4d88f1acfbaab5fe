// The C interface of libingot_codegen.so: what a program gets back, what it is told when it asks for the impossible, the
// kernel cache behind it, and several threads at once.
#include "host/toy.hpp"

#include <catch2/catch.hpp>
#include <ingot_compile.h>
#include <ingot_device.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

extern "C" int ingot_codegen_compile(const ingot_compile_request* request, ingot_compiled* result, char* message, std::uint32_t capacity);
extern "C" void ingot_codegen_release(ingot_compiled* compiled);

namespace fs = std::filesystem;

namespace {

/// A request for the toy model that can be changed before `compile`.
struct Request {
  std::string definition = ingot::codegen::definition_to_bytes(ingot::codegen::test::toy_definition().view());
  std::vector<double> values{12, 1, 1, 0.25, 1e-2};
  std::string cache, object;
  ingot_compile_request raw{};
  std::string message;

  Request() {
    raw.abi_version = INGOT_ABI_VERSION;
    raw.batch = 7;
    raw.dtype = INGOT_F32;
    raw.entries = 1u << INGOT_TRAIN | 1u << INGOT_PREDICT;
    raw.target = "host";
  }
  int compile(ingot_compiled& result) {
    raw.definition = definition.data();
    raw.definition_bytes = definition.size();
    raw.values = values.data();
    raw.n_values = static_cast<std::uint32_t>(values.size());
    raw.cache_dir = cache.empty() ? nullptr : cache.c_str();
    raw.object_path = object.empty() ? nullptr : object.c_str();
    char text[512] = "";
    const int status = ingot_codegen_compile(&raw, &result, text, sizeof text);
    message = text;
    return status;
  }
  /// The sentence of a request that must fail.
  std::string refusal() {
    ingot_compiled result{};
    const int status = compile(result);
    ingot_codegen_release(&result);
    CHECK(status == 1);
    CHECK(message.find('\n') == std::string::npos);
    return message;
  }
};

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "ingot_capi_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

struct Compiled : ingot_compiled {
  Compiled() : ingot_compiled{} {}
  ~Compiled() { ingot_codegen_release(this); }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
};

}  // namespace

TEST_CASE("a program for another point of the space") {
  Request request;
  Compiled result;
  REQUIRE(request.compile(result) == 0);
  const ingot_program& p = *result.program;
  CHECK((p.batch == 7 && p.dtype == INGOT_F32 && p.n_entries == 2));
  CHECK(std::string_view(p.states[0].tensor.name) == "hidden.kernel");
  CHECK((p.states[0].tensor.dims[0] == 12 && p.states[0].tensor.dims[1] == 12));
  CHECK((p.entries[0].run != nullptr && p.entries[1].run != nullptr));
  CHECK((p.entries[0].n_metrics == 2 && p.entries[1].n_metrics == 0));
  CHECK(result.compile_ms > 0);
  CHECK(result.cached == 0);

  auto* state = static_cast<float*>(std::aligned_alloc(INGOT_ALIGNMENT, (p.state_bytes + 63) / 64 * 64));
  std::vector<float> kernel(144), back(144);
  for (std::size_t i = 0; i < kernel.size(); ++i) kernel[i] = static_cast<float>(i);
  p.pack(state, 0, kernel.data());
  p.unpack(state, 0, back.data());
  std::free(state);
  CHECK(back == kernel);
}

TEST_CASE("impossible requests are answered with one sentence") {
  const auto refusal = [](void (*change)(Request&)) {
    Request request;
    change(request);
    return request.refusal();
  };
  CHECK(refusal([](Request& r) { r.raw.abi_version = 99; }).find("version 99") != std::string::npos);
  CHECK(refusal([](Request& r) { r.values.pop_back(); }).find("5 hyper-parameters") != std::string::npos);
  CHECK_FALSE(refusal([](Request& r) { r.values[0] = 13; }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.definition[60] = static_cast<char>(r.definition[60] ^ 1); }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.definition.clear(); }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.raw.batch = 0; }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.raw.entries = 0; }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.raw.entries = 32; }).empty());
  CHECK_FALSE(refusal([](Request& r) { r.raw.dtype = INGOT_I32; }).empty());
  CHECK(refusal([](Request& r) { r.raw.target = "pdp-11"; }).find("pdp-11") != std::string::npos);
  CHECK(refusal([](Request& r) { r.object = "/nowhere/at/all.o"; }).find("/nowhere/at/all.o") != std::string::npos);

  char text[8];
  CHECK(ingot_codegen_compile(nullptr, nullptr, text, sizeof text) == 1);
  CHECK(std::string_view(text).size() == 7);  // cut, but ended
  CHECK(ingot_codegen_compile(nullptr, nullptr, nullptr, 0) == 1);
  ingot_codegen_release(nullptr);
}

TEST_CASE("the second compilation comes from the cache, a damaged entry does not") {
  const Folder folder;
  Request request;
  request.cache = (folder.path / "cache").string();
  const auto cached = [&request] {
    Compiled result;
    REQUIRE(request.compile(result) == 0);
    return result.cached == 1;
  };
  CHECK_FALSE(cached());
  CHECK(cached());
  for (const auto& entry : fs::recursive_directory_iterator(request.cache))
    if (entry.is_regular_file()) fs::resize_file(entry.path(), entry.file_size() / 2);
  CHECK_FALSE(cached());
  CHECK(cached());
}

TEST_CASE("the object is written where it is wanted") {
  const Folder folder;
  Request request;
  request.object = (folder.path / "toy.o").string();
  Compiled result;
  REQUIRE(request.compile(result) == 0);
  std::ifstream in(request.object, std::ios::binary);
  char magic[4] = "";
  in.read(magic, 4);
  CHECK(std::string_view(magic, 4) ==
        "\x7f"
        "ELF");
}

TEST_CASE("a device program through the interface") {
  const Folder folder;
  Request request;
  request.raw.target = "cuda";
  request.cache = (folder.path / "cache").string();
  Compiled result;
  REQUIRE(request.compile(result) == 0);
  REQUIRE((result.program == nullptr && result.device != nullptr));
  const ingot_device_program& p = *result.device;
  CHECK((p.batch == 7 && p.dtype == INGOT_F32 && p.n_entries == 2 && p.n_inputs == 1 && p.n_targets == 1));
  CHECK(std::string_view(p.states[0].tensor.name) == "hidden.kernel");
  CHECK((p.state_offsets[0] == 0 && p.state_offsets[1] % INGOT_DEVICE_ALIGNMENT == 0 && p.state_offsets[1] >= 12 * 12 * 4));
  CHECK((p.scalars_offset == 8 && p.call_bytes == 8 + p.n_scalars * sizeof(double)));
  REQUIRE((p.n_images == 1 && p.images[0].kind == INGOT_IMAGE_PTX && p.images[0].sm == 80));
  const std::string_view ptx(static_cast<const char*>(p.images[0].data));
  CHECK(ptx.size() + 1 == p.images[0].bytes);
  CHECK(ptx.find(".version 7.0") != std::string_view::npos);
  CHECK(ptx.find(".target sm_80") != std::string_view::npos);
  for (std::uint32_t e = 0; e < p.n_entries; ++e)
    for (std::uint32_t l = 0; l < p.entries[e].n_launches; ++l) {
      const ingot_device_launch& launch = p.entries[e].launches[l];
      CHECK(ptx.find(".visible .entry " + std::string(launch.kernel) + "(") != std::string_view::npos);
      CHECK((launch.grid[0] > 0 && launch.block[0] == 256 && launch.n_operands > 1 && launch.bytes_written > 0));
    }
  CHECK(result.cached == 0);
  Compiled again;
  REQUIRE(request.compile(again) == 0);
  CHECK(again.cached == 1);
  CHECK(std::string_view(static_cast<const char*>(again.device->images[0].data)) == ptx);

  request.raw.target = "cuda:sm_90";
  Compiled with_cubin;
  REQUIRE(request.compile(with_cubin) == 0);
  if (with_cubin.device->n_images == 1) {
    WARN("SKIPPED: ptxas is not on PATH, no cubin was made");
  } else {
    const ingot_device_image& cubin = with_cubin.device->images[1];
    CHECK((cubin.kind == INGOT_IMAGE_CUBIN && cubin.sm == 90));
    CHECK(std::memcmp(cubin.data,
                      "\x7f"
                      "ELF",
                      4) == 0);
    Compiled kept;
    REQUIRE(request.compile(kept) == 0);
    CHECK(kept.cached == 1);
    CHECK(kept.compile_ms * 4 < with_cubin.compile_ms);
  }
  request.raw.target = "cuda:sm_35";
  CHECK(request.refusal().find("sm_35") != std::string::npos);

  request.raw.target = "cuda-emulated";
  Compiled emulated;
  REQUIRE(request.compile(emulated) == 0);
  REQUIRE((emulated.device->n_images == 2 && emulated.device->images[1].kind == INGOT_IMAGE_EMULATED));
  const auto& image = *static_cast<const ingot_emulated_image*>(emulated.device->images[1].data);
  CHECK(image.n_kernels <= p.entries[0].n_launches + p.entries[1].n_launches);  // both entries share the forward pass
  CHECK(image.n_kernels >= p.entries[0].n_launches);

  request.raw.dtype = INGOT_F64;
  CHECK(request.refusal().find("float32") != std::string::npos);
}

TEST_CASE("several threads compile at once") {
  const Folder folder;
  std::vector<int> status(6, -1);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < status.size(); ++i)
    threads.emplace_back([&status, &folder, i] {
      Request request;
      request.cache = folder.path.string();
      request.values[0] = i % 2 == 0 ? 8 : 16;
      Compiled result;
      status[i] = request.compile(result);
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(status == std::vector<int>(6, 0));
}
