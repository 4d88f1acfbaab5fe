// Arrays exchanged with NumPy in both directions, where python3 has it.
#include "support.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/npy.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace ingot::runtime;
using namespace ingot::runtime::testing;

namespace {

bool python(const TemporaryFolder& folder, const std::string& program) {
  write_file(folder / "program.py", "import numpy as np\n" + program);
  return std::system(("cd " + folder.path().string() + " && python3 program.py").c_str()) == 0;
}

template <class Number>
void check_counting(const Array& array, ElementType type, Number factor) {
  INFO(array.source);
  CHECK(array.type == type);
  CHECK(array.shape == std::vector<std::uint64_t>{2, 3, 4});
  for (std::size_t i = 0; i < 24; ++i) REQUIRE(reinterpret_cast<const Number*>(array.data.get())[i] == static_cast<Number>(i) * factor);
}

}  // namespace

TEST_CASE("arrays by NumPy and for NumPy") {
  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) {
    std::puts("SKIPPED: python3 with numpy is not installed");
    std::exit(77);
  }
  const TemporaryFolder folder;
  REQUIRE(python(folder, R"(
a = np.arange(24).reshape(2, 3, 4)
for order in "CF":
    arrays = {"f4": np.array(a * 0.5, "<f4", order=order), "f8": np.array(a * 0.5, "<f8", order=order),
              "i4": np.array(a, "<i4", order=order), "i8": np.array(-a, "<i8", order=order), "u1": np.array(a, "u1", order=order)}
    for name, array in arrays.items():
        np.save(f"{name}_{order}.npy", array)
    np.savez(f"plain_{order}.npz", **arrays)
    np.savez_compressed(f"packed_{order}.npz", **arrays)
np.save("half.npy", np.array([1.5], "<f2")); np.save("bool.npy", np.array([True, False])); np.save("scalar.npy", np.float64(3))
)"));
  for (const std::string order : {"C", "F"}) {
    for (const std::string kind : {"plain_", "packed_"})
      for (const auto& [name, array] : read_npz(folder / (kind + order + ".npz"))) {
        if (name == "f4") check_counting<float>(array, ElementType::f32, 0.5f);
        if (name == "f8") check_counting<double>(array, ElementType::f64, 0.5);
        if (name == "i8") check_counting<std::int64_t>(array, ElementType::i64, -1);
        if (name == "u1") check_counting<std::uint8_t>(array, ElementType::u8, 1);
      }
    CHECK(read_npz(folder / ("plain_" + order + ".npz")).size() == 5);
    check_counting<float>(read_npy(folder / ("f4_" + order + ".npy")), ElementType::f32, 0.5f);
    check_counting<std::int32_t>(read_npy(folder / ("i4_" + order + ".npy")), ElementType::i32, 1);
  }
  CHECK(read_npy(folder / "half.npy").type == ElementType::f16);
  CHECK(read_npy(folder / "bool.npy").type == ElementType::boolean);
  CHECK(read_npy(folder / "scalar.npy").shape.empty());

  const Array ours = read_npy(folder / "f4_F.npy");
  write_npy(folder / "ours.npy", ours);
  write_npz(folder / "ours.npz", std::vector<NamedArray>{{"hidden.kernel", ours}, {"scalar", read_npy(folder / "scalar.npy")}});
  CHECK(python(folder, R"(
want = np.arange(24, dtype="<f4").reshape(2, 3, 4) * np.float32(0.5)
got = np.load("ours.npy"); z = np.load("ours.npz")
assert got.dtype == np.float32 and (got == want).all()
assert sorted(z.files) == ["hidden.kernel", "scalar"] and (z["hidden.kernel"] == want).all() and z["scalar"] == 3
)"));
}
