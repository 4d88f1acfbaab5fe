// The part of `describe --weights FILE` about trained weights: how many of each tensor are zero.
#pragma once
#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ingot::runtime::cli {

struct DescribedWeights {
  struct Tensor {
    std::string name, shape;  ///< "[784, 512]"; of a file of fewer filters, that of its program
    std::uint64_t elements = 0, zeros = 0;
  };
  std::filesystem::path path;
  std::vector<Tensor> tensors;  ///< parameters in the order of the program
};

/// Loads the weights of --weights into a program for them. Throws UserError.
[[nodiscard]] DescribedWeights describe_weights(const Invocation& call);
void print_weights(const DescribedWeights& weights);
void add_weights(JsonWriter& w, const DescribedWeights& weights);

}  // namespace ingot::runtime::cli
