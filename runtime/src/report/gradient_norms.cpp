#include "report/gradient_norms.hpp"

#include "train/tensor_check.hpp"

#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <limits>

namespace ingot::runtime {
namespace {

Dataset first_rows(const Dataset& data, std::uint32_t rows) { return in_memory(data.slice(0, std::min<std::uint64_t>(rows, data.rows()))); }

}  // namespace

GradientProbe::GradientProbe(ProgramSource& source, Instance& watched, const Dataset& data, std::uint32_t rows, std::uint64_t seed)
    : watched_(&watched),
      run_(watched.point(), gradient_program(source, watched.point(), watched.device(), rows), watched.device(), first_rows(data, rows),
           {1, seed, 0}) {}

std::vector<double> GradientProbe::norms(const std::vector<std::string>& tensors) {
  copy_weights(*watched_, run_.instance());
  run_.loss();
  std::vector<double> norms;
  for (const std::string& name : tensors) {
    const auto& variables = run_.variables();
    const auto found = std::ranges::find(variables, name, &GradientRun::Variable::name);
    norms.push_back(found == variables.end() ? std::numeric_limits<double>::quiet_NaN()
                                             : euclidean_norm(run_.gradient(static_cast<std::size_t>(found - variables.begin()))));
  }
  return norms;
}

}  // namespace ingot::runtime
