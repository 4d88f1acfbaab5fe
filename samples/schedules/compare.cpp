// The same number of epochs with a constant learning rate and with schedules.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_rate_constant, ingot_model_rate_exponential, ingot_model_rate_cosine, ingot_model_rate_one_cycle,
    ingot_model_rate_plateau;

int main(int argc, char** argv) {
  return comparison::run(argc, argv,
                         {"schedules",
                          "dense 128 on 50,000 images of Fashion-MNIST, 10 epochs, Adam from 3e-3",
                          0,
                          {{"constant", &ingot_model_rate_constant},
                           {"exponential, 0.7 an epoch", &ingot_model_rate_exponential},
                           {"cosine with warm-up", &ingot_model_rate_cosine},
                           {"one cycle", &ingot_model_rate_one_cycle},
                           {"reduce on plateau", &ingot_model_rate_plateau}}});
}
