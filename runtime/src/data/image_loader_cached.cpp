// Images through a cache.
#include "data/image_failures.hpp"
#include "data/image_loader.hpp"
#include "data/image_rows.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/hash.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ingot::runtime {
namespace {

using Json = nlohmann::json;

// To be raised when a file decodes to other pixels than before.
constexpr std::uint64_t decoding_version = 1;

// Per file: what is wrong with it, as far as that shows without decoding it; those without an end are decoded.
std::vector<std::string> probe_all(const ImageList& list, const ImageFormat& format, Workers& workers) {
  std::vector<std::string> failures(list.files.size());
  workers.run(list.files.size(), [&](std::size_t i) {
    try {
      const auto file = MappedFile::open(list.files[i]);
      const std::string name = list.files[i].string();
      if (probe_image(file->bytes(), name)) return;
      std::vector<std::uint8_t> pixels(format.bytes());
      decode_image(file->bytes(), name, format, pixels.data());
    } catch (const Error& error) {
      failures[i] = error.what();
    }
  });
  return failures;
}

std::vector<std::uint32_t> skipped_of(const std::vector<std::string>& failures) {
  std::vector<std::uint32_t> skipped;
  for (std::size_t i = 0; i < failures.size(); ++i)
    if (!failures[i].empty()) skipped.push_back(static_cast<std::uint32_t>(i));
  return skipped;
}

// The description of a cache file: which of the listed files it does not hold.
std::string describe(const std::vector<std::uint32_t>& skipped, const std::string& source) {
  return Json{{"source", source}, {"skipped", skipped}}.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::vector<std::string> recorded_failures(const std::string& description, const ImageList& list) {
  std::vector<std::string> failures(list.files.size());
  try {
    for (const auto i : Json::parse(description).at("skipped").get<std::vector<std::uint32_t>>())
      failures.at(i) = list.files[i].string() + " was skipped when the cache was filled";
  } catch (const std::exception& error) {
    throw UserError(fmt::format("the description of the cache file is damaged ({})", error.what()));
  }
  return failures;
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

}  // namespace

CacheKey ImageLoader::key_of(const ImageList& list) const {
  CacheKey key("images", decoding_version);
  key.add_number(format_.height).add_number(format_.width).add_number(format_.channels).add_number(format_.antialias ? 1 : 0);
  key.add_number(ports_.inputs.front().dtype).add_number(list.files.size());
  for (const std::filesystem::path& file : list.files) key.add_file(file);
  return key;
}

Dataset ImageLoader::load_cached(ImageList& list) {
  if (cache_.kind == RowCacheKind::file && cache_.folder.empty()) cache_.folder = default_cache_folder();
  const CacheKey key = key_of(list);
  std::optional<Table> rows = cache_.kind == RowCacheKind::file ? open_cache(key, list) : std::nullopt;
  if (!rows) {
    const std::vector<std::string> failures = probe_all(list, format_, *workers_);
    drop_failures(failures, strict_, list, notes_);
    rows = begin_cache(key, skipped_of(failures), list);
  }
  Dataset data;
  data.inputs.push_back(std::move(*rows));
  add_labels(list, data);
  ContentHash hash;
  hash.add(key.text()).add_number(data.rows());
  for (const Table& target : data.targets) hash.add(target.data(), target.rows * target.row_bytes());
  data.identity = hash.digest();
  return data;
}

std::optional<Table> ImageLoader::open_cache(const CacheKey& key, ImageList& list) {
  const std::filesystem::path path = cache_file_path(cache_.folder, key);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const Port& port = ports_.inputs.front();
  Table rows{port.name, port.dtype, port.dims, 0, nullptr};
  std::vector<std::string> failures;
  try {
    const CacheFile file = CacheFile::open(path, key, workers_->threads());
    failures = recorded_failures(file.description(), list);
    rows.rows = file.extents().rows;
    const auto failed = static_cast<std::uint64_t>(std::ranges::count_if(failures, [](const auto& text) { return !text.empty(); }));
    if (file.extents().row_bytes != std::vector{rows.row_bytes()} || rows.rows + failed != list.files.size())
      throw UserError(fmt::format("{} is damaged: it holds other rows than its description says", path.string()));
    rows.storage = file.table(0);
    rows.resident = fits_memory(file.bytes());
  } catch (const UserError& error) {
    notes_.push_back(fmt::format("{}; it is made again", error.what()));
    std::filesystem::remove(path, ignored);
    return std::nullopt;
  }
  touch_cache_file(path);
  drop_failures(failures, strict_, list, notes_);
  notes_.push_back(fmt::format("{}: {} rows come from the cache file {}", list.source, rows.rows, path.string()));
  return rows;
}

Table ImageLoader::begin_cache(const CacheKey& key, const std::vector<std::uint32_t>& skipped, const ImageList& list) {
  const Port& port = ports_.inputs.front();
  Table rows{port.name, port.dtype, port.dims, list.files.size(), nullptr, false};
  const auto decoded = std::make_shared<ImageRows>(format_, port.dtype, list.files, workers_);
  std::unique_ptr<RowStore> store;
  if (cache_.kind == RowCacheKind::file) store = begin_file(key, skipped, list, rows.row_bytes());
  if (store == nullptr) {
    store = memory_store(rows.rows, rows.row_bytes(), memory_left_);
    memory_left_ -= store->capacity() * rows.row_bytes();
    if (store->capacity() < rows.rows)
      notes_.push_back(
          fmt::format("{}: {} of {} images fit the memory limit ({:.0f} of {:.0f} MB), the others are decoded in every pass "
                      "(--memory-limit, or cache(file))",
                      list.source, store->capacity(), rows.rows, megabytes(store->capacity() * rows.row_bytes()),
                      megabytes(rows.rows * rows.row_bytes())));
  }
  rows.source = cached_rows(decoded, rows.row_bytes(), std::move(store));
  return rows;
}

std::unique_ptr<RowStore> ImageLoader::begin_file(const CacheKey& key, const std::vector<std::uint32_t>& skipped, const ImageList& list,
                                                  std::uint64_t row_bytes) {
  const auto without_file = [&](const std::string& why) {
    notes_.push_back(fmt::format("{}: {}; rows are kept in memory", list.source, why));
    return nullptr;
  };
  if (cache_.folder.empty()) return without_file("there is no home folder for cache files, name one with --cache-dir");
  const CacheExtents extents{list.files.size(), {row_bytes}};
  const std::string description = describe(skipped, list.source);
  const std::uint64_t bytes = cache_file_bytes(extents) + description.size();
  try {
    std::filesystem::create_directories(cache_.folder);
    if (!make_room(cache_.folder, bytes, cache_.limit))
      return without_file(fmt::format("a cache file of {:.0f} MB does not fit the limit of {:.0f} MB (--cache-limit)", megabytes(bytes),
                                      megabytes(cache_.limit)));
    auto writer = CacheFileWriter::begin(cache_.folder, key, extents);
    if (writer == nullptr) return without_file("another process is filling the cache file");
    return file_store(std::move(writer), extents, description, workers_->threads(), cache_.tell);
  } catch (const MachineError& error) {
    return without_file(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return without_file(error.what());
  }
}

}  // namespace ingot::runtime
