#include "cli/rate_range.hpp"

#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/history.hpp>
#include <ingot/runtime/report/line_plot.hpp>
#include <ingot/runtime/train/interrupt.hpp>
#include <ingot/runtime/train/rate_range.hpp>

#include <charconv>
#include <string_view>

namespace ingot::runtime::cli {
namespace {

/// "1e-7:10"
void parse_range(const std::string& text, RateRangeOptions& o) {
  const std::size_t colon = text.find(':');
  const auto number = [](std::string_view cell, double& value) {
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return error == std::errc() && end == cell.data() + cell.size();
  };
  const std::string_view all = text;
  if (colon != std::string::npos && number(all.substr(0, colon), o.low) && number(all.substr(colon + 1), o.high) && o.low > 0 &&
      o.low < o.high)
    return;
  throw UsageError(fmt::format("--lr-range={}: write two rates, the lower first: --lr-range=1e-6:1", text));
}

void write_table(const std::filesystem::path& path, const RateRange& range) {
  History table({"learning_rate", "loss", "smoothed"});
  for (const RateRangePoint& p : range.points) table.add({p.rate, p.loss, p.smoothed});
  table.write(path);
}

LinePlot plot_of(const std::string& model, const RateRange& range) {
  LinePlot plot{"Learning-rate range test of " + model,
                "learning rate",
                "loss",
                {{"loss", "#b0c4de", {}}, {"smoothed loss", "#1f77b4", {}}},
                range.steepest};
  for (const RateRangePoint& p : range.points) {
    plot.curves[0].points.emplace_back(p.rate, p.loss);
    plot.curves[1].points.emplace_back(p.rate, p.smoothed);
  }
  return plot;
}

std::string json(const Point& point, const RateRange& range, const std::filesystem::path& out) {
  JsonWriter w;
  w.begin_object();
  w.add("steepest_rate", range.steepest).add("updates", static_cast<std::uint64_t>(range.points.size()));
  w.add("highest_rate", range.points.empty() ? std::nullopt : std::optional(range.points.back().rate));
  w.add("status", range.diverged ? "diverged" : "finished").add("point", point.describe()).add("out", out.string());
  return w.end_object().text();
}

}  // namespace

int rate_range_command(const Invocation& call) {
  const Options& o = call.options;
  RateRangeOptions options;
  parse_range(o.lr_range, options);
  const Point point = chosen_point(call);
  options.batch = chosen_batch(call, point);
  options.seed = o.seed.value_or(0);
  options.shuffle = !o.no_shuffle;
  options.stop = InterruptGuard::flag();
  const TrainData data = training_parts(load_data(call), chosen_validation(call, point));
  const InterruptGuard guard;

  ProgramSource source(call.model);
  const std::unique_ptr<Device> device = open_device(call);
  ProgramRequest request;
  request.batch = options.batch;
  request.target = device->target();
  Instance instance(point, source.get(point, request), *device);
  const RateRange range = rate_range_test(instance, data.train, options);
  if (InterruptGuard::raised()) {
    note(fmt::format("interrupted after {} updates; nothing was written", range.points.size()));
    return exit_interrupted;
  }
  const std::filesystem::path out = out_folder(call);
  make_folder(out);
  write_table(out / "lr_range.csv", range);
  write_atomically(out / "lr_range.svg", line_plot_svg(plot_of(call.model.name, range)));
  if (o.json) {
    print_json(json(point, range, out));
    return exit_done;
  }
  if (range.points.empty()) {
    print_line(fmt::format("the loss is not finite at a learning rate of {:g} already", options.low));
  } else {
    print_line(fmt::format("{} updates from a learning rate of {:g} to {:.3g}{}", range.points.size(), options.low,
                           range.points.back().rate, range.diverged ? ", where the loss diverged" : ""));
    print_line(range.steepest ? fmt::format("the loss falls fastest at {:.3g}", *range.steepest) : "the loss does not fall in this range");
  }
  print_line(fmt::format("written to {} and lr_range.svg", (out / "lr_range.csv").string()));
  return exit_done;
}

}  // namespace ingot::runtime::cli
