// The functions of cuBLASLt that the runtime uses, as plain loops on the simulated machine.
#include "cuda/cublaslt_types.hpp"
#include "support/emulator/low_numbers.hpp"
#include "support/simulated_cuda/control.h"
#include "support/simulated_cuda/machine.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <initializer_list>

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
std::atomic<int> lacking_epilogue = 0;

struct Desc {
  int pointer_mode = CUBLASLT_POINTER_MODE_HOST, transpose_a = CUBLAS_OP_N, transpose_b = CUBLAS_OP_N, epilogue = CUBLASLT_EPILOGUE_DEFAULT,
      bias_type = -1;
  std::uint64_t bias = 0, aux = 0;
  std::int64_t aux_stride = 0;

  [[nodiscard]] bool one_of(std::initializer_list<int> epilogues) const {
    return std::find(epilogues.begin(), epilogues.end(), epilogue) != epilogues.end();
  }
  [[nodiscard]] bool known() const {
    return one_of({CUBLASLT_EPILOGUE_DEFAULT, CUBLASLT_EPILOGUE_RELU, CUBLASLT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_RELU_BIAS,
                   CUBLASLT_EPILOGUE_RELU_AUX, CUBLASLT_EPILOGUE_RELU_AUX_BIAS, CUBLASLT_EPILOGUE_DRELU, CUBLASLT_EPILOGUE_BGRADA});
  }
  [[nodiscard]] bool adds_bias() const {
    return one_of({CUBLASLT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_RELU_BIAS, CUBLASLT_EPILOGUE_RELU_AUX_BIAS});
  }
  [[nodiscard]] bool sums_a() const { return epilogue == CUBLASLT_EPILOGUE_BGRADA; }
  [[nodiscard]] bool is_relu() const {
    return one_of({CUBLASLT_EPILOGUE_RELU, CUBLASLT_EPILOGUE_RELU_BIAS, CUBLASLT_EPILOGUE_RELU_AUX, CUBLASLT_EPILOGUE_RELU_AUX_BIAS});
  }
  [[nodiscard]] bool keeps_mask() const { return one_of({CUBLASLT_EPILOGUE_RELU_AUX, CUBLASLT_EPILOGUE_RELU_AUX_BIAS}); }
  [[nodiscard]] bool has_mask() const { return keeps_mask() || epilogue == CUBLASLT_EPILOGUE_DRELU; }
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
  const bool bias = !(desc.adds_bias() || desc.sums_a()) || desc.bias_type == d.type;
  return (low || a.type == CUDA_R_32F) && b.type == a.type && (d.type == CUDA_R_32F || d.type == a.type) && bias;
}

bool fits(const Desc& desc, const Layout& a, const Layout& b, const Layout& d) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const std::uint64_t m = ta ? a.columns : a.rows, k = ta ? a.rows : a.columns, kb = tb ? b.columns : b.rows, n = tb ? b.rows : b.columns;
  const bool strides = a.stride >= static_cast<std::int64_t>(a.rows) && b.stride >= static_cast<std::int64_t>(b.rows) &&
                       d.stride >= static_cast<std::int64_t>(d.rows);
  const bool mask =
      !desc.has_mask() || (desc.aux_stride % 128 == 0 && desc.aux_stride >= static_cast<std::int64_t>(d.rows) && desc.aux % 16 == 0);
  return m == d.rows && n == d.columns && k == kb && strides && mask && desc.known() && has_types(desc, a, b, d);
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

/// What is done with a sum on its way to row i, column j of D.
float behind_sum(const Desc& desc, std::uint64_t i, std::uint64_t j, float sum) {
  if (desc.adds_bias()) sum += read(reinterpret_cast<const void*>(desc.bias), {desc.bias_type}, i);
  const bool passes = sum > 0;
  if (desc.has_mask()) {
    const std::uint64_t bit = i + j * static_cast<std::uint64_t>(desc.aux_stride);
    auto& byte = reinterpret_cast<std::uint8_t*>(desc.aux)[bit / 8];
    const auto one = static_cast<std::uint8_t>(1U << (bit % 8));
    if (!desc.keeps_mask()) return (byte & one) != 0 ? sum : 0;
    byte = static_cast<std::uint8_t>(passes ? byte | one : byte & ~one);
  }
  return desc.is_relu() && !passes ? 0 : sum;
}

