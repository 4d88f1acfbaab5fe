#include "comparison.hpp"

#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/split.hpp>
#include <ingot/runtime/report/line_plot.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>

namespace comparison {
namespace {

using namespace ingot::runtime;

struct Options {
  std::string data = "/usr/share/datasets/fashion-mnist", out;
  std::uint64_t seeds = 0;
  bool json = false;
};

/// Means over the seeds. Losses and accuracies are measured when training is over, as for inference: without dropout or noise.
struct Figures {
  double epochs = 0, seconds = 0, train_loss = 0, val_loss = 0, val_accuracy = 0, test_accuracy = 0;
  [[nodiscard]] double gap() const { return val_loss - train_loss; }
};

Options parse(int argc, char** argv, std::uint64_t seeds) {
  Options options;
  options.seeds = seeds;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) throw UserError(name + " wants a value");
      return argv[++i];
    };
    if (name == "--data")
      options.data = value();
    else if (name == "--out")
      options.out = value();
    else if (name == "--seeds")
      options.seeds = std::strtoull(value().c_str(), nullptr, 10);
    else if (name == "--json")
      options.json = true;
    else
      throw UserError("there is no option " + name + "; there are --data DIR, --seeds N, --out DIR and --json");
  }
  if (options.seeds == 0 || options.seeds > 1000) throw UserError("--seeds wants a number from 1 to 1000");
  return options;
}

/// Trains and measures one variant with one seed, adds to the figures, and returns the history.
std::vector<NamedValues> train(const Variant& variant, const TrainData& data, const Dataset& test, std::uint64_t seed, Figures& sums) {
  Point point(*variant.model);
  for (const std::string& setting : variant.settings) point.set(setting);
  TrainOptions options = declared_options(point);
  options.seed = seed;
  ProgramSource source(*variant.model);
  CpuDevice device;
  Trainer trainer(source, point, device, options);
  const TrainResult result = trainer.run(data);
  if (result.status == TrainStatus::not_finite) throw UserError(variant.name + ": " + result.reason);
  const NamedValues on_train = evaluate(trainer.instance(), data.train), on_validation = evaluate(trainer.instance(), data.validation),
                    on_test = evaluate(trainer.instance(), test);
  sums.epochs += result.epochs;
  sums.seconds += result.seconds;
  sums.train_loss += *find_value(on_train, "loss");
  sums.val_loss += *find_value(on_validation, "loss");
  sums.val_accuracy += *find_value(on_validation, "accuracy");
  sums.test_accuracy += *find_value(on_test, "accuracy");
  std::fprintf(stderr, "%s, seed %llu: %u epochs, loss %.4f, val_loss %.4f, val_accuracy %.4f%s%s\n", variant.name.c_str(),
               static_cast<unsigned long long>(seed), result.epochs, *find_value(on_train, "loss"), *find_value(on_validation, "loss"),
               *find_value(on_validation, "accuracy"), result.reason.empty() ? "" : "; ", result.reason.c_str());
  return result.history;
}

void add_curves(LinePlot& plot, const std::string& name, const std::string& color, const std::vector<NamedValues>& history) {
  Curve curve{name, color, {}};
  for (std::size_t e = 0; e < history.size(); ++e) curve.points.emplace_back(e + 1, *find_value(history[e], "val_loss"));
  plot.curves.push_back(std::move(curve));
}

/// " (-43 %)" against the first variant.
std::string change(double value, double first) {
  char text[32];
  std::snprintf(text, sizeof text, " (%+.0f %%)", (value / first - 1) * 100);
  return text;
}

void print_table(const Comparison& c, const std::vector<Figures>& figures, std::uint64_t seeds) {
  std::printf("%s; %s\n", c.text.c_str(), seeds == 1 ? "one seed" : ("means of " + std::to_string(seeds) + " seeds").c_str());
  std::printf("%-28s %16s", "", "epochs");
  if (c.timed) std::printf(" %9s", "seconds");
  std::printf(" %9s %9s %16s %9s %9s\n", "loss", "val_loss", "gap", "val_acc", "test_acc");
  for (std::size_t v = 0; v < figures.size(); ++v) {
    const Figures &f = figures[v], &first = figures.front();
    char epochs[48], gap[48];
    std::snprintf(epochs, sizeof epochs, "%.1f%s", f.epochs, f.epochs != first.epochs ? change(f.epochs, first.epochs).c_str() : "");
    std::snprintf(gap, sizeof gap, "%.4f%s", f.gap(), v > 0 ? change(f.gap(), first.gap()).c_str() : "");
    std::printf("%-28s %16s", c.variants[v].name.c_str(), epochs);
    if (c.timed) std::printf(" %9.1f", f.seconds);
    std::printf(" %9.4f %9.4f %16s %9.4f %9.4f\n", f.train_loss, f.val_loss, gap, f.val_accuracy, f.test_accuracy);
  }
}

void print_json(const Comparison& c, const std::vector<Figures>& figures) {
  std::printf("{\"name\":\"%s\",\"variants\":[", c.name.c_str());
  for (std::size_t v = 0; v < figures.size(); ++v) {
    const Figures& f = figures[v];
    std::printf(
        "%s{\"name\":\"%s\",\"epochs\":%.9g,\"seconds\":%.9g,\"loss\":%.9g,\"val_loss\":%.9g,\"gap\":%.9g,\"val_accuracy\":%.9g,"
        "\"test_accuracy\":%.9g}",
        v > 0 ? "," : "", c.variants[v].name.c_str(), f.epochs, f.seconds, f.train_loss, f.val_loss, f.gap(), f.val_accuracy,
        f.test_accuracy);
  }
  std::printf("]}\n");
}

void compare(const Comparison& c, const Options& options) {
  constexpr const char* colors[] = {"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2"};
  std::vector<Figures> figures;
  LinePlot plot{"val_loss, " + c.text, "epoch", "", {}, std::nullopt, AxisScale::linear};
  const LoadedData data = load_dataset(options.data, model_ports(*c.variants.front().model));
  for (const Variant& variant : c.variants) {
    const Split split = split_validation(data.train, Point(*variant.model).value(variant.model->recipe.validation));
    const TrainData parts{c.training_rows > 0 ? split.train.slice(0, c.training_rows) : split.train, split.validation};
    Figures sums;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
      const std::vector<NamedValues> history = train(variant, parts, data.test, seed, sums);
      if (seed == 1) add_curves(plot, variant.name, colors[figures.size() % std::size(colors)], history);
    }
    for (double* sum : {&sums.epochs, &sums.seconds, &sums.train_loss, &sums.val_loss, &sums.val_accuracy, &sums.test_accuracy})
      *sum /= static_cast<double>(options.seeds);
    figures.push_back(sums);
  }
  const std::filesystem::path out =
      options.out.empty() ? std::filesystem::path("out/samples") / c.name : std::filesystem::path(options.out);
  std::filesystem::create_directories(out);
  write_atomically(out / "curves.svg", line_plot_svg(plot));
  if (options.json) return print_json(c, figures);
  print_table(c, figures, options.seeds);
  std::printf("curves of the first seed: %s\n", (out / "curves.svg").c_str());
}

}  // namespace

int run(int argc, char** argv, const Comparison& comparison) {
  try {
    compare(comparison, parse(argc, argv, comparison.seeds));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_%s: %s\n", comparison.name.c_str(), error.what());
    return 1;
  }
}

}  // namespace comparison
