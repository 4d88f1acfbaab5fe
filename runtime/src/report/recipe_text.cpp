#include "report/recipe_text.hpp"

#include <fmt/format.h>

namespace ingot::runtime {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string schedule_text(const Point& point) {
  const ingot_recipe& recipe = point.model().recipe;
  std::string text(schedule_name(recipe.schedule.kind));
  if (const double n = point.value(recipe.schedule.warmup.n); n > 0)
    text += fmt::format(", warm-up over {:g} {}", n, recipe.schedule.warmup.unit == INGOT_EPOCHS ? "epochs" : "updates");
  if (const auto plateau = declared_plateau(point))
    text += fmt::format(", times {:g} when {} has not improved for {} epochs", plateau->factor, plateau->monitor, plateau->patience);
  return text;
}

std::string stopping_text(const EarlyStoppingOptions& stopping) {
  std::string text = fmt::format("{} no better for {} epochs", stopping.monitor, stopping.patience);
  if (stopping.min_delta != 0) text += fmt::format(" by more than {:g}", stopping.min_delta);
  if (stopping.baseline) text += fmt::format(", baseline {:g}", *stopping.baseline);
  if (stopping.start_from_epoch > 0) text += fmt::format(", from epoch {} on", stopping.start_from_epoch + 1);
  return text + (stopping.restore_best ? "; the best weights come back" : "");
}

std::string rule_text(const StopRule& rule) {
  switch (rule.kind) {
    case INGOT_STOP_BELOW:
      return fmt::format("{} < {:g}", rule.monitor, rule.limit);
    case INGOT_STOP_ABOVE:
      return fmt::format("{} > {:g}", rule.monitor, rule.limit);
    case INGOT_STOP_PRECHELT_GL:
      return fmt::format("GL {:g}", rule.limit);
    case INGOT_STOP_PRECHELT_PQ:
      return fmt::format("PQ {:g} over strips of {}", rule.limit, rule.strip);
    case INGOT_STOP_PRECHELT_UP:
      return fmt::format("UP {:g} over strips of {}", rule.limit, rule.strip);
    case INGOT_STOP_TIME_BUDGET:
      return fmt::format("{:g} s have passed", rule.limit);
    case INGOT_STOP_ANY:
    case INGOT_STOP_ALL:
      break;
  }
  return {};
}

/// The condition that stands in postfix order, written with "or" and "and".
std::string rules_text(const std::vector<StopRule>& rules) {
  std::vector<std::string> stack;
  for (const StopRule& rule : rules) {
    if (rule.kind != INGOT_STOP_ANY && rule.kind != INGOT_STOP_ALL) {
      stack.push_back(rule_text(rule));
      continue;
    }
    if (stack.size() < 2) return {};
    const std::string right = std::move(stack.back());
    stack.pop_back();
    stack.back() = fmt::format("({} {} {})", stack.back(), rule.kind == INGOT_STOP_ANY ? "or" : "and", right);
  }
  return stack.empty() ? "" : stack.back();
}

std::string rows_text(const Dataset& part) { return fmt::format("{} rows of {}", part.rows(), part.source); }

}  // namespace

Lines recipe_text(const Point& point, const TrainOptions& options, const TrainData& data) {
  const ingot_model& model = point.model();
  const ingot_recipe& recipe = model.recipe;
  Lines lines;
  for (const auto& [name, value] : point.named()) lines.emplace_back("hyper-parameter " + name, value);
  lines.emplace_back("loss", fmt::format("{}", fmt::join(model.losses, model.losses + model.n_outputs, ", ")));
  lines.emplace_back("optimizer", recipe.optimizer);
  lines.emplace_back("learning rate", fmt::format("{:g}", point.value(recipe.learning_rate)));
  lines.emplace_back("schedule", schedule_text(point));
  lines.emplace_back("batch", std::to_string(options.batch));
  if (const std::uint32_t calls = calls_per_update(point); calls > 1) lines.emplace_back("batches for one update", std::to_string(calls));
  if (recipe.average != 0) lines.emplace_back("average of the weights", "takes their place at the end");
  lines.emplace_back("epochs", std::to_string(options.epochs));
  lines.emplace_back("early stopping", options.stopping ? stopping_text(*options.stopping) : "none");
  if (!options.stop_rules.empty()) lines.emplace_back("stop when", rules_text(options.stop_rules));
  lines.emplace_back("order of rows", options.shuffle ? "shuffled" : "as in the file");
  lines.emplace_back("seed", std::to_string(options.seed));
  lines.emplace_back("training part", rows_text(data.train));
  lines.emplace_back("validation part", data.validation.rows() > 0 ? rows_text(data.validation) : "none");
  return lines;
}

}  // namespace ingot::runtime
