// Learns exclusive or inside its own process.
#include <gate.hpp>

#include <cstdio>

int main() {
  using namespace ingot_models;
  const std::array<gate::input_row, 4> inputs{{{0, 0}, {0, 1}, {1, 0}, {1, 1}}};
  const std::array<gate::target_row, 4> targets{0, 1, 1, 0};
  gate::model model(1);
  for (int step = 0; step < 300; ++step) model.train_step({inputs, targets});
  std::array<gate::logits_row, 4> logits{};
  model.predict({inputs}, {logits});
  int right = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) right += (logits[i][1] > logits[i][0]) == (targets[i] == 1) ? 1 : 0;
  std::printf("%d of 4 right\n", right);
  return right == 4 ? 0 : 1;
}
