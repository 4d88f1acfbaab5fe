// What a model wants to be fed with: its inputs and targets, taken from the manifest.
#pragma once
#include <ingot_abi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ingot::runtime {

struct Port {
  std::string name;
  std::uint32_t dtype = INGOT_F32;  ///< inputs: INGOT_U8 = bytes are taken as they are, floats too; targets: INGOT_I32 or INGOT_F32
  std::vector<std::uint32_t> dims;  ///< of one row
  std::uint32_t classes = 0;        ///< targets: number of classes, 1: binary, 0: values
};

struct ModelPorts {
  std::string model;
  std::vector<Port> inputs, targets;
  bool sample_weights = false;  ///< data sets have one more target: the weight of the row (weight_table)
};

/// Target i belongs to output i.
ModelPorts model_ports(const ingot_model& model);

/// Elements of one row.
std::uint64_t port_elements(const Port& port);
/// "(28, 28)"
std::string dims_text(const std::vector<std::uint32_t>& dims);

}  // namespace ingot::runtime
