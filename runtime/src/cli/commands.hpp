// The commands of a compiled model, one source file each. Each returns its exit code; errors are exceptions.
#pragma once
#include "cli/options.hpp"

#include <ingot/runtime/command_line.hpp>

namespace ingot::runtime::cli {

inline constexpr int exit_done = 0, exit_failure = 1, exit_usage = 2, exit_interrupted = 130;

struct Invocation {
  const ingot_model& model;
  const Options& options;
  const CommandDefaults& defaults;
};

int train_command(const Invocation& call);
int search_command(const Invocation& call);
int gradcheck_command(const Invocation& call);
int eval_command(const Invocation& call);
int predict_command(const Invocation& call);
int bench_command(const Invocation& call);
int export_command(const Invocation& call);
int describe_command(const Invocation& call);
int report_command(const Invocation& call);
int cache_command(const Invocation& call);
int prune_command(const Invocation& call);

}  // namespace ingot::runtime::cli
