// cuBLASLt, opened by name at the first program that has a matrix product for it. It is half a gigabyte: not before.
#pragma once
#include "cuda/cublaslt_types.hpp"
#include "cuda/driver.hpp"

#include <string>

namespace ingot::runtime::cuda {

/// The functions of cublaslt_functions.def, all there.
struct CublasLt {
#define INGOT_CUBLASLT_FUNCTION(member, symbol, parameters) cublasStatus_t(*member) parameters = nullptr;
#include "cuda/cublaslt_functions.def"
#undef INGOT_CUBLASLT_FUNCTION
  const char* (*status_string)(cublasStatus_t status) = nullptr;

  std::string name;  ///< "libcublasLt.so.13"
};

/// What opening it came to: without the library programs run on their own kernels.
struct OptionalCublasLt {
  const CublasLt* library = nullptr;
  std::string missing;  ///< why there is none: "libcublasLt.so.13: cannot open shared object file", "libx.so lacks cublasLtMatmul"
};

/// A driver that was given by its file brings its own library or none: memory of such a driver may mean nothing to the vendor's.
/// Thread-safe; opens once per driver.
const OptionalCublasLt& open_cublaslt(const Driver& driver);

}  // namespace ingot::runtime::cuda
