#include <ingot/runtime/train/checkpoint.hpp>

#include "checkpoint_format.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>

namespace ingot::runtime {
namespace {

// Decoded integers are small or hashes; a damaged file must not turn a NaN into an integer.
std::uint32_t whole(double value) {
  if (!(value >= 0 && value < 4294967296.0) || value != std::floor(value)) throw UserError("a counter of a rule is no whole number");
  return static_cast<std::uint32_t>(value);
}

std::vector<double> encode_stopping(const EarlyStopping::State& s) {
  return {static_cast<double>(s.wait),
          static_cast<double>(s.best_epoch),
          s.best ? 1.0 : 0.0,
          s.best.value_or(0),
          s.saved ? 1.0 : 0.0,
          s.stopped_epoch ? 1.0 : 0.0,
          static_cast<double>(s.stopped_epoch.value_or(0))};
}

EarlyStopping::State decode_stopping(const std::vector<double>& v) {
  if (v.size() != 7) throw UserError("block run.stopping must have 7 numbers");
  EarlyStopping::State s;
  s.wait = whole(v[0]);
  s.best_epoch = whole(v[1]);
  if (v[2] != 0) s.best = v[3];
  s.saved = v[4] != 0;
  if (v[5] != 0) s.stopped_epoch = whole(v[6]);
  return s;
}

std::vector<double> encode_plateau(const PlateauRate::State& s) {
  return {s.rate, static_cast<double>(s.wait), static_cast<double>(s.cooldown), s.best ? 1.0 : 0.0, s.best.value_or(0)};
}

PlateauRate::State decode_plateau(const std::vector<double>& v) {
  if (v.size() != 5) throw UserError("block run.plateau must have 5 numbers");
  PlateauRate::State s;
  s.rate = v[0];
  s.wait = whole(v[1]);
  s.cooldown = whole(v[2]);
  if (v[3] != 0) s.best = v[4];
  return s;
}

nlohmann::json encode_recipe(const std::vector<RecipePart>& recipe) {
  nlohmann::json parts = nlohmann::json::array();
  for (const RecipePart& part : recipe) parts.push_back({part.name, part.text});
  return parts;
}

nlohmann::json encode_header(const Checkpoint& c) {
  return {{"model", c.model},
          {"plan", c.plan_hash},
          {"target", c.target},
          {"point", c.point},
          {"hyper_parameters", c.hp_names},
          {"space", c.space_hash},
          {"seed", c.seed},
          {"data", c.data},
          {"validation", c.validation},
          {"rows", c.rows},
          {"batch", c.batch},
          {"shuffle", c.shuffle},
          {"epochs", c.epochs},
          {"recipe", encode_recipe(c.recipe)},
          {"epoch", c.epoch},
          {"batches_done", c.batches_done},
          {"step", c.step},
          {"sum_rows", c.sum_rows},
          {"history_columns", c.history_columns},
          {"reason", c.reason}};
}

void decode_header(const nlohmann::json& h, Checkpoint& c) {
  h.at("model").get_to(c.model);
  h.at("plan").get_to(c.plan_hash);
  h.at("target").get_to(c.target);
  h.at("point").get_to(c.point);
  h.at("hyper_parameters").get_to(c.hp_names);
  h.at("space").get_to(c.space_hash);
  h.at("seed").get_to(c.seed);
  h.at("data").get_to(c.data);
  h.at("validation").get_to(c.validation);
  h.at("rows").get_to(c.rows);
  h.at("batch").get_to(c.batch);
  h.at("shuffle").get_to(c.shuffle);
  if (h.contains("epochs")) h.at("epochs").get_to(c.epochs);
  if (h.contains("recipe"))
    for (const auto& part : h.at("recipe")) c.recipe.push_back({part.at(0), part.at(1)});
  if (h.contains("reason")) h.at("reason").get_to(c.reason);
  h.at("epoch").get_to(c.epoch);
  h.at("batches_done").get_to(c.batches_done);
  h.at("step").get_to(c.step);
  h.at("sum_rows").get_to(c.sum_rows);
  h.at("history_columns").get_to(c.history_columns);
}

void append_blocks(const std::vector<NamedBlock>& from, const std::string& prefix, std::vector<NamedBlock>& to) {
  for (const NamedBlock& block : from) to.push_back({prefix + block.name, block.dtype, block.dims, block.data});
}

void collect_blocks(const std::vector<NamedBlock>& from, std::string_view prefix, std::vector<NamedBlock>& to) {
  for (const NamedBlock& block : from) {
    if (block.name.starts_with(prefix)) to.push_back({block.name.substr(prefix.size()), block.dtype, block.dims, block.data});
  }
}

Checkpoint decode(std::string_view bytes) {
  const CheckpointFile file = decode_checkpoint(bytes);
  Checkpoint c;
  try {
    decode_header(file.header, c);
  } catch (const nlohmann::json::exception& error) {
    throw UserError(fmt::format("its header is not complete ({})", error.what()));
  }
  c.hp_values = file.numbers("run.hyper_parameters");
  c.sums = file.numbers("run.sums");
  c.history = file.numbers("run.history");
  c.stopping = decode_stopping(file.numbers("run.stopping"));
  if (file.has("run.plateau")) c.plateau = decode_plateau(file.numbers("run.plateau"));
  const std::vector<double> seconds = file.numbers("run.seconds");
  c.seconds = seconds.empty() ? 0 : seconds[0];
  c.validation_seconds = seconds.size() < 2 ? 0 : seconds[1];
  collect_blocks(file.blocks, "state/", c.states);
  collect_blocks(file.blocks, "best/", c.best);
  if (c.hp_values.size() != c.hp_names.size()) throw UserError("names and values of its hyper-parameters differ in number");
  if (c.history.size() != c.epoch * c.history_columns.size()) throw UserError("its history does not have one row per epoch");
  return c;
}

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& out) { return out / "checkpoint" / "state.ingot"; }

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& c) {
  CheckpointFile file;
  const double seconds[] = {c.seconds, c.validation_seconds};
  file.header = encode_header(c);
  file.blocks = {number_block("run.hyper_parameters", c.hp_values), number_block("run.sums", c.sums),
                 number_block("run.history", c.history), number_block("run.stopping", encode_stopping(c.stopping)),
                 number_block("run.seconds", seconds)};
  if (c.plateau) file.blocks.push_back(number_block("run.plateau", encode_plateau(*c.plateau)));
  append_blocks(c.states, "state/", file.blocks);
  append_blocks(c.best, "best/", file.blocks);
  write_atomically(path, encode_checkpoint(file));
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const std::string bytes = read_whole_file(path);
  try {
    return decode(bytes);
  } catch (const UserError& error) {
    throw UserError(fmt::format("checkpoint {} cannot be used: {}; start anew without --resume", path.string(), error.what()));
  }
}

}  // namespace ingot::runtime
