// From a definition and its initial point to the ABI's manifest, with everything it points to.
#pragma once
#include "host/device_tables.hpp"
#include "host/program_tables.hpp"

#include <ingot/dsl/flat.hpp>

#include <memory>

namespace ingot::codegen {

/// The point that programs are built ahead for: one value per hyper-parameter, see initial_value() of space.hpp.
[[nodiscard]] std::vector<double> initial_point(const definition_view& definition);

/// The verdict of the proof for reports. The proof itself ran when the declaration was compiled: without it there is no
/// definition to call this with.
[[nodiscard]] std::string proof_sentence(const definition_view& definition);

/// Of names, kinds, ranges and guards: two spaces with the same hash draw the same trials.
[[nodiscard]] std::uint64_t space_hash(const definition_view& definition);

/// What is built ahead for one target: `f32`, and perhaps `f64`, or `device`.
struct PointTables {
  std::string target;
  std::shared_ptr<const ProgramTables> f32, f64;
  std::shared_ptr<const DeviceTables> device;
};

/// The output shape of every op at a point. Throws UserError when the point is outside of the space or has no valid shapes.
[[nodiscard]] std::vector<shape> shapes_at(const definition_view& definition, const std::vector<double>& values);

/// An ingot_model that owns its tables. Does not move.
class ModelTables {
 public:
  /// `graph`: of any entry of the f32 program at the initial point.
  ModelTables(const definition_view& definition, const Graph& graph, std::vector<PointTables> points);
  ModelTables(const ModelTables&) = delete;
  ModelTables& operator=(const ModelTables&) = delete;
  [[nodiscard]] const ingot_model& model() const { return model_; }

 private:
  void add_ports(const Graph& graph);
  void add_outputs(const definition_view& definition, const std::vector<double>& values, const std::vector<shape>& shapes);
  void add_space(const definition_view& definition, const std::vector<double>& values);
  void add_layers(const definition_view& definition, const std::vector<double>& values, const std::vector<shape>& shapes,
                  const Graph& graph);
  void add_points();

  StringPool pool_;
  std::vector<ingot_tensor> inputs_, targets_, outputs_;
  std::vector<const char*> losses_, activations_;
  std::vector<std::uint32_t> classes_, from_logits_;
  std::vector<ingot_hp> hps_;
  std::vector<ingot_guard> guards_;
  std::vector<ingot_layer> layers_;
  std::vector<PointTables> sources_;
  std::vector<ingot_point> points_;
  std::string definition_;
  ingot_model model_{};
};

}  // namespace ingot::codegen
