// Networks whose products go through a GEMM library, on the simulated driver's device, against the interpreter: every epilogue, masks from
// forward to backward, what is left as a kernel; and with fewer rows than a batch, kernels alone.
#include "codegen/llvm/low_graphs.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/slow_device.hpp"
#include "codegen/support/tolerance.hpp"
#include "cuda/cublaslt_types.hpp"
#include "runtime/cuda/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const std::vector<Entry> all_entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

DefinitionBuilder network(int input, std::initializer_list<int> widths, act activation, opt_kind optimizer) {
  DefinitionBuilder b("library");
  b.input({input}, "x");
  int layer = 0;
  for (const int width : widths) b.dense(width, activation, "hidden" + std::to_string(++layer));
  b.dense(5, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(optimizer);
  return b;
}

/// The calls of a full batch, where the library has no product with one of the epilogues `lacking`.
std::size_t calls(const DeviceEntryPlan& e, std::uint32_t lacking) {
  std::size_t count = 0;
  for (const DeviceLaunch& l : e.launches)
    if (std::none_of(l.products.begin(), l.products.end(), [&](const LibraryGemm& g) { return (g.epilogue.bits & lacking) != 0; }))
      count += l.products.size();
  return count;
}

/// The bits of all epilogues in the plan.
std::uint32_t compare(const DefinitionBuilder& b, unsigned batch, double allowed, std::uint32_t lacking = 0) {
  const DevicePlan plan = plan_device_program(b.view(), nullptr, batch, all_entries, slow_device());
  DeviceRunner runner(plan);
  std::uint32_t seen = 0;
  for (const DeviceEntryPlan& e : plan.entries) {
    for (const DeviceLaunch& l : e.launches)
      for (const LibraryGemm& g : l.products) seen |= g.epilogue.bits;
    for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{batch} - 1}) {
      const InterpreterInputs in = representable(e.graph, training_inputs(e.graph, rows, static_cast<std::uint64_t>(rows)));
      INFO(e.graph.name << ", " << rows << " of " << batch << " rows\n" << e.text);
      const std::uint64_t before = reported("gemms");
      const RunOutput got = runner.run(e.entry, in);
      CHECK(reported("gemms") - before == (rows == batch ? calls(e, lacking) : 0));
      std::string where;
      const double worst = worst_distance(e.graph, got, interpret(e.graph, in), &where);
      INFO(where);
      CHECK(worst <= allowed);
      CHECK(same_output(got, runner.run(e.entry, in)));  // the first was launched, this one is a captured graph
    }
  }
  CHECK(wrongs() == "");
  return seen;
}

}  // namespace

TEST_CASE("networks in float32 through a library agree with the interpreter", "[device][library]") {
  using Bits = LibraryEpilogue::Bits;
  const double allowed = tolerance(DType::f32, 12 * 135);
  const std::uint32_t relu = compare(network(24, {40, 33, 136}, act::relu, opt_kind::adam), 9, allowed);
  CHECK(relu == (Bits::bias | Bits::relu | Bits::keep_mask | Bits::mask | Bits::column_sums));
  const std::uint32_t others = compare(network(30, {12, 20}, act::gelu, opt_kind::sgd), 16, allowed);
  CHECK(others == (Bits::bias | Bits::column_sums));
  DefinitionBuilder clipped = network(24, {40, 40}, act::relu, opt_kind::adam);
  clipped.recipe.clip = clip_kind::global_norm;
  clipped.recipe.clip_limit.k = 0.05;
  compare(clipped, 33, allowed);
}

TEST_CASE("where the library refuses to keep masks, nothing reads them", "[device][library]") {
  using Bits = LibraryEpilogue::Bits;
  lack_epilogue(runtime::cuda::CUBLASLT_EPILOGUE_RELU_AUX_BIAS);
  const std::uint32_t seen =
      compare(network(28, {48, 56}, act::relu, opt_kind::adam), 10, tolerance(DType::f32, 12 * 135), Bits::keep_mask | Bits::mask);
  lack_epilogue(0);
  CHECK((seen & Bits::mask) != 0);
}

TEST_CASE("networks in mixed precision through a library agree with the interpreter", "[device][library][low]") {
  using Bits = LibraryEpilogue::Bits;
  for (const precision_kind kind : {precision_kind::f16, precision_kind::bf16}) {
    const DefinitionBuilder b = mixed(network(24, {136, 144, 136}, act::relu, opt_kind::adam), kind);
    // As for kernels of our own, and once more for the biases, which the library wants in 16 bits.
    const double allowed = 8 * unit_roundoff(kind == precision_kind::f16 ? DType::f16 : DType::bf16);
    const std::uint32_t seen = compare(b, 24, allowed);
    const std::uint32_t both = Bits::bias | Bits::relu | Bits::keep_mask | Bits::mask;
    CHECK((seen & both) == both);
    CHECK(((seen & Bits::scale) != 0) == (kind == precision_kind::f16));
  }
}
