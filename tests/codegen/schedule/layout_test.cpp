// Layouts and register tiles: properties over many extents.
#include "schedule/layout.hpp"

#include "codegen/llvm/op_graphs.hpp"
#include "schedule/partition.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr std::int64_t extents[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 100, 112, 784};

}  // namespace

TEST_CASE("panels hold every column once and are whole vectors", "[layout]") {
  for (const char* name : {"x86-64-v3", "x86-64-v4"})
    for (const DType dtype : {DType::f32, DType::f64})
      for (const std::int64_t rows : extents)
        for (const std::int64_t cols : extents)
          for (const bool batched : {false, true}) {
            const Target target = make_target(name);
            const Layout l = make_layout({dtype, batched, rows, cols}, 5, target);
            const auto size = static_cast<std::int64_t>(dtype_size(dtype));
            INFO(name << " " << dtype_name(dtype) << " " << rows << " x " << cols);
            CHECK(l.panels() * l.width >= cols);
            CHECK((l.panels() - 1) * l.width < cols);
            CHECK(l.width % l.lanes == 0);
            CHECK((l.vectors() == 1 || l.vectors() == 2));
            CHECK((cols == 1 ? l.lanes == 1 : l.lanes * size == target.vector_bytes));
            CHECK(l.rows >= (batched ? rows * 5 + max_row_tile : rows));
            if (!batched && rows > 1) CHECK(l.rows % (2 * target.vector_bytes / size) == 0);
            CHECK(l.bytes() == l.elements() * size);
          }
}

TEST_CASE("layouts of the same extents are equal, of others not", "[layout]") {
  const Target v3 = make_target("x86-64-v3");
  const Type t{DType::f32, false, 30, 40};
  CHECK(make_layout(t, 4, v3) == make_layout(t, 9, v3));  // the batch is nothing to a weight
  CHECK_FALSE(make_layout(t, 4, v3) == make_layout({DType::f32, false, 40, 30}, 4, v3));
  CHECK_FALSE(make_layout(t, 4, v3) == make_layout(t, 4, make_target("x86-64-v4")));
}

TEST_CASE("blocks of a batch are no longer than the room behind it", "[partition]") {
  for (std::int64_t rows = 1; rows < 200; ++rows) {
    const std::int64_t block = batch_block(rows);
    INFO(rows);
    CHECK(block >= 1);
    CHECK(block <= max_row_tile);
    CHECK((rows + block - 1) / block >= 1);
  }
}

TEST_CASE("register tiles fit the registers, the rows and what they must divide", "[partition]") {
  for (const char* name : {"x86-64-v3", "x86-64-v4"}) {
    const Target target = make_target(name);
    for (const std::int64_t vectors : {1, 2})
      for (const std::int64_t rows : extents)
        for (const std::int64_t divides : {0, 1, 4, 8, 16, 32}) {
          const int tile = choose_row_tile(target, vectors, rows, divides);
          INFO(name << ", " << vectors << " vectors, " << rows << " rows, divides " << divides);
          CHECK(tile >= 1);
          CHECK(tile <= max_row_tile);
          CHECK(tile <= rows);
          if (divides > 0) CHECK(divides % tile == 0);
          CHECK(tile * vectors + vectors + 1 <= target.vector_registers);  // accumulators, a row of B, a broadcast
        }
    CHECK(choose_row_tile(target, 2, 784, 0) >= target.row_tile - 1);
  }
}

TEST_CASE("no register tile leaves the memory of its result", "[partition]") {
  for (const char* name : {"x86-64-v3", "x86-64-v4"})
    for (const DType dtype : {DType::f32, DType::f64})
      for (const auto& [cols, out] : {std::pair{112, 7}, {112, 112}, {784, 10}, {33, 100}, {17, 1}, {1, 17}}) {
        const ProgramPlan plan = plan_graphs({{Entry::predict, matmul_graph(dtype, cols, out)}}, 19, make_target(name));
        for (const ScheduledKernel& sk : plan.entries[0].schedule->kernels) {
          const Kernel& k = sk.kernel;
          if (k.kind != KernelKind::contraction) continue;
          const std::int64_t rows = k.domain.batched ? k.domain.rows * 19 : k.domain.rows;
          const std::int64_t last = (rows + k.row_tile - 1) / k.row_tile * k.row_tile;
          INFO(sk.name << " " << name << " " << cols << " x " << out << ", tile " << k.row_tile);
          CHECK(last <= make_layout(k.domain, 19, plan.target).rows);
          if (k.partition == Partition::blocks) CHECK(k.block % k.row_tile == 0);
        }
      }
}
