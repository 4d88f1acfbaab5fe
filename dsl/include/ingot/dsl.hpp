// The whole language: #include <ingot/dsl.hpp>, using namespace ingot.
// Typed views of a model (config, tensors, parameters; Boost.Hana) are in <ingot/dsl/typed.hpp>.
#pragma once
#include <ingot/dsl/augment.hpp>
#include <ingot/dsl/conditional.hpp>
#include <ingot/dsl/dag.hpp>
#include <ingot/dsl/export.hpp>
#include <ingot/dsl/expression.hpp>
#include <ingot/dsl/gradients.hpp>
#include <ingot/dsl/layers_core.hpp>
#include <ingot/dsl/layers_image.hpp>
#include <ingot/dsl/layers_norm.hpp>
#include <ingot/dsl/layers_sequence.hpp>
#include <ingot/dsl/losses.hpp>
#include <ingot/dsl/metrics.hpp>
#include <ingot/dsl/model.hpp>
#include <ingot/dsl/optimizers.hpp>
#include <ingot/dsl/optimizers_adaptive.hpp>
#include <ingot/dsl/precision.hpp>
#include <ingot/dsl/pruning.hpp>
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/schedules.hpp>
#include <ingot/dsl/stopping.hpp>
