#include "codegen_library.hpp"
#include "device_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <list>
#include <mutex>

namespace ingot::runtime {
namespace {

constexpr std::size_t kept_programs = 64;  // a search visits many variants; the newest are kept

template <class AnyProgram>  // ingot_program or ingot_device_program
bool fits(const AnyProgram& program, const ProgramRequest& request) {
  std::uint32_t entries = 0;
  for (std::uint32_t e = 0; e < program.n_entries; ++e) entries |= 1u << program.entries[e].kind;
  const bool rows = request.exact_batch ? program.batch == request.batch : program.batch >= request.batch;
  return program.dtype == request.dtype && rows && (entries & request.entries) == request.entries;
}

// Programs for emulated devices are device programs with one image more.
bool serves(const ingot_device_program& program, std::string_view target) {
  if (target != "cuda-emulated") return target == program.target;
  return std::any_of(program.images, program.images + program.n_images,
                     [](const ingot_device_image& image) { return image.kind == INGOT_IMAGE_EMULATED; });
}

// Batch and epochs of the recipe are no part of a program's structure: the batch is asked for by itself.
bool is_structural(const ingot_model& model, std::size_t hp) {
  const auto i = static_cast<std::int32_t>(hp);
  return model.hps[hp].structural != 0 && i != model.recipe.batch.hp && i != model.recipe.epochs.hp;
}

std::string structural_text(const Point& point) {
  std::string all;
  for (std::size_t i = 0; i < point.values().size(); ++i) {
    if (is_structural(point.model(), i) && point.active(i)) all += fmt::format("{}={} ", point.model().hps[i].name, point.text(i));
  }
  return all;
}

// What to say when the program of `point` is not there: the values that differ from those built ahead, else the batch.
std::string need_text(const Point& point, const ProgramRequest& request) {
  std::string values;
  for (std::size_t i = 0; i < point.values().size(); ++i) {
    const ingot_hp& hp = point.model().hps[i];
    if (is_structural(point.model(), i) && point.active(i) && point[i] != hp.initial)
      values += fmt::format("{}={}, ", hp.name, point.text(i));
  }
  const bool f64 = request.dtype == INGOT_F64, device = request.target.starts_with("cuda");
  if (!request.variant.declared()) return fmt::format("a pruned program for {}batch {} was asked for", values, request.batch);
  return fmt::format("{}batch {}{}{} was not built ahead", values, request.batch, f64 ? " in float64" : "", device ? " for cuda" : "");
}

/// Equal for variants that have the same program.
std::string variant_text(const ProgramVariant& v) {
  std::string all = v.masks ? "masks " : "";
  for (const BlockMask& m : v.block_masks) {
    all += fmt::format("{} {} {} ", m.name, m.rows, m.cols);
    for (const std::uint8_t byte : m.bitmap) all += fmt::format("{:02x}", byte);
  }
  for (const LayerWidth& w : v.widths) all += fmt::format("{} {} {} ", w.layer, w.size, fmt::join(w.kept, ","));
  return all;
}

/// The C view of a variant; valid as long as that lives.
struct VariantTables {
  std::vector<ingot_block_mask> masks;
  std::vector<ingot_width> widths;
  explicit VariantTables(const ProgramVariant& v) {
    for (const BlockMask& m : v.block_masks) masks.push_back({m.name.c_str(), m.rows, m.cols, m.bitmap.data(), m.bitmap.size()});
    for (const LayerWidth& w : v.widths) widths.push_back({w.layer.c_str(), w.size, 0, w.kept.empty() ? nullptr : w.kept.data()});
  }
};

std::filesystem::path default_cache() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') return std::filesystem::path(cache) / "ingot";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return std::filesystem::path(home) / ".cache" / "ingot";
  return {};
}

std::string ahead_target(const ingot_model& model, const std::string& asked) {
  if (!asked.empty()) return asked;
  for (const std::string_view target : cpu_targets())
    for (std::uint32_t p = 0; p < model.n_points; ++p)
      if (target == model.points[p].target) return std::string(target);
  return "";
}

}  // namespace

const ingot_entry* Program::entry(ingot_entry_kind kind) const noexcept {
  for (std::uint32_t e = 0; e < abi->n_entries; ++e) {
    if (abi->entries[e].kind == static_cast<std::uint32_t>(kind)) return &abi->entries[e];
  }
  return nullptr;
}

struct ProgramSource::Impl {
  const ingot_model* model = nullptr;
  ProgramSourceOptions options;
  struct Kept {
    std::string key;
    Program program;
  };
  std::mutex mutex;
  std::list<Kept> kept;  // newest first

  bool find_ahead(const Point& point, const ProgramRequest& request, Program& program) const {
    if (!request.object.empty() || request.profiled || !request.variant.declared()) return false;
    for (std::size_t i = 0; i < point.values().size(); ++i) {
      if (is_structural(*model, i) && point.active(i) && point[i] != model->hps[i].initial) return false;
    }
    const std::string target = ahead_target(*model, request.target);
    for (std::uint32_t p = 0; p < model->n_points; ++p) {
      const ingot_point& ahead = model->points[p];
      const ingot_program* host = request.dtype == INGOT_F64 ? ahead.f64 : ahead.f32;
      if (ahead.device != nullptr && serves(*ahead.device, target) && fits(*ahead.device, request)) {
        program = device_program(*ahead.device, nullptr);
        return true;
      }
      if (target != ahead.target || host == nullptr || !fits(*host, request)) continue;
      program.abi = host;
      return true;
    }
    return false;
  }

