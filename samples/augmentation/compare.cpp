// What augmentation does to a network that has too few images.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_augmentation;

int main(int argc, char** argv) {
  const ingot_model* mlp = &ingot_model_augmentation;
  return comparison::run(argc, argv,
                         {"augmentation",
                          "dense 512 on 2,000 images of Fashion-MNIST, 60 epochs",
                          2000,
                          {{"without", mlp},
                           {"shift 0.03", mlp, {"shift=0.03"}},
                           {"turn 0.01, zoom 0.1", mlp, {"turn=0.01", "zoom=0.1"}},
                           {"turn, zoom and shift", mlp, {"turn=0.01", "zoom=0.1", "shift=0.03"}}}});
}
