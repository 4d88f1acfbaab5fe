// The least memory that a training step can be planned within (schedule/rematerialize.hpp).
#pragma once
#include "ir/error.hpp"

#include <cstdint>
#include <string>

namespace ingot::test {

/// Bytes, as the refusal of an impossible limit names them. `plan_within`: plans a step within so many bytes. 0: nothing was refused.
template <class F>
std::uint64_t smallest_arena(F&& plan_within) {
  try {
    (void)plan_within(std::uint64_t{1});
  } catch (const codegen::UserError& e) {
    const std::string text = e.what();
    return std::stoull(text.substr(text.find(" takes ") + 7));
  }
  return 0;
}

}  // namespace ingot::test
