// How many epochs early stopping saves, and what that costs.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_stopping_fixed, ingot_model_stopping_patience, ingot_model_stopping_prechelt;

int main(int argc, char** argv) {
  return comparison::run(argc, argv,
                         {"early_stopping",
                          "dense 256 on 50,000 images of Fashion-MNIST, at most 30 epochs",
                          0,
                          {{"30 epochs", &ingot_model_stopping_fixed},
                           {"early stopping", &ingot_model_stopping_patience},
                           {"Prechelt's GL 0.5", &ingot_model_stopping_prechelt}}});
}