/// Column-major, as the library has it.
void multiply(const Desc& desc, float alpha, const void* a, const Layout& la, const void* b, const Layout& lb, void* d, const Layout& ld) {
  const bool ta = desc.transpose_a == CUBLAS_OP_T, tb = desc.transpose_b == CUBLAS_OP_T;
  const std::uint64_t inner = ta ? la.rows : la.columns;
  const auto of_a = [&](std::uint64_t i, std::uint64_t k) { return read(a, la, ta ? la.at(k, i) : la.at(i, k)); };
  for (std::uint64_t j = 0; j < ld.columns; ++j) {
    for (std::uint64_t i = 0; i < ld.rows; ++i) {
      float sum = 0;
      for (std::uint64_t k = 0; k < inner; ++k) sum += of_a(i, k) * read(b, lb, tb ? lb.at(j, k) : lb.at(k, j));
      write(d, ld, ld.at(i, j), behind_sum(desc, i, j, alpha * sum));
    }
  }
  for (std::uint64_t i = 0; desc.sums_a() && i < ld.rows; ++i) {
    float sum = 0;
    for (std::uint64_t k = 0; k < inner; ++k) sum += of_a(i, k);
    write(reinterpret_cast<void*>(desc.bias), {desc.bias_type}, i, sum);
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

void simulated_cuda_lack_epilogue(int epilogue) { lacking_epilogue = epilogue; }

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
  int* number = attribute == CUBLASLT_MATMUL_DESC_POINTER_MODE     ? &d.pointer_mode
                : attribute == CUBLASLT_MATMUL_DESC_TRANSA         ? &d.transpose_a
                : attribute == CUBLASLT_MATMUL_DESC_TRANSB         ? &d.transpose_b
                : attribute == CUBLASLT_MATMUL_DESC_EPILOGUE       ? &d.epilogue
                : attribute == CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE ? &d.bias_type
                                                                   : nullptr;
  void* to = number;
  if (attribute == CUBLASLT_MATMUL_DESC_BIAS_POINTER) to = &d.bias;
  if (attribute == CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER) to = &d.aux;
  if (attribute == CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD) to = &d.aux_stride;
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
  if (desc_of(desc).epilogue == lacking_epilogue) return CUBLAS_STATUS_NOT_SUPPORTED;
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
  const bool on_device = what.pointer_mode == CUBLASLT_POINTER_MODE_DEVICE;
  if (!on_device && (*static_cast<const float*>(alpha) != 1 || *static_cast<const float*>(beta) != 0)) return CUBLAS_STATUS_INVALID_VALUE;
  const bool has_bias = what.adds_bias() || what.sums_a();
  const std::size_t mask_bytes = ((ld.columns - 1) * static_cast<std::uint64_t>(what.aux_stride) + ld.rows + 7) / 8;
  const bool inside =
      in_memory(a, la.bytes(), "A") && in_memory(b, lb.bytes(), "B") && in_memory(d, ld.bytes(), "D") &&
      in_memory(workspace, workspace_bytes, "workspace") &&
      (!has_bias || in_memory(reinterpret_cast<const void*>(what.bias), ld.rows * Layout{what.bias_type}.element_bytes(), "bias")) &&
      (!what.has_mask() || in_memory(reinterpret_cast<const void*>(what.aux), mask_bytes, "mask")) &&
      (!on_device || (in_memory(alpha, sizeof(float), "alpha") && in_memory(beta, sizeof(float), "beta")));
  if (!inside || workspace_bytes < wanted_workspace) return CUBLAS_STATUS_INVALID_VALUE;
  Machine& m = machine();
  m.queues().enqueue(*stream, m.gemm([=] {
    std::memset(workspace, 0xA5, workspace_bytes);
    if (on_device && *static_cast<const float*>(beta) != 0) machine().misuse(CUDA_ERROR_INVALID_VALUE, "a product's beta is not 0");
    multiply(what, on_device ? *static_cast<const float*>(alpha) : 1, a, la, b, lb, d, ld);
  }));
  return CUBLAS_STATUS_SUCCESS;
}
}
