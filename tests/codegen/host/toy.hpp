// A small model as the host side sees it, made by hand: a definition with every kind of row, and plans without schedules.
// Independent of the DSL and of the scheduler.
#pragma once
#include "host/definition_bytes.hpp"
#include "host/model_tables.hpp"

#include <ingot/dsl/recipe_numbers.hpp>

#include <memory>

namespace ingot::codegen::test {

inline op make_op(op_kind kind, const char* name, std::int16_t in) {
  op o;
  o.kind = kind;
  o.name = name_t(name);
  o.in[0] = kind == op_kind::input ? unused : in;
  return o;
}

inline hp_t make_hp_row(const char* name, hp_kind kind, double lo, double hi, double step) {
  hp_t h;
  h.name = name_t(name);
  h.kind = kind;
  h.lo = lo;
  h.hi = hi;
  h.step = step;
  return h;
}

/// Every number of the schedule, of reduce on plateau and of the updates is another one.
inline void fill_schedule(recipe_t& r) {
  schedule_t& s = r.schedule;
  s.kind = schedule_kind::cosine;
  s.staircase = s.cycle = s.linear = s.three_phase = true;
  s.n_pieces = max_pieces;
  s.warmup.unit = s.pieces[1].until.unit = time_unit::epochs;
  double next = 0;
  for_each_number(s, [&](num& n) { n.k = ++next; });
  r.accumulation.k = 6;
  r.average = true;
  r.average_every = 7;
  r.n_stop_rules = 3;
  r.stop_rules[0] = {stop_kind::above, metric::val_accuracy, 1, {0.9, -1, 0}};
  r.stop_rules[1] = {stop_kind::prechelt_pq, metric::val_loss, 4, {0.5, -1, 0}};
  r.stop_rules[2].kind = stop_kind::all;
  r.plateau = {true, metric::val_accuracy, direction::maximize, {1, -1, 0}, {2, -1, 0}, {3, -1, 0}, {4, -1, 0}, {5, -1, 0}};
}

/// input (4x3) | flatten | dense(units, act) "hidden" | when(drop, dropout(rate)) | dense(2) "logits"
inline Definition toy_definition() {
  Definition d;
  d.name = "toy";
  d.hps = {make_hp_row("units", hp_kind::integer, 8, 16, 4), make_hp_row("act", hp_kind::choice_act, 0, 0, 1),
           make_hp_row("drop", hp_kind::boolean, 0, 1, 1), make_hp_row("rate", hp_kind::real, 0.1, 0.5, 0),
           make_hp_row("learning_rate", hp_kind::choice_real, 0, 0, 1)};
  d.hps[0].structural = d.hps[1].structural = d.hps[2].structural = true;
  d.hps[1].n = 2;
  d.hps[1].v[0] = static_cast<double>(act::relu);
  d.hps[1].v[1] = static_cast<double>(act::tanh);
  d.hps[3].guard = 0;
  d.hps[4].n = 2;
  d.hps[4].v[0] = 1e-2;
  d.hps[4].v[1] = 1e-3;
  d.guards.resize(1);
  d.guards[0].hp_name = name_t("drop");
  d.guards[0].hp = 2;
  d.guards[0].ge = 1;
  d.ops = {make_op(op_kind::input, "input", 0), make_op(op_kind::flatten, "flatten_1", 0), make_op(op_kind::dense, "hidden", 1),
           make_op(op_kind::dropout, "dropout_1", 2), make_op(op_kind::dense, "logits", 3)};
  d.ops[0].rank = 2;
  d.ops[0].size[0].k = 4;
  d.ops[0].size[1].k = 3;
  d.ops[2].size[0].hp = 0;
  d.ops[2].act_hp = 1;
  d.ops[3].guard = 0;
  d.ops[3].rate.hp = 3;
  d.ops[4].size[0].k = 2;
  d.recipe.loss[0].kind = loss_kind::sparse_categorical_crossentropy;
  d.recipe.loss[0].from_logits = true;
  d.recipe.optimizer = opt_kind::sgd;
  d.recipe.learning_rate.hp = 4;
  d.recipe.batch.k = 5;
  d.recipe.stopping.on = true;
  d.recipe.stopping.patience.k = 3;
  d.recipe.stopping.monitor = metric::val_f1;
  d.recipe.metrics = metric_bit(metric::f1);
  d.recipe.balanced_class_weights = true;
  fill_schedule(d.recipe);
  d.recipe.rescale_on = true;
  return d;
}

inline Graph toy_graph(DType dtype, Entry entry) {
  Graph g;
  g.dtype = dtype;
  g.inputs = {{"input", {4, 3}, DType::u8}};
  g.targets = {{"logits", {}, DType::i32}};
  g.outputs = {{"logits", {2}, dtype}};
  g.states = {{"hidden.kernel", {12, 8}, dtype, Role::parameter, Init::uniform, 0.5477225575051661, -1},
              {"hidden.bias", {8}, dtype, Role::parameter, Init::constant, 0, -1},
              {"logits.kernel", {8, 2}, dtype, Role::parameter, Init::uniform, 0.7745966692414834, -1},
              {"logits.bias", {2}, dtype, Role::parameter, Init::constant, 0, -1},
              {"hidden.kernel/sgd.v", {12, 8}, dtype, Role::slot, Init::constant, 0, 0}};
  g.scalars = {{"rate", ScalarKind::rate, -1, 0}, {"beta^t", ScalarKind::power, -1, 0.9}};
  const auto add = [&g](ResultKind kind, std::int32_t index, const char* name) { g.results.push_back({kind, index, 0, name}); };
  if (entry != Entry::predict) add(ResultKind::metric, 0, "loss");
  if (entry == Entry::train || entry == Entry::evaluate) add(ResultKind::metric, 1, "accuracy");
  if (entry == Entry::predict || entry == Entry::evaluate) add(ResultKind::output, 0, "logits");
  if (entry != Entry::gradient) return g;
  for (std::int32_t i = 0; i < 4; ++i) add(ResultKind::output, i, g.states[static_cast<std::size_t>(i)].name.c_str());
  add(ResultKind::output, 4, "input");
  return g;
}

inline ProgramPlan toy_plan(DType dtype, const char* target) {
  ProgramPlan plan;
  plan.dtype = dtype;
  plan.batch = 5;
  plan.target.name = target;
  plan.state_bytes = 4096;
  plan.hash = "0123456789abcdef";
  const std::vector<Entry> entries = dtype == DType::f32 ? std::vector{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient}
                                                         : std::vector{Entry::gradient, Entry::evaluate};
  for (const Entry entry : entries) {
    EntryPlan e;
    e.entry = entry;
    e.graph = toy_graph(dtype, entry);
    e.kernels = {{"hidden.forward", "matmul add \"quoted\"", "contraction", 0, 2, 1000, 1500, 1e6, 400, ""}};
    e.arena_bytes = 512;
    e.unlimited_arena_bytes = 768;
    e.phases = 3;
    e.text = "line one\nline \\ two\n";
    plan.entries.push_back(std::move(e));
  }
  return plan;
}

/// One launch of two parts, with a form for a library that leaves the second, and a call block for two scalars.
inline DevicePlan toy_device_plan() {
  DevicePlan plan;
  plan.batch = 5;
  plan.state_bytes = 4096;
  plan.state_offsets = {0, 512, 768, 1024, 1280};
  plan.call = {8, 24};
  plan.hash = "fedcba9876543210";
  DeviceEntryPlan e;
  e.entry = Entry::train;
  e.graph = toy_graph(DType::f32, Entry::train);
  DeviceLaunch l;
  l.name = "hidden.forward+logits.target";
  l.symbol = "ingot_train_0";
  l.operands = {{DeviceSpace::call, 0, 0, false}, {DeviceSpace::state, 0, 512, false}, {DeviceSpace::input, 0, 0, false}};
  l.blocks = 7;
  l.shared_bytes = 1024;
  l.parts.resize(2);
  l.parts[0].info = {"hidden.forward", "matmul add \"quoted\"", "contraction", 0, 1, 1000, 1500, 1e6, 400, ""};
  l.parts[1].info = {"logits.target", "target", "gather", 0, 1, 40, 40, 0, 20, ""};
  LibraryGemm product;
  product.transpose_b = true;
  product.m = 5, product.n = 8, product.k = 12, product.lda = 12, product.ldb = 13, product.ldd = 8;
  product.operand_dtype = product.result_dtype = product.epilogue.bias_dtype = DType::f16;
  product.a = {DeviceSpace::input, 0, 16, false}, product.b = {DeviceSpace::state, 0, 32, false};
  product.d = {DeviceSpace::arena, 0, 48, true};
  product.epilogue.bits = LibraryEpilogue::scale | LibraryEpilogue::bias | LibraryEpilogue::relu | LibraryEpilogue::keep_mask;
  product.epilogue.scale_at = {DeviceSpace::state, 0, 64, false}, product.epilogue.bias_at = {DeviceSpace::state, 0, 80, false};
  product.epilogue.mask_at = {DeviceSpace::arena, 0, 96, false}, product.epilogue.sums_at = {DeviceSpace::output, 3, 112, true};
  product.epilogue.mask_stride = 128, product.epilogue.mask_launch = 7;
  l.products = {product};
  DeviceLaunch rest;
  rest.name = "logits.target";
  rest.symbol = "ingot_train_1";
  rest.operands = {l.operands[0], l.operands[2]};
  rest.blocks = 3;
  rest.parts = {l.parts[1]};
  l.rest = {rest};
  l.library_why = "said the rule";
  e.launches.push_back(std::move(l));
  e.arena_bytes = 2048;
  e.text = "a device\n";
  plan.entries.push_back(std::move(e));
  return plan;
}

inline std::shared_ptr<const DeviceTables> toy_device() {
  auto tables = std::make_shared<DeviceTables>(toy_device_plan());
  tables->set_images({{INGOT_IMAGE_PTX, 80, nullptr, 9}, {INGOT_IMAGE_CUBIN, 90, nullptr, 4}, {INGOT_IMAGE_EMULATED, 0, nullptr, 32}});
  return tables;
}

inline std::unique_ptr<ModelTables> toy_model() {
  const Definition d = toy_definition();
  std::vector<PointTables> points;
  for (const char* target : {"x86-64-v3", "x86-64-v4"})
    points.push_back({target, std::make_shared<const ProgramTables>(toy_plan(DType::f32, target)),
                      std::make_shared<const ProgramTables>(toy_plan(DType::f64, target)), nullptr});
  points.push_back({"cuda", nullptr, nullptr, toy_device()});
  return std::make_unique<ModelTables>(d.view(), toy_graph(DType::f32, Entry::train), std::move(points));
}

}  // namespace ingot::codegen::test
