#include "cuda/gemm.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot_abi.h>

#include <numeric>
#include <optional>
#include <utility>

namespace ingot::runtime::cuda {
namespace {

// What NVIDIA's guide recommends for compute capability 9 and later; earlier devices need less.
constexpr std::size_t most_workspace = std::size_t{32} << 20;

std::optional<int> library_type(std::uint32_t dtype) {
  switch (dtype) {
    case INGOT_F32:
      return CUDA_R_32F;
    case INGOT_F16:
      return CUDA_R_16F;
    case INGOT_BF16:
      return CUDA_R_16BF;
    default:
      return std::nullopt;
  }
}

/// A scale is no epilogue of the library's: it multiplies every product with one.
std::optional<int> library_epilogue(std::uint32_t epilogue) {
  switch (epilogue & ~std::uint32_t{INGOT_EPILOGUE_SCALE}) {
    case INGOT_EPILOGUE_NONE:
      return CUBLASLT_EPILOGUE_DEFAULT;
    case INGOT_EPILOGUE_BIAS:
      return CUBLASLT_EPILOGUE_BIAS;
    case INGOT_EPILOGUE_RELU:
      return CUBLASLT_EPILOGUE_RELU;
    case INGOT_EPILOGUE_BIAS | INGOT_EPILOGUE_RELU:
      return CUBLASLT_EPILOGUE_RELU_BIAS;
    case INGOT_EPILOGUE_RELU | INGOT_EPILOGUE_KEEP_MASK:
      return CUBLASLT_EPILOGUE_RELU_AUX;
    case INGOT_EPILOGUE_BIAS | INGOT_EPILOGUE_RELU | INGOT_EPILOGUE_KEEP_MASK:
      return CUBLASLT_EPILOGUE_RELU_AUX_BIAS;
    case INGOT_EPILOGUE_MASK:
      return CUBLASLT_EPILOGUE_DRELU;
    case INGOT_EPILOGUE_COLUMN_SUMS:
      return CUBLASLT_EPILOGUE_BGRADA;
    default:
      return std::nullopt;
  }
}

bool has(const ingot_device_gemm& gemm, std::uint32_t bits) { return (gemm.epilogue & bits) != 0; }

/// Of the operand's address, as far as it is known ahead: bases of spaces are multiples of INGOT_DEVICE_ALIGNMENT.
std::uint32_t alignment(const ingot_device_operand& operand) {
  return static_cast<std::uint32_t>(std::gcd(operand.offset, std::uint64_t{INGOT_DEVICE_ALIGNMENT}));
}

/// The library's description of one product: its descriptor and layouts, destroyed with their owner. `ok()` is false when it refuses.
class Description {
 public:
  Description(const CublasLt& library, const ingot_device_gemm& gemm, CUdeviceptr bias, CUdeviceptr mask) : library_(library) {
    const auto a = library_type(gemm.a_dtype), b = library_type(gemm.b_dtype), d = library_type(gemm.d_dtype);
    const auto epilogue = library_epilogue(gemm.epilogue);
    if (!a || !b || !d || !epilogue) {
      status_ = CUBLAS_STATUS_NOT_SUPPORTED;
      return;
    }
    const int first = gemm.transpose_b != 0 ? CUBLAS_OP_T : CUBLAS_OP_N, second = gemm.transpose_a != 0 ? CUBLAS_OP_T : CUBLAS_OP_N;
    keep(library.desc_create(&desc_, CUBLAS_COMPUTE_32F, CUDA_R_32F));
    set(CUBLASLT_MATMUL_DESC_TRANSA, first);
    set(CUBLASLT_MATMUL_DESC_TRANSB, second);
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, *epilogue);
    if (has(gemm, INGOT_EPILOGUE_SCALE)) set(CUBLASLT_MATMUL_DESC_POINTER_MODE, CUBLASLT_POINTER_MODE_DEVICE);
    if (has(gemm, INGOT_EPILOGUE_BIAS | INGOT_EPILOGUE_COLUMN_SUMS)) {
      set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, library_type(gemm.bias_dtype).value_or(CUDA_R_32F));
      set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
    }
    if (has(gemm, INGOT_EPILOGUE_KEEP_MASK | INGOT_EPILOGUE_MASK)) {
      set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, mask);
      set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, std::int64_t{gemm.mask_stride});
    }
    // As they lie in memory: [rows, columns] of ours are [columns, rows] of the library's.
    layout(first_, *b, gemm.transpose_b != 0 ? gemm.k : gemm.n, gemm.transpose_b != 0 ? gemm.n : gemm.k, gemm.ldb);
    layout(second_, *a, gemm.transpose_a != 0 ? gemm.m : gemm.k, gemm.transpose_a != 0 ? gemm.k : gemm.m, gemm.lda);
    layout(result_, *d, gemm.n, gemm.m, gemm.ldd);
  }
  ~Description() {
    for (cublasLtMatrixLayout_t one : {first_, second_, result_})
      if (one != nullptr) library_.layout_destroy(one);
    if (desc_ != nullptr) library_.desc_destroy(desc_);
  }
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  [[nodiscard]] bool ok() const noexcept { return status_ == CUBLAS_STATUS_SUCCESS; }
  [[nodiscard]] cublasStatus_t status() const noexcept { return status_; }

  GemmLibrary::Choice heuristic(cublasLtHandle_t handle, const ingot_device_gemm& gemm) {
    GemmLibrary::Choice choice;
    cublasLtMatmulPreference_t preference = nullptr;
    if (!ok() || library_.preference_create(&preference) != CUBLAS_STATUS_SUCCESS) return choice;
    library_.preference_set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &most_workspace, sizeof most_workspace);
    const auto align = [&](int attribute, const ingot_device_operand& operand) {
      const std::uint32_t bytes = alignment(operand);
      library_.preference_set(preference, attribute, &bytes, sizeof bytes);
    };
    align(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, gemm.b);
    align(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, gemm.a);
    align(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, gemm.d);
    align(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, gemm.d);
    cublasLtMatmulHeuristicResult_t result = {};
    int found = 0;
    const cublasStatus_t status = library_.heuristic(handle, desc_, first_, second_, result_, result_, preference, 1, &result, &found);
    library_.preference_destroy(preference);
    choice.usable = status == CUBLAS_STATUS_SUCCESS && found > 0 && result.state == CUBLAS_STATUS_SUCCESS;
    choice.algo = result.algo;
    choice.workspace_bytes = choice.usable ? result.workspaceSize : 0;
    return choice;
  }

  cublasStatus_t matmul(cublasLtHandle_t handle, const GemmLibrary::Operands& at, const GemmLibrary::Choice& choice, CUdeviceptr workspace,
                        CUstream stream) {
    if (!ok()) return status_;
    constexpr float one = 1, zero = 0;
    const auto pointer = [](CUdeviceptr address) { return reinterpret_cast<void*>(address); };
    const void* const alpha = at.scale != 0 ? pointer(at.scale) : &one;
    const void* const beta = at.scale != 0 ? pointer(at.zero) : &zero;
    return library_.matmul(handle, desc_, alpha, pointer(at.b), first_, pointer(at.a), second_, beta, pointer(at.d), result_, pointer(at.d),
                           result_, &choice.algo, pointer(workspace), choice.workspace_bytes, stream);
  }

 private:
  void keep(cublasStatus_t status) {
    if (ok()) status_ = status;
  }
  template <class Value>
  void set(int attribute, const Value& value) {
    if (ok()) keep(library_.desc_set(desc_, attribute, &value, sizeof value));
  }
  void layout(cublasLtMatrixLayout_t& at, int type, std::uint64_t rows, std::uint64_t columns, std::int64_t stride) {
    if (ok()) keep(library_.layout_create(&at, type, rows, columns, stride));
  }

  const CublasLt& library_;
  cublasStatus_t status_ = CUBLAS_STATUS_SUCCESS;
  cublasLtMatmulDesc_t desc_ = nullptr;
  cublasLtMatrixLayout_t first_ = nullptr, second_ = nullptr, result_ = nullptr;
};

}  // namespace

