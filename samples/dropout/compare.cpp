// What dropout and noise do to a network that has too few images.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_dropout_mlp;

int main(int argc, char** argv) {
  const ingot_model* mlp = &ingot_model_dropout_mlp;
  return comparison::run(argc, argv,
                         {"dropout",
                          "dense 512 on 2,000 images of Fashion-MNIST, 40 epochs",
                          2000,
                          {{"without", mlp},
                           {"dropout 0.5", mlp, {"rate=0.5"}},
                           {"Gaussian noise 0.3", mlp, {"noise=0.3"}},
                           {"dropout 0.5 and noise 0.3", mlp, {"rate=0.5", "noise=0.3"}}}});
}
