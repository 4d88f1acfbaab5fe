// Tables of CSV files through cache files.
#pragma once
#include <ingot/runtime/data/load.hpp>

#include <functional>

namespace ingot::runtime {

/// What `parse` gives for the train file (and, with `test`, the file of the test part), parsed only when no earlier run has: with
/// options.cache.kind == file encoded rows are kept, under a key of the content of the files, the options and the ports. What `parse` gives
/// without an encoder (lists of images) is not kept.
LoadedData csv_cached(const std::filesystem::path& train, const std::filesystem::path* test, const ModelPorts& ports,
                      const LoadOptions& options, const std::function<LoadedData()>& parse);

}  // namespace ingot::runtime
