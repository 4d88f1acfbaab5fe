// The command line of a compiled model: train, search, gradcheck, eval, predict, bench, export, describe.
#pragma once
#include <ingot_abi.h>

namespace ingot::runtime {

/// What an executable brings along for options that were not given.
struct CommandDefaults {
  const char* data_dir = nullptr;  ///< of --data; nullptr: commands that read data demand the option
};

/// Runs one command. Returns the exit code: 0 done, 1 failure (one sentence on stderr), 2 wrong usage, 130 interrupted.
int command_line(const ingot_model& model, int argc, char** argv);
int command_line(const ingot_model& model, int argc, char** argv, const CommandDefaults& defaults);

}  // namespace ingot::runtime
