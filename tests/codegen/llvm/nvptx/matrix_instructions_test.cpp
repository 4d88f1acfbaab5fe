// Matrix instructions and asynchronous copies, as kernels call them: the right products, in words of PTX; and what is wrong with a fragment
// from another lane, a copy that nobody waited for and a barrier left out is seen.
#include "llvm/nvptx/matrix_instructions.hpp"

#include "llvm/machine.hpp"
#include "llvm/nvptx/device_module.hpp"
#include "support/emulator/emulator.hpp"
#include "support/emulator/matrix_unit.hpp"

#include <catch2/catch.hpp>
#include <ingot_abi.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicsNVPTX.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <cmath>
#include <cstring>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr std::size_t warps = 2, edge = 16;  // of the square matrices, one product for each warp
constexpr unsigned row_bytes = 2 * edge, matrix_bytes = edge * row_bytes;

/// D = A B + 1 for each warp, of two matrices that the other warp brings into shared memory. `transposed`: B lies as [n, k].
class ProductKernel {
 public:
  ProductKernel(llvm::Module& module, DType t, bool transposed) : b_(module.getContext()), dtype_(t), transposed_(transposed) {
    llvm::Function* f = begin_kernel(module, "product", 3);
    b_.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", f));
    shared_ = module.getNamedGlobal(shared_memory_name);
    Value* thread = b_.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x, {}, {});
    lane_ = b_.CreateURem(thread, b_.getInt32(warp_lanes));
    warp_ = b_.CreateUDiv(thread, b_.getInt32(warp_lanes));
    bring(f->getArg(0), 0);
    bring(f->getArg(1), warps * matrix_bytes);
    commit_copies(b_);
    wait_for_copies(b_, 0);
    b_.CreateIntrinsic(llvm::Intrinsic::nvvm_barrier0, {}, {});
    multiply(f->getArg(2));
    b_.CreateRetVoid();
  }

 private:
  using Value = llvm::Value;
  Value* add(Value* x, Value* y) { return b_.CreateAdd(x, y); }
  Value* times(Value* x, unsigned y) { return b_.CreateMul(x, b_.getInt32(y)); }
  Value* over(Value* x, unsigned y) { return b_.CreateUDiv(x, b_.getInt32(y)); }
  Value* rest(Value* x, unsigned y) { return b_.CreateURem(x, b_.getInt32(y)); }
  Value* place(Value* base, Value* byte) { return b_.CreateInBoundsGEP(b_.getInt8Ty(), base, b_.CreateZExt(byte, b_.getInt64Ty())); }

  /// This lane's sixteen bytes of its warp's matrix.
  void bring(Value* from, unsigned base) {
    Value* byte = add(times(warp_, matrix_bytes), times(lane_, 16));
    copy_async(b_, place(shared_, add(byte, b_.getInt32(base))), place(from, byte), 16, b_.getInt32(16));
  }
  std::array<Value*, 4> load(unsigned base, Value* row, Value* half, bool transposed) {
    Value* other = b_.CreateSub(b_.getInt32(1), warp_);
    Value* byte = add(add(times(other, matrix_bytes), times(row, row_bytes)), add(times(half, 16), b_.getInt32(base)));
    return load_matrices(b_, place(shared_, byte), transposed);
  }
  void multiply(Value* to) {
    const LeftFragment a = load(0, rest(lane_, 16), over(lane_, 16), false);
    Value *row = rest(lane_, 16), *half = over(lane_, 16);
    if (transposed_) row = add(rest(lane_, 8), times(over(lane_, 16), 8)), half = rest(over(lane_, 8), 2);
    const auto right = load(warps * matrix_bytes, row, half, !transposed_);
    Value* one = llvm::ConstantFP::get(b_.getFloatTy(), 1);
    for (unsigned side = 0; side < 2; ++side) {
      const SumFragment d = multiply_add(b_, dtype_, a, {right[2 * side], right[2 * side + 1]}, {one, one, one, one});
      for (unsigned w = 0; w < 4; ++w) {
        Value* r = add(over(lane_, 4), b_.getInt32(w / 2 * 8));
        Value* c = add(times(rest(lane_, 4), 2), b_.getInt32(8 * side + w % 2));
        Value* byte = add(times(warp_, edge * edge * 4), times(add(times(r, edge), c), 4));
        b_.CreateStore(d[w], place(to, byte));
      }
    }
  }

  llvm::IRBuilder<> b_;
  DType dtype_;
  bool transposed_;
  Value *shared_ = nullptr, *lane_ = nullptr, *warp_ = nullptr;
};

/// Small whole numbers, all different from row to row and column to column: sums are exact.
float number(std::size_t matrix, std::size_t row, std::size_t col) {
  return static_cast<float>((7 * row + 3 * col + 5 * matrix + row * col) % 23) - 11;
}
std::uint16_t bits_of(float whole, DType t) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &whole, sizeof bits);
  if (t == DType::bf16 || whole == 0) return static_cast<std::uint16_t>(bits >> 16);
  return static_cast<std::uint16_t>((bits >> 16 & 0x8000u) | ((bits >> 23 & 0xFFu) - 112) << 10 | (bits >> 13 & 0x3FFu));
}

