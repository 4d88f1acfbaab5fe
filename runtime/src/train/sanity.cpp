#include <ingot/runtime/train/sanity.hpp>

#include "tensor_check.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

namespace ingot::runtime {
namespace {

constexpr double learned = 0.1;           // of the first loss: what rows that are known by heart may have left
constexpr std::uint32_t early_step = 10;  // whose update is measured: moments of optimizers are no longer those of one gradient

std::optional<double> loss_of_guessing(const ingot_model& model) {
  if (model.n_outputs != 1 || model.recipe.sample_weights != 0) return std::nullopt;
  const std::string_view loss = model.losses[0];
  if (loss == "binary_crossentropy") return std::log(2.0);
  if (loss != "sparse_categorical_crossentropy" && loss != "categorical_crossentropy") return std::nullopt;
  const ingot_tensor& output = model.outputs[0];
  return std::log(static_cast<double>(output.rank == 0 ? 1 : output.dims[output.rank - 1]));
}

double evaluated_loss(Instance& instance, const Dataset& rows) { return *find_value(evaluate(instance, rows), "loss"); }

std::vector<std::uint32_t> parameters_of(const Instance& instance) {
  std::vector<std::uint32_t> parameters;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i)
    if (instance.states()[i].role == INGOT_PARAMETER) parameters.push_back(i);
  return parameters;
}

/// Measures one update, and ends the run when the rows are learned.
class Watcher : public TrainListener {
 public:
  Watcher(Instance& instance, const Dataset& rows, SanityResult& result) : instance_(&instance), rows_(&rows), result_(&result) {}

  bool on_epoch_end(const EpochReport& report) override {
    result_->steps = static_cast<std::uint32_t>(report.step);
    if (report.step == early_step - 1) before_ = weights();
    if (report.step == early_step) measure();
    result_->last_loss = evaluated_loss(*instance_, *rows_);
    return report.step < early_step || !(result_->last_loss <= learned / 2 * result_->first_loss);
  }

 private:
  [[nodiscard]] std::vector<std::vector<double>> weights() const {
    std::vector<std::vector<double>> all;
    for (const std::uint32_t i : parameters_of(*instance_)) all.push_back(instance_->get_doubles(i));
    return all;
  }

  void measure() {
    const std::vector<std::vector<double>> after = weights();
    const std::vector<std::uint32_t> parameters = parameters_of(*instance_);
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      std::vector<double> update(after[p].size());
      std::ranges::transform(after[p], before_[p], update.begin(), std::minus<>());
      const double size = euclidean_norm(before_[p]);
      result_->updates.push_back({instance_->states()[parameters[p]].tensor.name, size > 0 ? euclidean_norm(update) / size : 0});
    }
  }

  Instance* instance_;
  const Dataset* rows_;
  SanityResult* result_;
  std::vector<std::vector<double>> before_;
};

TrainOptions options_for(const Point& point, std::uint32_t rows, const SanityOptions& options) {
  TrainOptions train = declared_options(point);
  train.stopping.reset();
  train.stop_rules.clear();
  train.prune.reset();
  train.gradcheck_every = 0;
  train.batch = rows;  // an epoch is a step
  train.epochs = options.steps;
  train.seed = options.seed;
  train.stop = options.stop;
  return train;
}

void judge(SanityResult& result) {
  constexpr double rounding = 1e-4;
  if (result.guessing && !(result.zero_loss >= *result.guessing - rounding))
    result.problems.push_back(
        fmt::format("with weights of 0 the loss is {:.6g}, less than the {:.6g} of guessing: look at the loss and the targets",
                    result.zero_loss, *result.guessing));
  if (!(result.last_loss <= learned * result.first_loss))
    result.problems.push_back(
        fmt::format("the loss of a few rows went from {:.6g} to {:.6g} in {} steps, they are not learned by heart: try another "
                    "learning rate, and penalties of 0",
                    result.first_loss, result.last_loss, result.steps));
}

}  // namespace

SanityResult check_sanity(ProgramSource& source, const Point& point, Device& device, const Dataset& data, const SanityOptions& options) {
  if (data.rows() == 0 || data.targets.empty()) throw UserError("a sanity check needs rows with their targets");
  const Dataset rows = in_memory(data.slice(0, std::min<std::uint64_t>(options.rows, data.rows())));
  SanityResult result;
  Trainer trainer(source, point, device, options_for(point, static_cast<std::uint32_t>(rows.rows()), options));
  Instance& instance = trainer.instance();
  instance.initialize(options.seed);
  result.first_loss = evaluated_loss(instance, rows);
  result.guessing = loss_of_guessing(point.model());
  for (const std::uint32_t i : parameters_of(instance)) instance.set_doubles(i, std::vector<double>(instance.states()[i].tensor.elements));
  result.zero_loss = evaluated_loss(instance, rows);
  Watcher watcher(instance, rows, result);
  result.interrupted = trainer.run({rows, {}}, &watcher).status == TrainStatus::interrupted;  // begins with fresh weights
  if (!result.interrupted) judge(result);
  return result;
}

}  // namespace ingot::runtime
