#include "codegen_library.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/device.hpp>
#include <ingot/runtime/model/program.hpp>

#include <array>
#include <cstdlib>
#include <list>
#include <mutex>

namespace ingot::runtime {
namespace {

constexpr std::size_t kept_programs = 64;  // a search visits many variants; the newest are kept

std::uint32_t entries_of(const ingot_program& program) {
  std::uint32_t bits = 0;
  for (std::uint32_t e = 0; e < program.n_entries; ++e) bits |= 1u << program.entries[e].kind;
  return bits;
}

bool fits(const ingot_program& program, const ProgramRequest& request) {
  const bool rows = request.exact_batch ? program.batch == request.batch : program.batch >= request.batch;
  return program.dtype == request.dtype && rows && (entries_of(program) & request.entries) == request.entries;
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
  const bool f64 = request.dtype == INGOT_F64;
  return fmt::format("{}batch {}{} was not built ahead", values, request.batch, f64 ? " in float64" : "");
}

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
  const ingot_model* model;
  ProgramSourceOptions options;
  struct Kept {
    std::string key;
    Program program;
  };
  std::mutex mutex;
  std::list<Kept> kept;  // newest first

  const ingot_program* find_ahead(const Point& point, const ProgramRequest& request) const {
    if (!request.object.empty()) return nullptr;
    for (std::size_t i = 0; i < point.values().size(); ++i) {
      if (is_structural(*model, i) && point.active(i) && point[i] != model->hps[i].initial) return nullptr;
    }
    const std::string target = ahead_target(*model, request.target);
    for (std::uint32_t p = 0; p < model->n_points; ++p) {
      const ingot_program* program = request.dtype == INGOT_F64 ? model->points[p].f64 : model->points[p].f32;
      if (program != nullptr && target == model->points[p].target && fits(*program, request)) return program;
    }
    return nullptr;
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

  Program compile(const Point& point, const ProgramRequest& request);
};

Program ProgramSource::Impl::compile(const Point& point, const ProgramRequest& request) {
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
  wanted.target = request.target.empty() ? "host" : request.target.c_str();
  wanted.cache_dir = options.cache && !folder.empty() ? folder.c_str() : nullptr;
  wanted.object_path = request.object.empty() ? nullptr : request.object.c_str();

  auto compiled = std::make_unique<ingot_compiled>();
  std::array<char, 1024> message = {};
  if (library.compile(&wanted, compiled.get(), message.data(), message.size()) != 0) {
    message.back() = '\0';
    throw UserError(message.data());
  }
  Program program{compiled->program, false, compiled->cached != 0, compiled->compile_ms, nullptr};
  program.owner = std::shared_ptr<ingot_compiled>(compiled.release(), [release = library.release](ingot_compiled* owned) {
    release(owned);
    delete owned;
  });
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

bool ProgramSource::ahead(const Point& point, const ProgramRequest& request) const { return impl_->find_ahead(point, request) != nullptr; }

Program ProgramSource::get(const Point& point, const ProgramRequest& request) {
  if (request.batch == 0) throw UserError("the batch must have at least 1 row");
  if (cpu_target().empty()) throw UserError("this processor lacks AVX2 and FMA, which compiled models need (x86-64-v3 or better)");
  if (const ingot_program* program = impl_->find_ahead(point, request)) return {program, true, false, 0, nullptr};
  const std::string key = structural_text(point) + "| " + request.target;
  Program program;
  if (request.object.empty() && impl_->find_kept(key, request, program)) return program;
  program = impl_->compile(point, request);
  impl_->keep(key, program);
  return program;
}

}  // namespace ingot::runtime
