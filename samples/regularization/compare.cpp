// What L2, L1 and decoupled weight decay do to a network that has too few images.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_regularization_mlp;

int main(int argc, char** argv) {
  const ingot_model* mlp = &ingot_model_regularization_mlp;
  return comparison::run(
      argc, argv,
      {"regularization",
       "dense 512 on 2,000 images of Fashion-MNIST, 40 epochs",
       2000,
       {{"without", mlp}, {"L2 5e-4", mlp, {"l2=0.0005"}}, {"L1 3e-5", mlp, {"l1=0.00003"}}, {"weight decay 0.5", mlp, {"decay=0.5"}}}});
}
