// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009): records of one
// label byte (CIFAR-100: the coarse and the fine one) and 3072 pixel bytes, the planes red, green, blue of 32 x 32.
#pragma once
#include <ingot/runtime/data/array.hpp>

#include <filesystem>
#include <vector>

namespace ingot::runtime {

enum class CifarKind { cifar10, cifar100 };

struct CifarRecords {
  Array images;  ///< u8 [records, 32, 32, 3]
  Array labels;  ///< u8 [records]; of CIFAR-100 the fine ones
};
/// The records of all files, in their order. A file that is no whole number of records throws UserError with its size.
CifarRecords read_cifar(const std::vector<std::filesystem::path>& files, CifarKind kind);

}  // namespace ingot::runtime
