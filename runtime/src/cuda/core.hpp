// What the executables of one device share.
#pragma once
#include "cuda/context.hpp"
#include "cuda/gemm.hpp"
#include "cuda/memory_pool.hpp"
#include "cuda/resident_rows.hpp"
#include "cuda/transfer.hpp"

#include <optional>

namespace ingot::runtime::cuda {

struct Core {
  Core(const Driver& driver, int ordinal) : context(driver, ordinal) {}

  /// The library of matrix products, opened at the first call.
  GemmLibrary& gemms() {
    if (!gemms_) gemms_.emplace(context);
    return *gemms_;
  }

  Context context;
  Stream stream = make_stream(context);  // of copies that belong to no executable
  MemoryPool pool{context};
  Transfer transfer{context};
  ResidentRows resident{context, pool, transfer};

 private:
  std::optional<GemmLibrary> gemms_;
};

}  // namespace ingot::runtime::cuda
