// What identifies a plan in checkpoints and studies.
#pragma once
#include <string>
#include <vector>

namespace ingot::codegen {

/// 16 hexadecimal digits of the texts, one after the other; not a defence against anybody.
[[nodiscard]] std::string plan_hash(const std::vector<std::string>& parts);

}  // namespace ingot::codegen
