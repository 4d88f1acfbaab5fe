// A definition compiled in this process into a model whose gradient entries may be wrong on purpose: the graph is edited between the
// gradient and the passes, so that everything after it is what every program goes through.
#pragma once
#include "codegen/support/definition_builder.hpp"
#include "host/model_tables.hpp"
#include "llvm/compile.hpp"
#include "pass/pipeline.hpp"

#include <ingot/runtime/device/device.hpp>

#include <functional>
#include <memory>

namespace ingot::test {

/// Changes a graph of the gradient entry; the same way whatever its dtype.
using GraphEdit = std::function<void(codegen::Graph&)>;

class CompiledModel {
 public:
  /// Programs of `rows` rows at the initial point, in float64 and float32.
  CompiledModel(const DefinitionBuilder& definition, unsigned rows, const GraphEdit& edit = {}) {
    const std::vector<double> values = codegen::initial_point(definition.view());
    codegen::PointTables point;
    point.target = runtime::cpu_target();
    point.f64 = compile(definition, values, rows, codegen::DType::f64, point.target, edit);
    point.f32 = compile(definition, values, rows, codegen::DType::f32, point.target, edit);
    tables_ = std::make_unique<codegen::ModelTables>(definition.view(), plans_.back().graph(), std::vector{point});
  }
  [[nodiscard]] const ingot_model& model() const { return tables_->model(); }

 private:
  std::shared_ptr<codegen::ProgramTables> compile(const DefinitionBuilder& definition, const std::vector<double>& values, unsigned rows,
                                                  codegen::DType dtype, const std::string& target, const GraphEdit& edit) {
    using codegen::Entry;
    codegen::Graph g = codegen::build_unoptimized(definition.view(), values.data(), Entry::gradient, dtype);
    if (edit) edit(g);
    codegen::run_passes(g, codegen::late_passes());
    plans_.push_back(codegen::plan_graphs({{Entry::gradient, std::move(g)}}, rows, codegen::make_target(target)));
    code_.push_back(codegen::compile_now(plans_.back(), nullptr));
    auto tables = std::make_shared<codegen::ProgramTables>(plans_.back());
    tables->set_run(0, code_.back()->entry(Entry::gradient));
    tables->set_pack(code_.back()->pack(), code_.back()->unpack());
    return tables;
  }

  std::vector<codegen::ProgramPlan> plans_;
  std::vector<std::unique_ptr<codegen::JitProgram>> code_;
  std::unique_ptr<codegen::ModelTables> tables_;
};

}  // namespace ingot::test
