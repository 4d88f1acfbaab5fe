// What a run puts into its checkpoint, and how it goes on from one.
#include "recipe_identity.hpp"
#include "training_run.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/history.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <limits>

namespace ingot::runtime {
namespace {

std::vector<std::string> names_of(const NamedValues& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

// history.csv: epochs count from 1, as the reports show them.
void write_history(const std::filesystem::path& path, const std::vector<NamedValues>& epochs) {
  if (epochs.empty()) return;
  std::vector<std::string> columns = names_of(epochs.front());
  columns.insert(columns.begin(), "epoch");
  History history(columns);
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    std::vector<double> row = {static_cast<double>(e + 1)};
    for (const auto& [name, value] : epochs[e]) row.push_back(value);
    history.add(std::move(row));
  }
  history.write(path);
}

template <class T>
void refuse_change(const char* what, const T& before, const T& now) {
  if (before == now) return;
  throw UserError(fmt::format("the checkpoint was made with {} {}, this run has {}: give the same one, or train into another --out", what,
                              before, now));
}

/// Whether it is a time budget: a run that it ended may go on with another one.
bool limits_time(const ingot_recipe& recipe, std::int32_t hp) {
  return std::ranges::any_of(std::span(recipe.stop_rules, recipe.n_stop_rules),
                             [hp](const ingot_stop_rule& rule) { return rule.kind == INGOT_STOP_TIME_BUDGET && rule.limit.hp == hp; });
}

const char* order_name(bool shuffle) { return shuffle ? "shuffling" : "file order"; }

}  // namespace

std::vector<NamedBlock> TrainingRun::weight_blocks(bool slots_too) const {
  std::vector<NamedBlock> blocks;
  for (std::uint32_t i = 0; i < instance_->states().size(); ++i) {
    const ingot_state& state = instance_->states()[i];
    if (!slots_too && state.role == INGOT_SLOT) continue;
    NamedBlock block{state.tensor.name, state.tensor.dtype, {state.tensor.dims, state.tensor.dims + state.tensor.rank}, {}};
    block.data.resize(state.tensor.elements * dtype_bytes(state.tensor.dtype));
    instance_->get(i, block.data.data());
    blocks.push_back(std::move(block));
  }
  return blocks;
}

void TrainingRun::set_blocks(const std::vector<NamedBlock>& blocks, bool slots_too) {
  const auto wanted = weight_blocks(slots_too);
  // All are checked before the first is set: a checkpoint that does not fit changes nothing.
  std::vector<const NamedBlock*> found;
  for (const NamedBlock& want : wanted) {
    const auto same_name = [&](const NamedBlock& b) { return b.name == want.name; };
    const auto it = std::find_if(blocks.begin(), blocks.end(), same_name);
    if (it == blocks.end()) throw UserError(fmt::format("the checkpoint lacks tensor {}", want.name));
    if (it->dtype != want.dtype || it->dims != want.dims || it->data.size() != want.data.size()) {
      throw UserError(fmt::format("tensor {} of the checkpoint has another shape or type than the model's", want.name));
    }
    found.push_back(&*it);
  }
  for (const NamedBlock* block : found) instance_->set(*instance_->find_state(block->name), block->data.data());
}

Checkpoint TrainingRun::capture() const {
  const Point& point = instance_->point();
  Checkpoint c;
  c.model = point.model().name;
  c.plan_hash = instance_->program()->plan_hash;
  c.target = instance_->program()->target;
  c.point = point.describe();
  for (std::uint32_t i = 0; i < point.model().n_hps; ++i) c.hp_names.emplace_back(point.model().hps[i].name);
  c.hp_values.assign(point.values().begin(), point.values().end());
  c.space_hash = point.model().space_hash;
  c.seed = options_->seed;
  c.data = data_->train.identity;
  c.validation = data_->validation.rows() > 0 ? data_->validation.identity : 0;
  c.rows = data_->train.rows();
  c.batch = options_->batch;
  c.shuffle = options_->shuffle;
  c.epoch = epoch_;
  c.batches_done = batches_done_;
  c.step = step_;
  c.seconds = seconds_;
  c.validation_seconds = validation_seconds_;
  c.reason = result_.reason;
  c.sums.assign(means_.sums().begin(), means_.sums().end());
  c.sum_rows = means_.rows();
  if (stopping_) c.stopping = stopping_->state();
  if (plateau_) c.plateau = plateau_->state();
  c.epochs = options_->epochs;
  c.recipe = recipe_identity(point, options_->prune);
  if (!history_.empty()) c.history_columns = names_of(history_.front());
  for (const NamedValues& row : history_) {
    for (const auto& [name, value] : row) c.history.push_back(value);
  }
  c.states = weight_blocks(true);
  c.best = best_;
  return c;
}

// All rows have the figures of the last one: with --allow-other-plan a run may go on with others, which earlier epochs have no number for.
void TrainingRun::add_history(const NamedValues& epoch) {
  const std::vector<std::string> columns = names_of(epoch);
  for (NamedValues& row : history_) {
    if (names_of(row) == columns) continue;
    NamedValues same = epoch;
    for (auto& [name, value] : same) {
      const double* before = find_value(row, name);
      value = before != nullptr ? *before : std::numeric_limits<double>::quiet_NaN();
    }
    row = std::move(same);
  }
  history_.push_back(epoch);
}

void TrainingRun::save_checkpoint() {
  log_.flush();
  if (options_->out.empty()) return;
  if (options_->checkpoints) write_checkpoint(checkpoint_path(options_->out), capture());
  write_history(options_->out / "history.csv", history_);
}

// The history again: a kill between the last checkpoint and its history leaves nothing else that would write it.
void TrainingRun::write_outputs() const {
  if (options_->out.empty()) return;
  write_history(options_->out / "history.csv", history_);
  save_weights(options_->out / "model.safetensors", *instance_);
}

void TrainingRun::check_same_run(const Checkpoint& c) const {
  const Point& point = instance_->point();
  const ingot_model& model = point.model();
  refuse_change("model", c.model, std::string(model.name));
  if (c.space_hash != model.space_hash || c.hp_values.size() != model.n_hps) {
    throw UserError(fmt::format("the checkpoint was made when {} had another search space: train into another --out", model.name));
  }
  for (std::uint32_t i = 0; i < model.n_hps; ++i) {
    const auto hp = static_cast<std::int32_t>(i);
    if (!point.active(i) || hp == model.recipe.epochs.hp || hp == model.recipe.batch.hp || limits_time(model.recipe, hp)) continue;
    refuse_change(model.hps[i].name, c.hp_values[i], point[i]);
  }
  refuse_change("--batch", c.batch, options_->batch);
  refuse_change("--seed", c.seed, options_->seed);
  if (schedule_.spans_run() && c.epochs != 0)
    refuse_change("a learning rate that spans all epochs, and --epochs", c.epochs, options_->epochs);
  if (pruning_ && pruning_->schedule.spans_run() && c.epochs != 0)
    refuse_change("pruning that spans all epochs, and --epochs", c.epochs, options_->epochs);
  refuse_change("the order", std::string_view(order_name(c.shuffle)), std::string_view(order_name(options_->shuffle)));
  refuse_change("a number of training rows of", c.rows, data_->train.rows());
  if (c.data != data_->train.identity || c.validation != (data_->validation.rows() > 0 ? data_->validation.identity : 0)) {
    throw UserError("the checkpoint was made with other data: give the same --data and --validation, or train into another --out");
  }
  const std::vector<RecipePart> recipe = recipe_identity(point, options_->prune);
  for (std::size_t k = 0; k < recipe.size() && !options_->allow_other_plan; ++k) {
    const auto before = std::ranges::find(c.recipe, recipe[k].name, &RecipePart::name);
    if (before == c.recipe.end() || before->text == recipe[k].text) continue;
    throw UserError(
        fmt::format("the checkpoint was made with the {} {}, this program has {}: pass --allow-other-plan to go on, though results will "
                    "then not equal an uninterrupted run bit for bit",
                    recipe[k].name, before->text, recipe[k].text));
  }
  const ingot_program& program = *instance_->program();
  if (!options_->allow_other_plan && (c.plan_hash != program.plan_hash || c.target != program.target)) {
    throw UserError(
        fmt::format("the checkpoint was made by plan {} for {}, this program is plan {} for {}: pass --allow-other-plan to go on, "
                    "though results will then not equal an uninterrupted run bit for bit",
                    c.plan_hash, c.target, program.plan_hash, program.target));
  }
}

void TrainingRun::restore(const Checkpoint& c) {
  check_same_run(c);
  const std::size_t columns = c.history_columns.size();
  if (c.batches_done > batches_per_epoch() || (c.batches_done > 0 && c.sums.size() != means_.sums().size())) {
    throw UserError("the checkpoint's position does not fit the data: start anew without --resume");
  }
  instance_->initialize(options_->seed);
  set_blocks(c.states, true);
  best_ = c.best;
  epoch_ = c.epoch;
  batches_done_ = c.batches_done;
  step_ = c.step;
  seconds_ = c.seconds;
  validation_seconds_ = c.validation_seconds;
  if (c.sums.size() == means_.sums().size()) means_.restore(c.sums, c.sum_rows);
  if (stopping_) stopping_->set_state(c.stopping);
  if (plateau_ && c.plateau) plateau_->set_state(*c.plateau);
  for (std::size_t e = 0; e < c.epoch; ++e) {
    NamedValues row;
    for (std::size_t k = 0; k < columns; ++k) row.emplace_back(c.history_columns[k], c.history[e * columns + k]);
    history_.push_back(std::move(row));
  }
}

}  // namespace ingot::runtime
