// CSV tables through cache files: parsed once, the same data afterwards.
#include "runtime/data/support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/cache/cache_folder.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/load.hpp>

#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;
using Catch::Matchers::Contains;

namespace {

std::string table(int rows) {
  std::string text = "age,town,kind\n";
  for (int r = 0; r < rows; ++r)
    text += std::to_string(r % 7) + (r % 3 == 0 ? ",Ulm," : ",Aalen,") + (r % 2 ? "yes" : "no") + std::string("\n");
  return text;
}

LoadedData load(const std::filesystem::path& path, const TemporaryFolder& cache, double test_fraction = 0.25) {
  const ModelPorts ports{"toy", {{"x", INGOT_F32, {3}, 0}}, {{"y", INGOT_I32, {}, 2}}};
  LoadOptions options;
  options.test_fraction = test_fraction;
  options.cache = {RowCacheKind::file, cache.path(), default_cache_limit, {}};
  return load_dataset(path, ports, options);
}

void check_same(const Dataset& a, const Dataset& b) {
  REQUIRE(a.rows() == b.rows());
  CHECK(a.identity == b.identity);
  if (a.rows() > 0) CHECK(a.source == b.source);
  CHECK(a.class_names == b.class_names);
  if (a.rows() == 0) return;
  const Table &x = a.inputs.at(0), &y = b.inputs.at(0);
  CHECK((x.name == y.name && x.dtype == y.dtype && x.dims == y.dims));
  CHECK(std::memcmp(x.data(), y.data(), x.rows * x.row_bytes()) == 0);
  CHECK(std::memcmp(a.targets.at(0).data(), b.targets.at(0).data(), 4 * a.rows()) == 0);
}

std::string notes(const LoadedData& data) {
  std::string all;
  for (const std::string& note : data.notes) all += note + "\n";
  return all;
}

}  // namespace

TEST_CASE("a table comes back from its cache file as it was parsed, test part and encoder too") {
  const TemporaryFolder data, cache;
  write_file(data / "d.csv", table(40));
  for (const double test_fraction : {0.25, 0.0}) {
    const LoadedData parsed = load(data / "d.csv", cache, test_fraction), kept = load(data / "d.csv", cache, test_fraction);
    CHECK(notes(parsed).empty());
    CHECK_THAT(notes(kept), Contains("rows come from the cache file"));
    check_same(parsed.train, kept.train);
    check_same(parsed.test, kept.test);
    CHECK(parsed.encoder->to_json() == kept.encoder->to_json());
    CHECK(kept.test.rows() == (test_fraction > 0 ? 10 : 0));
  }
  CHECK(list_cache(cache.path()).size() == 3);
}

TEST_CASE("another content, another option is parsed anew; so is what was damaged or lost") {
  const TemporaryFolder data, cache;
  write_file(data / "train.csv", table(40));
  write_file(data / "test.csv", table(9));
  const LoadedData first = load(data.path(), cache);
  write_file(data / "test.csv", table(11));
  const LoadedData longer = load(data.path(), cache);
  CHECK(longer.test.rows() == 11);
  CHECK(notes(longer).empty());
  for (const CacheEntry& entry : list_cache(cache.path())) {
    std::string content = read_whole_file(entry.path);
    content.back() ^= 1;
    write_file(entry.path, content);
  }
  const LoadedData again = load(data.path(), cache);
  CHECK_THAT(notes(again), Contains("is made again: ") && Contains("damaged: its end does not match its check"));
  check_same(again.train, first.train);
  check_same(again.test, longer.test);
  CHECK_THAT(notes(load(data.path(), cache)), Contains("come from the cache file"));
}