class Product {
 public:
  Product(DType t, bool transposed) : a_(warps * edge * edge), b_(a_.size()), d_(a_.size()) {
    const auto machine = make_device_machine(80);
    llvm::LLVMContext context;
    const auto module = begin_device_module(context, *machine);
    ProductKernel(*module, t, transposed);
    finish_device_module(*module, *machine);
    text_ = emit_code(*module, *machine, CodeForm::assembly);
    device_ = emulate_module(*module);
    for (std::size_t i = 0; i < a_.size(); ++i) {
      const std::size_t warp = i / (edge * edge), row = i / edge % edge, col = i % edge;
      a_[i] = bits_of(number(warp, row, col), t);
      b_[i] = bits_of(transposed ? number(warp + 9, col, row) : number(warp + 9, row, col), t);
    }
    emulator_.memory().add("a", a_.data(), a_.size() * 2, false);
    emulator_.memory().add("b", b_.data(), b_.size() * 2, false);
    emulator_.memory().add("d", d_.data(), d_.size() * 4, true);
  }

  /// Empty: the products are right.
  std::string seen(const EmulatedFaults& faults = {}) {
    emulator_.faults = faults;
    const void *a = a_.data(), *b = b_.data(), *d = d_.data();
    const void* const parameters[] = {&a, &b, &d};
    try {
      emulator_.launch(device_->image(), "product", {1, 1, 1}, {warps * warp_lanes, 1, 1}, 2 * warps * matrix_bytes, parameters);
    } catch (const EmulationError& e) {
      return e.what();
    }
    for (std::size_t i = 0; i < d_.size(); ++i) {
      const std::size_t warp = 1 - i / (edge * edge), row = i / edge % edge, col = i % edge;
      float sum = 1;
      for (std::size_t k = 0; k < edge; ++k) sum += number(warp, row, k) * number(warp + 9, k, col);
      if (d_[i] != sum) return "wrong results";
    }
    return {};
  }
  std::vector<std::int64_t> sites(const char* what) const {
    std::vector<std::int64_t> found;
    for (std::uint64_t i = 0; i < device_->image().n_sites; ++i)
      if (std::strstr(device_->image().sites[i], what) != nullptr) found.push_back(static_cast<std::int64_t>(i));
    return found;
  }
  const std::string& text() const { return text_; }

 private:
  std::vector<std::uint16_t> a_, b_;
  std::vector<float> d_;
  std::string text_;
  std::unique_ptr<EmulatedDevice> device_;
  DeviceEmulator emulator_;
};

}  // namespace

TEST_CASE("products of a warp are those of the matrices", "[device][mma]") {
  for (const DType t : {DType::f16, DType::bf16})
    for (const bool transposed : {false, true}) {
      INFO(dtype_name(t) << (transposed ? " transposed" : ""));
      Product product(t, transposed);
      CHECK(product.seen() == "");
      const std::string mma =
          "mma.sync.aligned.m16n8k16.row.col.f32." + std::string(dtype_name(t)) + "." + std::string(dtype_name(t)) + ".f32";
      CHECK(product.text().find(mma) != std::string::npos);
      CHECK(product.text().find("ldmatrix.sync.aligned.m8n8.x4.shared.b16") != std::string::npos);
      CHECK((product.text().find("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16") != std::string::npos) != transposed);
      CHECK(product.text().find("cp.async.cg.shared.global") != std::string::npos);
    }
}

TEST_CASE("fragments of other lanes, missing waits and missing barriers are seen", "[device][mma][faults]") {
  Product product(DType::f16, false);
  const auto each = [&](const char* what, std::int64_t EmulatedFaults::* fault, std::size_t count, const char* words) {
    const auto sites = product.sites(what);
    CHECK(sites.size() == count);
    for (const std::int64_t site : sites) {
      EmulatedFaults faults;
      faults.*fault = site;
      INFO(what << " " << site);
      CHECK_THAT(product.seen(faults), Catch::Matchers::Contains(words));
    }
  };
  each("mma", &EmulatedFaults::swapped_lanes, 2, "wrong results");
  each("ldmatrix", &EmulatedFaults::swapped_lanes, 2, "wrong results");
  each("ldmatrix", &EmulatedFaults::shifted_access, 2, "");
  each("wait for copies", &EmulatedFaults::skipped_wait, 1, "a copy that was not waited for");
  each("barrier", &EmulatedFaults::skipped_barrier, 1, "product: ldmatrix");
  each("copy", &EmulatedFaults::shifted_access, 2, "");
  CHECK(product.seen() == "");
}

TEST_CASE("numbers of 16 bits are what their formats say", "[device][mma]") {
  struct Case {
    std::uint32_t dtype, bits;
    double value;
  };
  const Case cases[] = {{INGOT_F16, 0x3C00, 1},        {INGOT_F16, 0xC500, -5},    {INGOT_F16, 0x0001, 0x1p-24},
                        {INGOT_F16, 0x8400, -0x1p-14}, {INGOT_F16, 0x7BFF, 65504}, {INGOT_F16, 0xFC00, -INFINITY},
                        {INGOT_BF16, 0x3F80, 1},       {INGOT_BF16, 0xC0A0, -5},   {INGOT_BF16, 0x7F80, INFINITY}};
  for (const Case& c : cases) {
    std::array<std::array<std::uint32_t, 10>, warp_lanes> words{};
    std::array<std::uint32_t*, warp_lanes> lanes{};
    for (std::size_t i = 0; i < warp_lanes; ++i) lanes[i] = words[i].data();
    words[0][0] = c.bits;                                    // A(0, 0)
    words[0][4] = c.dtype == INGOT_F16 ? 0x3C00u : 0x3F80u;  // B(0, 0) = 1
    multiply_matrices(c.dtype, lanes);
    float got = 0;
    std::memcpy(&got, &words[0][0], sizeof got);
    INFO(c.bits);
    CHECK(got == static_cast<float>(c.value));
  }
}
