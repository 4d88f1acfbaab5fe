// Data sets that are made as a whole, kept in cache files: one per part.
#pragma once
#include <ingot/runtime/cache/cache_file.hpp>
#include <ingot/runtime/cache/cache_folder.hpp>
#include <ingot/runtime/data/dataset.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

struct CachedDataset {
  Dataset data;
  std::string extra;  ///< what the writer kept beside it
};

/// The data of the complete file of this key, mapped; nothing when there is none. A damaged file is removed, with a sentence in `notes`.
std::optional<CachedDataset> read_cached(const std::filesystem::path& folder, const CacheKey& key, std::vector<std::string>& notes);
/// Writes the file, unless another process is at it. What hinders it is a sentence in `notes`: data are there without the file.
void write_cached(const RowCacheOptions& options, const CacheKey& key, const CachedDataset& cached, std::vector<std::string>& notes);

}  // namespace ingot::runtime
