// The exported models of one program, as a linked list that fills itself before main. INGOT_EXPORT (export.hpp) adds to
// it; a generator walks it, or names one symbol: extern "C" const ingot::definition_view ingot_definition_<name>.
// An object file with nothing but registrars is dropped from a static library: link it as an object.
#pragma once
#include <ingot/dsl/flat.hpp>

namespace ingot {

struct registration {
  definition_view definition;
  const registration* next;
};

/// Head of the list; the model exported last comes first.
inline constinit const registration* registered_models = nullptr;

class registrar {
 public:
  explicit registrar(const definition_view& d) : entry_{d, registered_models} { registered_models = &entry_; }
  registrar(const registrar&) = delete;
  registrar& operator=(const registrar&) = delete;

 private:
  registration entry_;
};

}  // namespace ingot
