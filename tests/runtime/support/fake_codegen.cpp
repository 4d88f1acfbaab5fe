// A stand-in for libingot_codegen.so: "compiles" points of the fake model, and counts how often.
#include "runtime/support/fake_model.hpp"

#include <ingot_compile.h>

#include <algorithm>
#include <cstring>
#include <string_view>

extern "C" {

int ingot_codegen_compile(const ingot_compile_request* request, ingot_compiled* result, char* message, std::uint32_t capacity) {
  const auto fail = [&](std::string_view why) {
    const std::size_t n = std::min<std::size_t>(why.size(), capacity - 1);
    std::memcpy(message, why.data(), n);
    message[n] = '\0';
    return 1;
  };
  if (request->abi_version != INGOT_ABI_VERSION || request->n_values != 5) return fail("the definition is not the fake model's");
  const ingot_program* program =
      fake::program(static_cast<int>(request->values[0]), static_cast<int>(request->values[2]), request->batch, request->dtype);
  if (program == nullptr) return fail("layer hidden cannot be lowered for this batch");
  *result = {program, nullptr, 1.5, 0, 0, nullptr, nullptr};
  return 0;
}

void ingot_codegen_release(ingot_compiled*) {}
}
