#include "report/confusions.hpp"

#include <cstring>

namespace ingot::runtime {

std::vector<RunRecord::Confusion> measure_confusions(Instance& instance, const Dataset& rows) {
  const ingot_model& model = instance.point().model();
  std::vector<RunRecord::Confusion> all;
  const auto raw = predict(instance, rows);
  for (std::uint32_t o = 0; o < model.n_outputs; ++o) {
    if (!decides_class(model, o)) continue;
    std::vector<float> scores(raw[o].size() / sizeof(float));
    std::memcpy(scores.data(), raw[o].data(), raw[o].size());
    to_probabilities(model, o, scores);
    const ConfusionMatrix matrix = confusion(model, o, scores, rows.targets[o]);
    RunRecord::Confusion c{model.outputs[o].name, {}, {}};
    if (o < rows.class_names.size()) c.classes = rows.class_names[o];
    for (std::size_t k = c.classes.size(); k < matrix.classes(); ++k) c.classes.push_back(std::to_string(k));
    for (std::size_t actual = 0; actual < matrix.classes(); ++actual) {
      c.counts.emplace_back();
      for (std::size_t decided = 0; decided < matrix.classes(); ++decided) c.counts.back().push_back(matrix.count(actual, decided));
    }
    all.push_back(std::move(c));
  }
  return all;
}

}  // namespace ingot::runtime
