// The kinds of failure a program built by Ingot can report. Every message is one sentence that says where (file, byte offset,
// line, column, layer, dimension, option) and what to do about it; the command line prints it and exits.
// A bug of ours is no Error: it stays a std::logic_error.
#pragma once
#include <stdexcept>
#include <string>

namespace ingot::runtime {

/// Base of what is reported to the user as one sentence.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file, an option or a declaration asks for something that cannot be done; the user can change it.
struct UserError : Error {
  using Error::Error;
};

/// The machine refused: no space, no permission, no memory, a system call that failed. The sentence carries the reason of the system.
struct MachineError : Error {
  using Error::Error;
};

/// "cannot WHAT PATH: reason of error_number", e.g. machine_error("write", "out/model.safetensors", errno).
MachineError machine_error(const std::string& what, const std::string& path, int error_number);

}  // namespace ingot::runtime
