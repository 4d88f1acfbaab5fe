// Programs compiled with marks: what they call, in which order, and that they compute the same.
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

using ThreadMarks = std::vector<std::uint32_t>;

ProgramPlan plan_of() {
  const DefinitionBuilder b = reference_mlp(40);
  return plan_program(b.view(), nullptr, 8, DType::f32, {Entry::train, Entry::predict}, make_target("host"));
}

/// How often each kernel of the entry was marked, and BEGIN.
std::map<std::uint32_t, unsigned> counts(const ThreadMarks& marks) {
  std::map<std::uint32_t, unsigned> sums;
  for (const std::uint32_t mark : marks) ++sums[mark];
  return sums;
}

}  // namespace

TEST_CASE("every group of every kernel is marked once, after a mark for each phase", "[marks]") {
  const ProgramPlan plan = plan_of();
  ProgramRunner marked(plan, nullptr, Marks::every_kernel), plain(plan);
  const InterpreterInputs in = representable(plan.graph(), training_inputs(plan.graph(), 8, 3));
  for (const unsigned threads : {1u, 3u}) {
    RunOptions options;
    options.threads = threads;
    const RunOutput got = marked.run(Entry::train, in, options);
    CHECK(same_output(got, plain.run(Entry::train, in, options)));
    REQUIRE(got.marks.size() == threads);
    const EntryPlan& entry = plan.entries.front();
    std::map<std::uint32_t, unsigned> all;
    for (const ThreadMarks& marks : got.marks) {
      CHECK(counts(marks)[INGOT_MARK_BEGIN] == entry.phases);
      unsigned phase = 0;
      bool begun = false;
      for (const std::uint32_t mark : marks) {
        if (mark == INGOT_MARK_BEGIN) {
          phase += begun ? 1 : 0;
          begun = true;
        } else {
          CHECK(entry.kernels.at(mark).phase == phase);
          ++all[mark];
        }
      }
    }
    for (std::uint32_t k = 0; k < entry.kernels.size(); ++k) CHECK(all[k] == entry.kernels[k].groups);
  }
}

TEST_CASE("programs with and without marks are two entries of the cache, and share their contractions", "[marks]") {
  class Kept final : public KernelCache {
   public:
    std::string find(std::string_view key) override { return objects[std::string(key)]; }
    void store(std::string_view key, std::string_view object) override { objects[std::string(key)] = object; }
    std::map<std::string, std::string> objects;
  } cache;
  const ProgramPlan plan = plan_of();
  CHECK_FALSE(compile_now(plan, &cache)->from_cache());
  const std::size_t objects = cache.objects.size();
  CHECK_FALSE(compile_now(plan, &cache, Marks::every_kernel)->from_cache());
  CHECK(cache.objects.size() == objects + 1);
  CHECK(compile_now(plan, &cache)->from_cache());
  CHECK(compile_now(plan, &cache, Marks::every_kernel)->from_cache());
}
