// The two kinds of failure the compiler can have. (The third kind, the machine's, is a UserError with the path in it.)
#pragma once
#include <stdexcept>
#include <string>

namespace ingot::codegen {

/// The declaration or a request asks for something that cannot be done: one sentence that names the layer and the remedy.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A broken invariant of the compiler itself: the sentence names the stage; the dump is attached where there is one.
struct InternalError : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace ingot::codegen
