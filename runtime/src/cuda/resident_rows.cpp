#include "cuda/resident_rows.hpp"

#include <algorithm>

namespace ingot::runtime::cuda {
namespace {

std::uint64_t bytes_of(const Table& table) { return table.rows * table.row_bytes(); }

bool in_host_memory(const Table& table) { return table.storage != nullptr && table.source == nullptr && table.resident; }

}  // namespace

std::shared_ptr<void> ResidentRows::keep(const Dataset& data, CUstream stream) {
  std::vector<const Table*> tables;
  for (const Table& table : data.inputs) tables.push_back(&table);
  for (const Table& table : data.targets) tables.push_back(&table);
  std::uint64_t wanted = 0;
  for (const Table* table : tables) {
    if (!in_host_memory(*table)) return nullptr;
    wanted += bytes_of(*table);
  }
  if (wanted == 0 || wanted + context_.facts().memory_bytes / 8 > pool_.available()) return nullptr;
  auto kept = std::make_shared<std::vector<std::shared_ptr<Copy>>>();
  for (const Table* table : tables) kept->push_back(copy_of(*table, stream));
  return kept;
}

std::shared_ptr<ResidentRows::Copy> ResidentRows::copy_of(const Table& table, CUstream stream) {
  std::erase_if(copies_, [](const std::weak_ptr<Copy>& copy) { return copy.expired(); });
  const auto* host = static_cast<const std::byte*>(table.data());
  for (const std::weak_ptr<Copy>& weak : copies_) {
    const std::shared_ptr<Copy> copy = weak.lock();
    if (copy != nullptr && copy->host == host && copy->bytes == bytes_of(table)) return copy;
  }
  auto copy = std::make_shared<Copy>(Copy{host, bytes_of(table), PoolBlock(pool_, bytes_of(table))});
  transfer_.to_device(copy->block.address(), host, copy->bytes, stream);
  copies_.push_back(copy);
  return copy;
}

std::optional<ResidentRows::Place> ResidentRows::find(const void* host, std::uint64_t row_bytes) const {
  const auto* at = static_cast<const std::byte*>(host);
  for (const std::weak_ptr<Copy>& weak : copies_) {
    const std::shared_ptr<Copy> copy = weak.lock();
    if (copy == nullptr || at < copy->host || at >= copy->host + copy->bytes) continue;
    return Place{copy->block.address(), static_cast<std::uint64_t>(at - copy->host) / row_bytes};
  }
  return std::nullopt;
}

}  // namespace ingot::runtime::cuda
