#include "pass/pipeline.hpp"

#include "pass/cse.hpp"
#include "pass/dead_code.hpp"
#include "pass/decompose.hpp"
#include "pass/fold_constants.hpp"
#include "pass/fuse_softmax_loss.hpp"
#include "pass/mixed_precision.hpp"
#include "pass/simplify.hpp"

namespace ingot::codegen {
namespace {

constexpr PassInfo early[] = {
    {"fuse_softmax_loss", fuse_softmax_loss, Stage::built},
};

constexpr PassInfo late[] = {
    {"decompose", decompose, Stage::primitive},
    {"fold_constants", fold_constants, Stage::primitive},
    {"simplify", simplify, Stage::primitive},    // after folding: it looks for constants
    {"dead_code", dead_code, Stage::primitive},  // before cse, which goes by the order of the nodes
    {"cse", cse, Stage::primitive},
    {"mixed_precision", mixed_precision, Stage::primitive},  // last: it counts the uses of values
};

}  // namespace

std::span<const PassInfo> early_passes() { return early; }
std::span<const PassInfo> late_passes() { return late; }

const PassInfo* find_pass(std::string_view name) {
  for (const auto passes : {early_passes(), late_passes()})
    for (const PassInfo& p : passes)
      if (p.name == name) return &p;
  return nullptr;
}

void run_passes(Graph& g, std::span<const PassInfo> passes, const PassLog& log) {
  for (const PassInfo& pass : passes) {
    const bool changed = pass.run(g);
    verify(g, pass.after, pass.name);
    if (changed && log) log(pass.name, g);
  }
}

}  // namespace ingot::codegen