GemmLibrary::GemmLibrary(const Context& context) : context_(context) {
  const OptionalCublasLt& opened = open_cublaslt(context.driver());
  library_ = opened.library;
  missing_ = opened.missing;
  if (library_ == nullptr) return;
  if (const cublasStatus_t status = library_->create(&handle_); status != CUBLAS_STATUS_SUCCESS) {
    missing_ = fmt::format("{} cannot start: {}", library_->name, library_->status_string(status));
    library_ = nullptr;
  }
}

GemmLibrary::~GemmLibrary() {
  if (library_ != nullptr) library_->destroy(handle_);
}

const GemmLibrary::Choice& GemmLibrary::choose(const ingot_device_gemm& gemm) {
  const Key key = {gemm.transpose_a,  gemm.transpose_b,  gemm.m,           gemm.n,       gemm.k,          gemm.lda,      gemm.ldb,
                   gemm.ldd,          gemm.a_dtype,      gemm.b_dtype,     gemm.d_dtype, gemm.bias_dtype, gemm.epilogue, gemm.mask_stride,
                   alignment(gemm.a), alignment(gemm.b), alignment(gemm.d)};
  if (const auto found = choices_.find(key); found != choices_.end()) return found->second;
  Choice choice;
  // The heuristic reads nothing of a bias and a mask but their alignment, from the address.
  const auto& bias = has(gemm, INGOT_EPILOGUE_COLUMN_SUMS) ? gemm.sums : gemm.bias;
  if (library_ != nullptr) choice = Description(*library_, gemm, alignment(bias), alignment(gemm.mask)).heuristic(handle_, gemm);
  return choices_.emplace(key, choice).first->second;
}

void GemmLibrary::enqueue(const ingot_device_gemm& gemm, const Operands& at, CUdeviceptr workspace, CUstream stream,
                          const std::string& what) {
  const cublasStatus_t status = Description(*library_, gemm, at.bias, at.mask).matmul(handle_, at, choose(gemm), workspace, stream);
  if (status != CUBLAS_STATUS_SUCCESS)
    throw MachineError(fmt::format("{}: {} cannot run {}: {}", context_.name(), library_->name, what, library_->status_string(status)));
}

}  // namespace ingot::runtime::cuda
