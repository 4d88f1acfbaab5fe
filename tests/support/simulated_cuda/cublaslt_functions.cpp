// The functions of cuBLASLt that the runtime uses, as plain loops on the simulated machine.
#include "cuda/cublaslt_types.hpp"
#include "support/emulator/low_numbers.hpp"
#include "support/simulated_cuda/machine.hpp"

#include <algorithm>
#include <cstring>

using namespace ingot::test;
using namespace ingot::runtime::cuda;

extern "C" {
#define INGOT_CUBLASLT_FUNCTION(member, symbol, parameters) cublasStatus_t symbol parameters;
#include "cuda/cublaslt_functions.def"
#undef INGOT_CUBLASLT_FUNCTION
const char* cublasLtGetStatusString(cublasStatus_t status);
}

namespace {

constexpr std::size_t wanted_workspace = 4096;  // so that somebody has to plan it

struct Desc {
  int transpose_a = CUBLAS_OP_N, transpose_b = CUBLAS_OP_N, epilogue = CUBLASLT_EPILOGUE_DEFAULT, bias_type = -1;
  std::uint64_t bias = 0;
};
struct Layout {
  int type = CUDA_R_32F;
  std::uint64_t rows = 0, columns = 0;
  std::int64_t stride = 0;

  /// From the first element to behind the last.
  [[nodiscard]] std::size_t bytes() const { return ((columns - 1) * static_cast<std::uint64_t>(stride) + rows) * element_bytes(); }
  [[nodiscard]] std::size_t element_bytes() const { return type == CUDA_R_32F ? 4 : 2; }
  [[nodiscard]] std::uint32_t low_dtype() const { return type == CUDA_R_16F ? INGOT_F16 : INGOT_BF16; }
  [[nodiscard]] std::size_t at(std::uint64_t row, std::uint64_t column) const { return row + column * static_cast<std::uint64_t>(stride); }
};

Desc& desc_of(cublasLtMatmulDesc_t handle) { return *reinterpret_cast<Desc*>(handle); }
Layout& layout_of(cublasLtMatrixLayout_t handle) { return *reinterpret_cast<Layout*>(handle); }

/// The rows of cuBLASLt's table for sums in float32: operands alike, the result like them or float32, a bias like the result.
bool has_types(const Desc& desc, const Layout& a, const Layout& b, const Layout& d) {
  const bool low = a.type == CUDA_R_16F || a.type == CUDA_R_16BF;
  const bool bias = (desc.epilogue & CUBLASLT_EPILOGUE_BIAS) == 0 || desc.bias_type == d.type;
  return (low || a.type == CUDA_R_32F) && b.type == a.type && (d.type == CUDA_R_32F || d.type == a.type) && bias;
}

bool fits(const Desc& desc, const Layout& a, const Layout& b, const Layout& d) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const std::uint64_t m = ta ? a.columns : a.rows, k = ta ? a.rows : a.columns, kb = tb ? b.columns : b.rows, n = tb ? b.rows : b.columns;
  const bool strides = a.stride >= static_cast<std::int64_t>(a.rows) && b.stride >= static_cast<std::int64_t>(b.rows) &&
                       d.stride >= static_cast<std::int64_t>(d.rows);
  return m == d.rows && n == d.columns && k == kb && strides && has_types(desc, a, b, d);
}

float read(const void* matrix, const Layout& l, std::size_t i) {
  return l.type == CUDA_R_32F ? static_cast<const float*>(matrix)[i] : widen(static_cast<const std::uint16_t*>(matrix)[i], l.low_dtype());
}
void write(void* matrix, const Layout& l, std::size_t i, float value) {
  if (l.type == CUDA_R_32F)
    static_cast<float*>(matrix)[i] = value;
  else
    static_cast<std::uint16_t*>(matrix)[i] = narrow(value, l.low_dtype());
}

/// Column-major, as the library has it.
void multiply(const Desc& desc, const void* a, const Layout& la, const void* b, const Layout& lb, void* d, const Layout& ld) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const std::uint64_t inner = ta ? la.rows : la.columns;
  const auto* bias = reinterpret_cast<const float*>(desc.bias);
  for (std::uint64_t j = 0; j < ld.columns; ++j) {
    for (std::uint64_t i = 0; i < ld.rows; ++i) {
      float sum = 0;
      for (std::uint64_t k = 0; k < inner; ++k)
        sum += read(a, la, ta ? la.at(k, i) : la.at(i, k)) * read(b, lb, tb ? lb.at(j, k) : lb.at(k, j));
      if ((desc.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0) sum += bias[i];
      if ((desc.epilogue & CUBLASLT_EPILOGUE_RELU) != 0) sum = std::max(0.0F, sum);
      write(d, ld, ld.at(i, j), sum);
    }
  }
}

