#include <ingot/runtime/train/trainer.hpp>

#include "training_run.hpp"

#include <ingot/runtime/data/error.hpp>

namespace ingot::runtime {

TrainOptions declared_options(const Point& point) {
  const ingot_recipe& recipe = point.model().recipe;
  TrainOptions options;
  if (const double epochs = point.value(recipe.epochs); epochs >= 1) options.epochs = static_cast<std::uint32_t>(epochs);
  if (const double batch = point.value(recipe.batch); batch >= 1) options.batch = static_cast<std::uint32_t>(batch);
  options.stopping = declared_stopping(point);
  options.stop_rules = declared_stop_rules(point);
  options.gradcheck_every = recipe.craft.gradcheck_every;
  options.prune = declared_pruning(point);
  return options;
}

std::string_view status_name(TrainStatus status) {
  switch (status) {
    case TrainStatus::finished:
      return "finished";
    case TrainStatus::stopped_early:
      return "stopped_early";
    case TrainStatus::not_finite:
      return "not_finite";
    case TrainStatus::interrupted:
      return "interrupted";
    case TrainStatus::stopped_by_listener:
      return "stopped_by_listener";
    case TrainStatus::wrong_gradient:
      return "wrong_gradient";
  }
  return "unknown";
}

struct Trainer::Impl {
  TrainOptions options;
  ProgramSource* source;
  Instance instance;

  static TrainOptions checked(TrainOptions options) {
    if (options.epochs == 0) throw UserError("--epochs must be 1 or more");
    if (options.batch == 0) throw UserError("--batch must be 1 or more");
    if ((options.resume || options.resume_if_present) && options.out.empty())
      throw UserError("--resume needs the folder of the run in --out");
    return options;
  }

  static Program program(ProgramSource& source, const Point& point, const Device& device, const TrainOptions& options) {
    if (options.profile != nullptr && !device.target().empty())
      throw UserError(std::string(device.name()) +
                      ": only the CPU's kernels can be timed one by one; leave --profile out, or use --device cpu");
    ProgramRequest request;
    request.target = device.target();
    request.batch = options.batch;
    request.profiled = options.profile != nullptr;
    request.variant = options.variant;
    return source.get(point, request);
  }

  Impl(ProgramSource& source_of_programs, const Point& point, Device& device, TrainOptions given)
      : options(checked(std::move(given))),
        source(&source_of_programs),
        instance(point, program(source_of_programs, point, device, options), device) {
    instance.initialize(options.seed);
    if (options.profile == nullptr) return;
    options.profile->start(instance.program(), INGOT_TRAIN, device.threads());
    instance.set_profile(INGOT_TRAIN, options.profile);
  }
};

Trainer::Trainer(ProgramSource& source, const Point& point, Device& device, TrainOptions options)
    : impl_(std::make_unique<Impl>(source, point, device, std::move(options))) {}

Trainer::~Trainer() = default;

TrainResult Trainer::run(const TrainData& data, TrainListener* listener) {
  TrainListener silent;
  TrainingRun run(*impl_->source, impl_->instance, impl_->options, data, listener != nullptr ? *listener : silent);
  return run.run();
}

Instance& Trainer::instance() { return impl_->instance; }
const TrainOptions& Trainer::options() const { return impl_->options; }

}  // namespace ingot::runtime
