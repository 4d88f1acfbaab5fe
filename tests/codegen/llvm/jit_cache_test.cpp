// The just-in-time compiler and its cache: the second compilation of a program takes everything from the cache, a damaged entry
// is compiled again, variants share contractions; and the refusal of foreign targets.
#include "cache/object_cache.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/targets.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;
namespace fs = std::filesystem;

namespace {

/// In memory, with a count of what was asked and stored.
class CountingCache final : public KernelCache {
 public:
  std::string find(std::string_view key) override {
    const auto known = objects_.find(std::string(key));
    if (known != objects_.end()) ++hits;
    return known == objects_.end() ? std::string() : known->second;
  }
  void store(std::string_view key, std::string_view object) override {
    CHECK(key.size() == 32);
    CHECK(objects_.emplace(key, object).second);
  }
  int hits = 0;
  [[nodiscard]] std::size_t size() const { return objects_.size(); }

 private:
  std::map<std::string, std::string> objects_;
};

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "ingot_jit_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

ProgramPlan plan_of(int hidden, double dropout_rate = 0) {
  const DefinitionBuilder b = reference_mlp(hidden, dropout_rate);
  return plan_program(b.view(), nullptr, 8, DType::f32, {Entry::train, Entry::predict}, make_target("host"));
}
RunOutput train_once(const ProgramPlan& plan, ProgramRunner& runner) {
  return runner.run(Entry::train, representable(plan.graph(), training_inputs(plan.graph(), 8, 3)));
}

void damage(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
      file.put('\x5a').put('\x5a').put('\x5a').put('\x5a').put('\x5a');
      return;
    }
}

}  // namespace

TEST_CASE("a program compiled twice comes from the cache and computes the same", "[jit]") {
  CountingCache cache;
  const ProgramPlan plan = plan_of(40);
  ProgramRunner first(plan, &cache);
  CHECK_FALSE(first.from_cache());
  const std::size_t objects = cache.size();
  CHECK(objects >= 3);
  ProgramRunner second(plan, &cache);
  CHECK(second.from_cache());
  CHECK(cache.size() == objects);
  CHECK(cache.hits == static_cast<int>(objects));
  CHECK(same_output(train_once(plan, first), train_once(plan, second)));
}

TEST_CASE("variants share what is equal in them", "[jit]") {
  CountingCache cache;
  const ProgramPlan plain = plan_of(40), with_dropout = plan_of(40, 0.5);
  const ProgramRunner first(plain, &cache);
  cache.hits = 0;
  const ProgramRunner second(with_dropout, &cache);
  CHECK_FALSE(second.from_cache());
  CHECK(cache.hits > 0);
}

TEST_CASE("a damaged cache entry is compiled again", "[jit]") {
  const Folder folder;
  ObjectCache cache(folder.path);
  const ProgramPlan plan = plan_of(24);
  ProgramRunner first(plan, &cache);
  CHECK(ProgramRunner(plan, &cache).from_cache());
  damage(folder.path);
  ProgramRunner repaired(plan, &cache);
  CHECK_FALSE(repaired.from_cache());
  CHECK(same_output(train_once(plan, first), train_once(plan, repaired)));
  CHECK(ProgramRunner(plan, &cache).from_cache());
}

TEST_CASE("a target that this processor is not is refused with a remedy", "[jit]") {
  if (host_cpu().avx512) {
    WARN("this processor runs every target");
    return;
  }
  const DefinitionBuilder b = reference_mlp(8);
  const ProgramPlan plan = plan_program(b.view(), nullptr, 2, DType::f32, {Entry::predict}, make_target("x86-64-v4"));
  CHECK_THROWS_AS(compile_now(plan, nullptr), UserError);
}

TEST_CASE("unknown targets are refused with the names of the known ones", "[jit]") {
  CHECK_THROWS_WITH(make_target("x86-64-v9"), Catch::Contains("x86-64-v3") && Catch::Contains("host"));
}
