#include "cache/dataset_cache.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/team.hpp>
#include <nlohmann/json.hpp>

namespace ingot::runtime {
namespace {

using Json = nlohmann::json;

Json describe(const std::vector<Table>& tables) {
  Json list = Json::array();
  for (const Table& table : tables) list.push_back({{"name", table.name}, {"dtype", table.dtype}, {"dims", table.dims}});
  return list;
}

std::string description(const CachedDataset& cached) {
  const Dataset& data = cached.data;
  const Json json{{"source", data.source},           {"identity", data.identity},         {"class_names", data.class_names},
                  {"inputs", describe(data.inputs)}, {"targets", describe(data.targets)}, {"extra", cached.extra}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// The next tables of the file, as `list` describes them.
std::vector<Table> tables_of(const CacheFile& file, const Json& list, std::size_t& next) {
  std::vector<Table> tables;
  for (const Json& entry : list) {
    Table table{entry.at("name").get<std::string>(), entry.at("dtype").get<std::uint32_t>(),
                entry.at("dims").get<std::vector<std::uint32_t>>(), file.extents().rows, nullptr};
    if (table.dtype > INGOT_I32 || next >= file.extents().row_bytes.size() || table.row_bytes() != file.extents().row_bytes[next])
      throw UserError(fmt::format("its table {} is not what its description says", next));
    table.storage = file.table(next++);
    table.resident = fits_memory(file.bytes());
    tables.push_back(std::move(table));
  }
  return tables;
}

CachedDataset dataset_of(const CacheFile& file) {
  CachedDataset cached;
  try {
    const Json json = Json::parse(file.description());
    std::size_t next = 0;
    cached.data.inputs = tables_of(file, json.at("inputs"), next);
    cached.data.targets = tables_of(file, json.at("targets"), next);
    cached.data.class_names = json.at("class_names").get<std::vector<std::vector<std::string>>>();
    cached.data.identity = json.at("identity").get<std::uint64_t>();
    cached.data.source = json.at("source").get<std::string>();
    cached.extra = json.at("extra").get<std::string>();
  } catch (const Json::exception& error) {
    throw UserError(fmt::format("its description cannot be read ({})", error.what()));
  }
  return cached;
}

}  // namespace

std::optional<CachedDataset> read_cached(const std::filesystem::path& folder, const CacheKey& key, std::vector<std::string>& notes) {
  const std::filesystem::path path = cache_file_path(folder, key);
  std::error_code ignored;
  if (folder.empty() || !std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    CachedDataset cached = dataset_of(CacheFile::open(path, key, available_threads()));
    touch_cache_file(path);
    notes.push_back(fmt::format("{}: {} rows come from the cache file {}", cached.data.source, cached.data.rows(), path.string()));
    return cached;
  } catch (const UserError& error) {
    notes.push_back(fmt::format("the cache file {} is made again: {}", path.string(), error.what()));
    std::filesystem::remove(path, ignored);
    return std::nullopt;
  }
}

void write_cached(const RowCacheOptions& options, const CacheKey& key, const CachedDataset& cached, std::vector<std::string>& notes) {
  CacheExtents extents{cached.data.rows(), {}};
  std::vector<const Table*> tables;
  for (const Table& table : cached.data.inputs) tables.push_back(&table);
  for (const Table& table : cached.data.targets) tables.push_back(&table);
  for (const Table* table : tables) extents.row_bytes.push_back(table->row_bytes());
  const auto without_file = [&](const std::string& why) {
    notes.push_back(fmt::format("{}: no cache file is written: {}", cached.data.source, why));
  };
  if (options.folder.empty()) return without_file("there is no home folder for cache files, name one with --cache-dir");
  if (tables.size() > CacheExtents::max_tables) return without_file("it has too many inputs and targets");
  try {
    std::filesystem::create_directories(options.folder);
    if (!make_room(options.folder, cache_file_bytes(extents), options.limit)) return without_file("it does not fit --cache-limit");
    const auto writer = CacheFileWriter::begin(options.folder, key, extents);
    if (writer == nullptr) return;
    for (std::size_t t = 0; t < tables.size(); ++t)
      writer->write(t, 0, {static_cast<const std::byte*>(tables[t]->data()), extents.rows * extents.row_bytes[t]});
    writer->finish(description(cached), available_threads());
  } catch (const Error& error) {
    without_file(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    without_file(error.what());
  }
}

}  // namespace ingot::runtime
