// The C interface of libingot_codegen.so: see ingot_compile.h. Nothing is thrown across it.
#include "cache/content_hash.hpp"
#include "cache/object_cache.hpp"
#include "host/definition_bytes.hpp"
#include "host/device_tables.hpp"
#include "host/output_file.hpp"
#include "host/program_tables.hpp"
#include "host/ptxas.hpp"
#include "host/source_text.hpp"
#include "import/bind.hpp"
#include "import/shrink.hpp"
#include "ir/error.hpp"
#include "llvm/compile.hpp"
#include "llvm/device_compile.hpp"

#include <ingot_compile.h>

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
  std::vector<Selection> selections;
  std::vector<ingot_selection> selection_rows;
  std::unique_ptr<JitProgram> functions;
  std::unique_ptr<DeviceTables> device;
  DeviceCode code;
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

BlockPattern pattern_of(const ingot_block_mask& m, const StateInfo& state) {
  const std::string name = "the block mask of '" + state.name + "'";
  if (m.rows < 1 || m.cols < 1 || m.bitmap == nullptr) throw UserError(name + " has no blocks");
  BlockPattern p{m.rows, m.cols, (state.cols() + m.cols - 1) / m.cols, {}};
  const auto blocks = static_cast<std::uint64_t>((state.rows() + m.rows - 1) / m.rows * p.across);
  if (m.bitmap_bytes != (blocks + 7) / 8)
    throw UserError(name + " has " + std::to_string(m.bitmap_bytes) + " bytes, its " + std::to_string(blocks) + " blocks want " +
                    std::to_string((blocks + 7) / 8));
  for (std::uint64_t b = 0; b < blocks; ++b) p.kept.push_back(m.bitmap[b / 8] >> (b % 8) & 1U);
  return p;
}

/// The patterns by name. The states are those that the point has.
WeightPatterns patterns_of(const ingot_compile_request& r, const Definition& definition) {
  WeightPatterns patterns;
  if (r.n_block_masks == 0) return patterns;
  if (r.block_masks == nullptr) throw UserError("a compilation was asked for with block masks that are not there");
  const Graph g = bind(definition.view(), r.values, DType::f32, false, false).graph;
  for (std::uint32_t k = 0; k < r.n_block_masks; ++k) {
    const std::string_view name = r.block_masks[k].name == nullptr ? "" : r.block_masks[k].name;
    const auto state = std::find_if(g.states.begin(), g.states.end(), [&](const StateInfo& s) { return s.name == name; });
    if (state == g.states.end()) throw UserError("there is a block mask of '" + std::string(name) + "', which the model does not have");
    patterns[state->name] = pattern_of(r.block_masks[k], *state);
  }
  return patterns;
}

std::vector<Narrowed> narrowed_layers(const ingot_compile_request& r) {
  std::vector<Narrowed> layers;
  if (r.n_widths > 0 && r.widths == nullptr) throw UserError("a compilation was asked for with widths that are not there");
  for (std::uint32_t k = 0; k < r.n_widths; ++k) {
    const ingot_width& w = r.widths[k];
    if (w.layer == nullptr || w.size > INT32_MAX) throw UserError("a compilation was asked for with a width that is none");
    layers.push_back({w.layer, static_cast<std::int32_t>(w.size), {}});
    if (w.kept != nullptr) layers.back().kept.assign(w.kept, w.kept + w.size);
  }
  return layers;
}

/// What the weights of the smaller program are of the declared ones', where the request says which outputs are kept.
void add_selections(Compiled& compiled, const Definition& declared, const ingot_compile_request& r, const Graph& smaller) {
  const std::vector<Narrowed> layers = narrowed_layers(r);
  if (layers.empty() || layers.front().kept.empty()) return;
  compiled.selections = select_states(declared.view(), r.values, layers, smaller);
  for (const Selection& s : compiled.selections)
    compiled.selection_rows.push_back({static_cast<std::uint64_t>(s.declared_rows), static_cast<std::uint64_t>(s.declared_cols),
                                       s.rows.size(), s.cols.size(), s.rows.data(), s.cols.data()});
}

