// The masks of a program: slots named "NAME/mask", one for each parameter NAME that is pruned. Between two steps of training the pruner
// chooses which weights these let through; the update of the program keeps the others at zero.
#pragma once
#include <ingot/runtime/model/instance.hpp>
#include <ingot/runtime/prune/mask.hpp>
#include <ingot/runtime/train/loops.hpp>

#include <cstdint>
#include <vector>

namespace ingot::runtime {

class Pruner {
 public:
  /// Finds the masks of `instance`, which must outlive this object.
  Pruner(Instance& instance, const PrunePattern& pattern);

  /// Chooses the smallest weights anew and sets them, and what optimizer and averages hold of them, to zero.
  void choose(double share);
  /// "sparsity", the share of zeros of all pruned tensors together, then "sparsity.NAME" of each.
  [[nodiscard]] NamedValues sparsities() const;

 private:
  struct Tensor {
    std::uint32_t weight, mask;
    std::vector<std::uint32_t> slots;  ///< the others of the same parameter
  };
  void apply(const Tensor& tensor, const Mask& mask);

  Instance* instance_;
  PrunePattern pattern_;
  std::vector<Tensor> tensors_;
};

}  // namespace ingot::runtime
