// Tables of a data set that have a copy on the device while somebody keeps them, found by the host addresses of their rows.
#pragma once
#include "cuda/memory_pool.hpp"
#include "cuda/transfer.hpp"

#include <ingot/runtime/data/dataset.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace ingot::runtime::cuda {

class ResidentRows {
 public:
  ResidentRows(const Context& context, MemoryPool& pool, Transfer& transfer) : context_(context), pool_(pool), transfer_(transfer) {}

  /// Copies all tables of `data`, or shares copies that are there. Null when a table's rows are not all in host memory, or when less than
  /// an eighth of the device's memory would be left.
  [[nodiscard]] std::shared_ptr<void> keep(const Dataset& data, CUstream stream);

  struct Place {
    CUdeviceptr base = 0;   ///< of the copy's row 0
    std::uint64_t row = 0;  ///< of the copy, that the host address is
  };
  /// Where the row at `host` is on the device, if some copy has it.
  [[nodiscard]] std::optional<Place> find(const void* host, std::uint64_t row_bytes) const;

 private:
  struct Copy {
    const std::byte* host;
    std::uint64_t bytes;
    PoolBlock block;
  };
  std::shared_ptr<Copy> copy_of(const Table& table, CUstream stream);

  const Context& context_;
  MemoryPool& pool_;
  Transfer& transfer_;
  std::vector<std::weak_ptr<Copy>> copies_;
};

}  // namespace ingot::runtime::cuda