/// `definition`: the declared one, changed as the request says.
void compile_program(const ingot_compile_request& request, const Definition& declared, const Definition& definition, KernelCache* cache,
                     Compiled& compiled) {
  const ProgramPlan plan =
      plan_program(definition.view(), request.values, request.batch, request.dtype == INGOT_F64 ? DType::f64 : DType::f32,
                   wanted_entries(request.entries), make_target(request.target), patterns_of(request, definition));
  add_selections(compiled, declared, request, plan.graph());
  compiled.tables = std::make_unique<ProgramTables>(plan);
  compiled.functions = compile_now(plan, cache, (request.flags & INGOT_PROFILED) != 0 ? Marks::every_kernel : Marks::none);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) compiled.tables->set_run(i, compiled.functions->entry(plan.entries[i].entry));
  compiled.tables->set_pack(compiled.functions->pack(), compiled.functions->unpack());
  if (request.object_path != nullptr) write_output(request.object_path, compile_ahead(plan, identifier(definition.name)));
}

/// What the cache has under the hash of `text`, or what `make` makes, which is then kept there; `fresh` when it was made.
template <class Make>
std::string cached(KernelCache* cache, const std::string& text, bool& fresh, Make&& make) {
  const std::string key = to_hex(content_hash(std::string(compiler_version()) + "\n" + text));
  std::string bytes = cache != nullptr ? cache->find(key) : "";
  if (!bytes.empty()) return bytes;
  fresh = true;
  bytes = make();
  if (cache != nullptr) cache->store(key, bytes);
  return bytes;
}

/// True when the cache had everything.
bool compile_device(const ingot_compile_request& request, const Definition& definition, KernelCache* cache, Compiled& compiled) {
  if (request.n_block_masks > 0 || request.n_widths > 0)
    throw UserError("programs that skip pruned weights are for the processor; leave --device cuda out");
  if (request.dtype != INGOT_F32) throw UserError("programs for cuda compute in float32; float64 is for gradient checks on the processor");
  const DevicePlan plan =
      plan_device_program(definition.view(), request.values, request.batch, wanted_entries(request.entries), portable_device_target());
  const std::string text = canonical_text(plan);
  bool fresh = false;
  compiled.code.ptx = cached(cache, "ptx\n" + text, fresh, [&] { return ptx_text(plan); });
  const DeviceTarget* device = named_device(request.target);
  if (const auto ptxas = device != nullptr ? find_ptxas() : std::nullopt)
    compiled.code.cubins.push_back({device->sm, cached(cache, std::string(device->name) + "\n" + text, fresh,
                                                       [&] { return assemble(*ptxas, compiled.code.ptx, device->sm).cubin; })});
  compiled.device = std::make_unique<DeviceTables>(plan);
  std::vector<ingot_device_image> images{
      {INGOT_IMAGE_PTX, static_cast<std::uint32_t>(plan.device.sm), compiled.code.ptx.c_str(), compiled.code.ptx.size() + 1}};
  for (const DeviceCubin& c : compiled.code.cubins)
    images.push_back({INGOT_IMAGE_CUBIN, static_cast<std::uint32_t>(c.sm), c.bytes.data(), c.bytes.size()});
  if (names_emulated_device(request.target)) {
    compiled.emulated = emulate_now(plan);
    images.push_back({INGOT_IMAGE_EMULATED, 0, &compiled.emulated->image(), sizeof(ingot_emulated_image)});
  }
  compiled.device->set_images(std::move(images));
  if (request.object_path != nullptr)
    write_output(request.object_path, device_object(plan, identifier(definition.name), compiled.code, false));
  return !fresh;
}

std::unique_ptr<Compiled> compile(const ingot_compile_request& request, ingot_compiled& result) {
  using Clock = std::chrono::steady_clock;
  check_request(request);
  Definition definition = definition_from_bytes({static_cast<const char*>(request.definition), request.definition_bytes});
  if (request.n_values != definition.hps.size())
    throw UserError("the model has " + std::to_string(definition.hps.size()) + " hyper-parameters, but " +
                    std::to_string(request.n_values) + " values were given");
  const Clock::time_point begin = Clock::now();
  const Definition declared = definition;
  narrow(definition.ops, declared.view(), narrowed_layers(request));
  if (request.masks != 0 && definition.recipe.craft.prune.form == prune_form::none)
    definition.recipe.craft.prune.form = prune_form::unstructured;
  auto compiled = std::make_unique<Compiled>();
  std::unique_ptr<ObjectCache> cache;
  if (request.cache_dir != nullptr) cache = std::make_unique<ObjectCache>(request.cache_dir);
  if (names_device(request.target)) {
    result.cached = compile_device(request, definition, cache.get(), *compiled) ? 1 : 0;
  } else {
    compile_program(request, declared, definition, cache.get(), *compiled);
    result.cached = compiled->functions->from_cache() ? 1 : 0;
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
    result->selections = compiled->selection_rows.empty() ? nullptr : compiled->selection_rows.data();
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
