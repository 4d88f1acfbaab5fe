#include <ingot/runtime/prune/sparsity_schedule.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

std::uint64_t updates(const TrainingLength& length, const RunLength& run) {
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, length.n * (length.epochs ? run.updates_per_epoch : 1))));
}

PruneForm form_of(std::uint32_t form) {
  switch (form) {
    case INGOT_PRUNE_BLOCK:
      return PruneForm::block;
    case INGOT_PRUNE_N_OF_M:
      return PruneForm::n_of_m;
    case INGOT_PRUNE_FILTERS:
      return PruneForm::filters;
    default:
      return PruneForm::unstructured;
  }
}

}  // namespace

std::optional<PruneOptions> declared_pruning(const Point& point) {
  const ingot_prune& declared = point.model().recipe.craft.prune;
  if (declared.form == INGOT_PRUNE_NONE) return std::nullopt;
  const auto length = [&](const ingot_duration& d) { return TrainingLength{point.value(d.n), d.unit == INGOT_EPOCHS}; };
  PruneOptions o;
  o.pattern = {form_of(declared.form), declared.rows, declared.columns, declared.pool == INGOT_PRUNE_MAX,
               declared.scope == INGOT_PRUNE_GLOBAL};
  o.gradual = declared.schedule == INGOT_PRUNE_POLYNOMIAL;
  o.first = point.value(declared.initial);
  o.last = point.value(declared.final);
  o.power = point.value(declared.power);
  o.begin = length(declared.begin);
  o.end = length(declared.end);
  o.frequency = length(declared.frequency);
  return o;
}

SparsitySchedule::SparsitySchedule(const PruneOptions& options, const RunLength& run)
    : options_(options), begin_(updates(options.begin, run)), frequency_(std::max<std::uint64_t>(1, updates(options.frequency, run))) {
  const bool whole_run = options.end.n == 0;
  end_ = whole_run ? updates({static_cast<double>(run.epochs), true}, run) : updates(options.end, run);
  if (end_ < begin_) {
    throw UserError(
        fmt::format("pruning would end behind update {} and begin behind update {}: let it begin earlier, or train longer", end_, begin_));
  }
  last_ = options.gradual ? end_ : begin_;
  spans_run_ = options.gradual && whole_run;
}

std::optional<double> SparsitySchedule::due(std::uint64_t done) const {
  if (done < begin_ || done > last_) return std::nullopt;
  if (!options_.gradual) return options_.last;
  if (done == end_) return options_.last;
  if ((done - begin_) % frequency_ != 0) return std::nullopt;
  const double progress = static_cast<double>(done - begin_) / static_cast<double>(end_ - begin_);
  return options_.last + (options_.first - options_.last) * std::pow(1 - progress, options_.power);
}

}  // namespace ingot::runtime
