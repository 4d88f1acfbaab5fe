// The generator: what ingot_add_model() links with the user's source. It turns the models that the source exports into
// objects, the manifest and the header, at build time. Lives in libingot_codegen.so, so that linking a generator needs no LLVM.
#pragma once
#include <ingot/dsl/registry.hpp>

namespace ingot::codegen {

/// The command line of a generator over the list of exported models:
///   generator --out DIR [--name SYMBOL] [--model EXPORT] [--targets x86-64-v3,x86-64-v4]
///   generator --list
/// Writes SYMBOL_<v3|v4>_<f32|f64>.o, SYMBOL_manifest.cpp and SYMBOL.hpp; SYMBOL is the model's name unless given.
/// Returns 0, 1 (failed, one sentence on stderr) or 2 (wrong usage).
[[gnu::visibility("default")]] int run_generator(const registration* models, int argc, char** argv);

}  // namespace ingot::codegen