  /// A profiled program stands for the one that would run without the profile.
  std::string compile_target(const Point& point, const ProgramRequest& request) const {
    if (!request.target.empty() || !request.profiled) return request.target.empty() ? "host" : request.target;
    ProgramRequest plain = request;
    plain.profiled = false;
    Program program;
    return find_ahead(point, plain, program) ? program.abi->target : "host";
  }

  bool find_kept(const std::string& key, const ProgramRequest& request, Program& program) {
    const std::lock_guard lock(mutex);
    for (auto it = kept.begin(); it != kept.end(); ++it) {
      if (it->key != key || !fits(*it->program.abi, request)) continue;
      kept.splice(kept.begin(), kept, it);
      program = it->program;
      return true;
    }
    return false;
  }

  void keep(const std::string& key, const Program& program) {
    const std::lock_guard lock(mutex);
    kept.push_front({key, program});
    if (kept.size() > kept_programs) kept.pop_back();
  }

  Program compile(const Point& point, const ProgramRequest& request) const;
};

Program ProgramSource::Impl::compile(const Point& point, const ProgramRequest& request) const {
  const CodegenLibrary& library = codegen_library(options.library, need_text(point, request));
  const std::filesystem::path folder = options.cache_dir.empty() ? default_cache() : options.cache_dir;
  ingot_compile_request wanted = {};
  wanted.abi_version = INGOT_ABI_VERSION;
  wanted.n_values = static_cast<std::uint32_t>(point.values().size());
  wanted.definition = model->definition;
  wanted.definition_bytes = model->definition_bytes;
  wanted.values = point.values().data();
  wanted.batch = request.batch;
  wanted.dtype = request.dtype;
  wanted.entries = request.entries;
  const std::string target = compile_target(point, request);
  wanted.target = target.c_str();
  wanted.flags = request.profiled ? INGOT_PROFILED : 0;
  wanted.cache_dir = options.cache && !folder.empty() ? folder.c_str() : nullptr;
  wanted.object_path = request.object.empty() ? nullptr : request.object.c_str();
  const VariantTables variant(request.variant);
  wanted.masks = request.variant.masks ? 1 : 0;
  wanted.n_block_masks = static_cast<std::uint32_t>(variant.masks.size());
  wanted.block_masks = variant.masks.data();
  wanted.n_widths = static_cast<std::uint32_t>(variant.widths.size());
  wanted.widths = variant.widths.data();

  auto compiled = std::make_unique<ingot_compiled>();
  std::array<char, 1024> message = {};
  if (library.compile(&wanted, compiled.get(), message.data(), message.size()) != 0) {
    message.back() = '\0';
    throw UserError(message.data());
  }
  const std::shared_ptr<ingot_compiled> owner(compiled.release(), [release = library.release](ingot_compiled* owned) {
    release(owned);
    delete owned;
  });
  Program program;
  if (owner->device != nullptr) {
    program = device_program(*owner->device, owner);
  } else {
    program.abi = owner->program;
    program.owner = owner;
  }
  program.ahead = false;
  program.cached = owner->cached != 0;
  program.compile_ms = owner->compile_ms;
  program.variant = request.variant;
  program.selections = owner->selections;
  return program;
}

ProgramSource::ProgramSource(const ingot_model& model, ProgramSourceOptions options) : impl_(std::make_unique<Impl>()) {
  if (model.abi_version != INGOT_ABI_VERSION) {
    throw UserError(fmt::format("{} was built for version {} of the program interface, this runtime has version {}: build it again",
                                model.name, model.abi_version, INGOT_ABI_VERSION));
  }
  impl_->model = &model;
  impl_->options = std::move(options);
}

ProgramSource::~ProgramSource() = default;

const ingot_model& ProgramSource::model() const noexcept { return *impl_->model; }

bool ProgramSource::ahead(const Point& point, const ProgramRequest& request) const {
  Program program;
  return impl_->find_ahead(point, request, program);
}

Program ProgramSource::get(const Point& point, const ProgramRequest& request) {
  if (request.batch == 0) throw UserError("the batch must have at least 1 row");
  if (cpu_target().empty()) throw UserError("this processor lacks AVX2 and FMA, which compiled models need (x86-64-v3 or better)");
  Program program;
  if (impl_->find_ahead(point, request, program)) return program;
  const std::string key = fmt::format("{}| {}{}| {}", structural_text(point), request.target, request.profiled ? " profiled" : "",
                                      variant_text(request.variant));
  if (request.object.empty() && impl_->find_kept(key, request, program)) return program;
  program = impl_->compile(point, request);
  impl_->keep(key, program);
  return program;
}

}  // namespace ingot::runtime
