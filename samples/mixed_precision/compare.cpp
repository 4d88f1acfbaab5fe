// What 16 bits cost in accuracy, and what they save in time.
#include "comparison.hpp"

extern "C" const ingot_model ingot_model_fashion_f32, ingot_model_fashion_bf16, ingot_model_fashion_f16;

int main(int argc, char** argv) {
  comparison::Comparison precisions{
      "mixed_precision",
      "dense 1024, three times, on 50,000 images of Fashion-MNIST, 4 epochs",
      0,
      {{"f32", &ingot_model_fashion_f32}, {"bf16", &ingot_model_fashion_bf16}, {"f16", &ingot_model_fashion_f16}}};
  precisions.seeds = 1;  // a minute each
  precisions.timed = true;
  return comparison::run(argc, argv, precisions);
}
