#include "data/csv_cached.hpp"

#include "cache/dataset_cache.hpp"

#include <ingot/runtime/cache/cache_key.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

#include <bit>

namespace ingot::runtime {
namespace {

// To be raised when the same file is encoded to other rows than before.
constexpr std::uint64_t encoding_version = 1;

// Before the encoder in what is kept beside the training rows.
constexpr std::string_view with_test = "test ", without_test = "none ";

void add_list(CacheKey& key, const std::vector<std::string>& list) {
  key.add_number(list.size());
  for (const std::string& text : list) key.add(text);
}

void add_ports(CacheKey& key, const std::vector<Port>& ports) {
  key.add_number(ports.size());
  for (const Port& port : ports) {
    key.add(port.name).add_number(port.dtype).add_number(port.classes).add_number(port.dims.size());
    for (const std::uint32_t extent : port.dims) key.add_number(extent);
  }
}

// The content, which is read anyway and hashed in a fraction of the time that parsing takes.
void add_content(CacheKey& key, const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const auto bytes = file->bytes();
  key.add(std::filesystem::absolute(path).lexically_normal().native()).add_number(bytes.size());
  key.add_number(ContentHash().add(bytes.data(), bytes.size()).digest());
}

CacheKey key_of(const std::filesystem::path& train, const std::filesystem::path* test, const ModelPorts& ports,
                const LoadOptions& options) {
  CacheKey key("csv", encoding_version);
  const CsvOptions& csv = options.csv;
  for (const auto* list : {&csv.targets, &csv.categorical, &csv.numeric, &csv.ignore}) add_list(key, *list);
  key.add(csv.weight).add_number(csv.missing_indicator ? 1 : 0).add_number(csv.unknown_as_zeros ? 1 : 0);
  key.add_number(static_cast<unsigned char>(csv.separator)).add_number(std::bit_cast<std::uint64_t>(options.test_fraction));
  add_ports(key, ports.inputs);
  add_ports(key, ports.targets);
  key.add_number(ports.sample_weights ? 1 : 0);
  add_content(key, train);
  if (test != nullptr) add_content(key, *test);
  return key;
}

}  // namespace

LoadedData csv_cached(const std::filesystem::path& train, const std::filesystem::path* test, const ModelPorts& ports,
                      const LoadOptions& options, const std::function<LoadedData()>& parse) {
  if (options.cache.kind != RowCacheKind::file) return parse();
  RowCacheOptions cache = options.cache;
  if (cache.folder.empty()) cache.folder = default_cache_folder();
  const CacheKey train_key = key_of(train, test, ports, options);
  CacheKey test_key = train_key;
  test_key.add("test");
  LoadedData found;
  auto rows = read_cached(cache.folder, train_key, found.notes), test_rows = read_cached(cache.folder, test_key, found.notes);
  if (rows && (test_rows || !rows->extra.starts_with(with_test))) {
    found.train = std::move(rows->data);
    if (test_rows) found.test = std::move(test_rows->data);
    found.encoder = CsvEncoder::from_json(rows->extra.substr(with_test.size()));
    return found;
  }
  LoadedData parsed = parse();
  parsed.notes.insert(parsed.notes.begin(), found.notes.begin(), found.notes.end());
  if (!parsed.encoder) return parsed;
  const bool tested = parsed.test.rows() > 0;
  write_cached(cache, train_key, {parsed.train, std::string(tested ? with_test : without_test) + parsed.encoder->to_json()}, parsed.notes);
  if (tested) write_cached(cache, test_key, {parsed.test, ""}, parsed.notes);
  return parsed;
}

}  // namespace ingot::runtime
