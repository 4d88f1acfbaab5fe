// Typed views of a sealed model, for user code. The only headers of the language that include Boost.Hana.
#pragma once
#include <ingot/dsl/typed/config.hpp>
#include <ingot/dsl/typed/layers.hpp>
#include <ingot/dsl/typed/params.hpp>
#include <ingot/dsl/typed/tensors.hpp>
