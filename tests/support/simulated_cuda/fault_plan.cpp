#include "support/simulated_cuda/fault_plan.hpp"

#include <sstream>
#include <stdexcept>

namespace ingot::test {

FaultPlan parse_fault_plan(const std::string& text) {
  FaultPlan plan;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.find_last_of(' ');
    const std::string what = line.substr(0, space);
    std::istringstream number(space == std::string::npos ? "" : line.substr(space));
    std::uint64_t n = 0;
    if (!(number >> n) || !(number >> std::ws).eof()) throw std::invalid_argument("a fault plan has the line '" + line + "'");
    if (what == "devices")
      plan.devices = static_cast<int>(n);
    else if (what == "memory")
      plan.memory = n;
    else if (what == "seed")
      plan.seed = n;
    else if (what == "allocation")
      plan.allocation = n;
    else if (what == "refuse launch")
      plan.refused_launch = n;
    else if (what == "fail launch")
      plan.failed_launch = n;
    else if (what == "fail gemm")
      plan.failed_gemm = n;
    else if (what == "lose device")
      plan.lost_device = n;
    else
      throw std::invalid_argument("a fault plan has the line '" + line + "'");
  }
  return plan;
}

}  // namespace ingot::test
