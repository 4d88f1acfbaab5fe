// The C interface of libingot_codegen.so: see "just-in-time compilation" in ingot_abi.h. Nothing is thrown across it.
#include "cache/content_hash.hpp"
#include "cache/object_cache.hpp"
#include "host/definition_bytes.hpp"
#include "host/device_tables.hpp"
#include "host/output_file.hpp"
#include "host/program_tables.hpp"
#include "host/source_text.hpp"
#include "ir/error.hpp"
#include "llvm/compile.hpp"
#include "llvm/device_compile.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <new>

namespace ingot::codegen {

namespace {

/// What `ingot_compiled.owner` points to.
struct Compiled {
  std::unique_ptr<ProgramTables> tables;
  std::unique_ptr<JitProgram> code;
  std::unique_ptr<DeviceTables> device;
  std::string ptx;
  std::unique_ptr<EmulatedDevice> emulated;
};

std::vector<Entry> wanted_entries(std::uint32_t bits) {
  std::vector<Entry> entries;
  for (const Entry entry : {Entry::train, Entry::evaluate, Entry::predict, Entry::gradient})
    if ((bits >> static_cast<unsigned>(entry) & 1u) != 0) entries.push_back(entry);
  if (entries.empty() || bits >> 4 != 0) throw UserError("a compilation was asked for without entries, or for entries that do not exist");
  return entries;
}

void check_request(const ingot_compile_request& r) {
  if (r.abi_version != INGOT_ABI_VERSION)
    throw UserError("this program was built with interface version " + std::to_string(r.abi_version) +
                    " and " INGOT_CODEGEN_LIBRARY " has version " + std::to_string(INGOT_ABI_VERSION) + "; build both with the same Ingot");
  if (r.definition == nullptr || (r.values == nullptr && r.n_values > 0) || r.target == nullptr)
    throw UserError("a compilation was asked for without a definition, values or a target");
  if (r.batch < 1) throw UserError("a program needs a batch of at least one row");
  if ((r.flags & ~std::uint32_t{INGOT_PROFILED}) != 0) throw UserError("a compilation was asked for with a flag that does not exist");
  if (r.dtype != INGOT_F32 && r.dtype != INGOT_F64) throw UserError("programs compute in float32 or float64");
}

void compile_program(const ingot_compile_request& request, const Definition& definition, KernelCache* cache, Compiled& compiled) {
  const ProgramPlan plan =
      plan_program(definition.view(), request.values, request.batch, request.dtype == INGOT_F64 ? DType::f64 : DType::f32,
                   wanted_entries(request.entries), make_target(request.target));
  compiled.tables = std::make_unique<ProgramTables>(plan);
  compiled.code = compile_now(plan, cache, (request.flags & INGOT_PROFILED) != 0 ? Marks::every_kernel : Marks::none);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) compiled.tables->set_run(i, compiled.code->entry(plan.entries[i].entry));
  compiled.tables->set_pack(compiled.code->pack(), compiled.code->unpack());
  if (request.object_path != nullptr) write_output(request.object_path, compile_ahead(plan, identifier(definition.name)));
}

/// True when the cache had the PTX.
bool compile_device(const ingot_compile_request& request, const Definition& definition, KernelCache* cache, Compiled& compiled) {
  if (request.dtype != INGOT_F32) throw UserError("programs for cuda compute in float32; float64 is for gradient checks on the processor");
  const DevicePlan plan =
      plan_device_program(definition.view(), request.values, request.batch, wanted_entries(request.entries), portable_device_target());
  const std::string key = to_hex(content_hash(std::string(compiler_version()) + "\nptx\n" + canonical_text(plan)));
  if (cache != nullptr) compiled.ptx = cache->find(key);
  const bool cached = !compiled.ptx.empty();
  if (!cached) {
    compiled.ptx = ptx_text(plan);
    if (cache != nullptr) cache->store(key, compiled.ptx);
  }
  compiled.device = std::make_unique<DeviceTables>(plan);
  std::vector<ingot_device_image> images{
      {INGOT_IMAGE_PTX, static_cast<std::uint32_t>(plan.device.sm), compiled.ptx.c_str(), compiled.ptx.size() + 1}};
  if (names_emulated_device(request.target)) {
    compiled.emulated = emulate_now(plan);
    images.push_back({INGOT_IMAGE_EMULATED, 0, &compiled.emulated->image(), sizeof(ingot_emulated_image)});
  }
  compiled.device->set_images(std::move(images));
  if (request.object_path != nullptr)
    write_output(request.object_path, device_object(plan, identifier(definition.name), {compiled.ptx, {}}, false));
  return cached;
}

std::unique_ptr<Compiled> compile(const ingot_compile_request& request, ingot_compiled& result) {
  using Clock = std::chrono::steady_clock;
  check_request(request);
  const Definition definition = definition_from_bytes({static_cast<const char*>(request.definition), request.definition_bytes});
  if (request.n_values != definition.hps.size())
    throw UserError("the model has " + std::to_string(definition.hps.size()) + " hyper-parameters, but " +
                    std::to_string(request.n_values) + " values were given");
  const Clock::time_point begin = Clock::now();
  auto compiled = std::make_unique<Compiled>();
  std::unique_ptr<ObjectCache> cache;
  if (request.cache_dir != nullptr) cache = std::make_unique<ObjectCache>(request.cache_dir);
  if (names_device(request.target)) {
    result.cached = compile_device(request, definition, cache.get(), *compiled) ? 1 : 0;
  } else {
    compile_program(request, definition, cache.get(), *compiled);
    result.cached = compiled->code->from_cache() ? 1 : 0;
  }
  result.compile_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  return compiled;
}

/// Cut to the capacity, always ended.
void put_message(char* message, std::uint32_t capacity, const char* text) noexcept {
  if (message == nullptr || capacity == 0) return;
  const std::size_t length = std::min<std::size_t>(std::strlen(text), capacity - 1);
  std::memcpy(message, text, length);
  message[length] = '\0';
}

}  // namespace

}  // namespace ingot::codegen

extern "C" [[gnu::visibility("default")]] int ingot_codegen_compile(const ingot_compile_request* request, ingot_compiled* result,
                                                                    char* message, std::uint32_t capacity) {
  using ingot::codegen::put_message;
  try {
    if (request == nullptr || result == nullptr) {
      put_message(message, capacity, "a compilation was asked for without a request or a place for its result");
      return 1;
    }
    *result = {};
    auto compiled = ingot::codegen::compile(*request, *result);
    if (compiled->tables) result->program = &compiled->tables->program();
    if (compiled->device) result->device = &compiled->device->program();
    result->owner = compiled.release();
    return 0;
  } catch (const std::bad_alloc&) {
    put_message(message, capacity, "no memory left to compile the program");
  } catch (const std::exception& error) {
    put_message(message, capacity, error.what());
  } catch (...) {
    put_message(message, capacity, "the compiler failed for an unknown reason");
  }
  return 1;
}

extern "C" [[gnu::visibility("default")]] void ingot_codegen_release(ingot_compiled* compiled) {
  if (compiled == nullptr) return;
  delete static_cast<ingot::codegen::Compiled*>(compiled->owner);
  *compiled = {};
}