/// Of the memory that a product names.
bool in_memory(const void* at, std::size_t bytes, const char* what) {
  const auto wrong = machine().heap().check(reinterpret_cast<std::uintptr_t>(at), bytes);
  if (wrong) machine().misuse(CUDA_ERROR_INVALID_VALUE, std::string("a product's ") + what + " touches " + *wrong);
  return !wrong;
}

}  // namespace

extern "C" {

const char* cublasLtGetStatusString(cublasStatus_t status) {
  return status == CUBLAS_STATUS_SUCCESS         ? "CUBLAS_STATUS_SUCCESS"
         : status == CUBLAS_STATUS_INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE"
                                                 : "CUBLAS_STATUS_EXECUTION_FAILED";
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  *handle = reinterpret_cast<cublasLtHandle_t>(new int(0));
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  delete reinterpret_cast<int*>(handle);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* desc, int compute_type, int scale_type) {
  if (compute_type != CUBLAS_COMPUTE_32F || scale_type != CUDA_R_32F) return CUBLAS_STATUS_INVALID_VALUE;
  *desc = reinterpret_cast<cublasLtMatmulDesc_t>(new Desc);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc) {
  delete &desc_of(desc);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc, int attribute, const void* value, std::size_t bytes) {
  Desc& d = desc_of(desc);
  int* number = attribute == CUBLASLT_MATMUL_DESC_TRANSA           ? &d.transpose_a
                : attribute == CUBLASLT_MATMUL_DESC_TRANSB         ? &d.transpose_b
                : attribute == CUBLASLT_MATMUL_DESC_EPILOGUE       ? &d.epilogue
                : attribute == CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE ? &d.bias_type
                                                                   : nullptr;
  void* to = number;
  if (attribute == CUBLASLT_MATMUL_DESC_BIAS_POINTER) to = &d.bias;
  if (to == nullptr || bytes != (number != nullptr ? sizeof(int) : sizeof d.bias)) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(to, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, int type, std::uint64_t rows, std::uint64_t columns,
                                          std::int64_t stride) {
  *layout = reinterpret_cast<cublasLtMatrixLayout_t>(new Layout{type, rows, columns, stride});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  delete &layout_of(layout);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  *preference = reinterpret_cast<cublasLtMatmulPreference_t>(new std::size_t(0));
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  delete reinterpret_cast<std::size_t*>(preference);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference, int attribute, const void* value,
                                                    std::size_t bytes) {
  if (attribute != CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) return CUBLAS_STATUS_SUCCESS;
  std::memcpy(preference, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
                                              cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int, cublasLtMatmulHeuristicResult_t* results,
                                              int* found) {
  *found = 0;
  if (!fits(desc_of(desc), layout_of(a), layout_of(b), layout_of(d))) return CUBLAS_STATUS_NOT_SUPPORTED;
  if (*reinterpret_cast<std::size_t*>(preference) < wanted_workspace) return CUBLAS_STATUS_NOT_SUPPORTED;
  *found = 1;
  results[0] = {};
  results[0].algo.data[0] = 1;
  results[0].workspaceSize = wanted_workspace;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void* alpha, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout, const void* beta,
                              const void*, cublasLtMatrixLayout_t, void* d, cublasLtMatrixLayout_t d_layout,
                              const cublasLtMatmulAlgo_t* algo, void* workspace, std::size_t workspace_bytes, CUstream handle) {
  const auto lock = lock_machine();
  SimulatedStream* stream = stream_of(handle);
  const Desc what = desc_of(desc);
  const Layout la = layout_of(a_layout), lb = layout_of(b_layout), ld = layout_of(d_layout);
  if (stream == nullptr || !fits(what, la, lb, ld) || algo->data[0] != 1) return CUBLAS_STATUS_INVALID_VALUE;
  if (*static_cast<const float*>(alpha) != 1 || *static_cast<const float*>(beta) != 0) return CUBLAS_STATUS_INVALID_VALUE;
  const bool has_bias = (what.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0;
  const bool inside = in_memory(a, la.bytes(), "A") && in_memory(b, lb.bytes(), "B") && in_memory(d, ld.bytes(), "D") &&
                      in_memory(workspace, workspace_bytes, "workspace") &&
                      (!has_bias || in_memory(reinterpret_cast<const void*>(what.bias), ld.rows * sizeof(float), "bias"));
  if (!inside || workspace_bytes < wanted_workspace) return CUBLAS_STATUS_INVALID_VALUE;
  Machine& m = machine();
  m.queues().enqueue(*stream, m.gemm([=] {
    std::memset(workspace, 0xA5, workspace_bytes);
    multiply(what, a, la, b, lb, d, ld);
  }));
  return CUBLAS_STATUS_SUCCESS;
}
}
