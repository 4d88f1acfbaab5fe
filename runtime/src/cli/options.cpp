#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/device/open_device.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t max_count = 1u << 30;

void add_common(CLI::App& app, Options& o) {
  app.add_option("--seed", o.seed, "of weights, order and sampling (0)");
  app.add_option("--threads", o.threads, "threads to use; 0: all; results do not depend on it (0)")->check(CLI::Range(0u, 1024u));
  app.add_option("--device", o.device, "where to run: cpu, cuda, or cuda:N for the device number N (cpu)");
  app.add_option("--cuda-driver", o.cuda_driver, "cuda: a library to use in the place of NVIDIA's driver, e.g. a simulated one");
  app.add_flag("--json", o.json, "print one JSON object to stdout");
  app.add_option("--set", o.settings, "a hyper-parameter, name=value; repeatable")->take_all()->allow_extra_args(false);
  app.add_option("--data", o.data, "folder or file with the data");
  app.add_option("--out", o.out, "folder for what is written (out/MODEL)");
}

void add_columns(CLI::App& app, Options& o) {
  app.add_option("--target", o.targets, "CSV: a target column (the last ones); repeatable")->take_all()->allow_extra_args(false);
  app.add_option("--categorical", o.categorical, "CSV: a column of categories that look like numbers; repeatable")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--weight", o.weight_column, "CSV: the column of sample weights, where the recipe has them");
  app.add_option("--ignore", o.ignored, "CSV: a column that is no feature; repeatable")->take_all()->allow_extra_args(false);
}

void add_decoding(CLI::App& app, Options& o) {
  app.add_flag("--strict", o.strict, "images: one that cannot be decoded is an error; else it is skipped");
  app.add_option("--memory-limit", o.memory_limit, "images: keep them decoded up to this size, e.g. 4GB (half of the memory)")
      ->transform(CLI::AsSizeValue(false));
}
void add_images(CLI::App& app, Options& o) {
  app.add_flag("--antialias", o.antialias, "images: smooth while shrinking; else bilinear between neighbours, as Keras does");
  add_decoding(app, o);
}

void add_cache_folder(CLI::App& app, Options& o) {
  app.add_option("--cache-dir", o.cache_dir, "folder of cached rows ($XDG_CACHE_HOME/ingot/rows, ~/.cache/ingot/rows)");
}
void add_caching(CLI::App& app, Options& o) {
  add_cache_folder(app, o);
  app.add_option("--cache-limit", o.cache_limit, "size of all cached rows, beyond which those used longest ago go (10GB)")
      ->transform(CLI::AsSizeValue(false));
}

void add_epochs(CLI::App& app, Options& o) {
  app.add_option("--epochs", o.epochs, "passes over the training data (the recipe's)")->check(CLI::Range(1u, max_count));
}
void add_batch(CLI::App& app, Options& o) {
  app.add_option("--batch", o.batch, "rows of a step (the recipe's)")->check(CLI::Range(1u, max_count));
}
void add_validation(CLI::App& app, Options& o) {
  app.add_option("--validation", o.validation, "rows at the end that validate; below 1: a fraction; 0: none (the recipe's)")
      ->check(CLI::NonNegativeNumber);
}
void add_profile(CLI::App& app, Options& o) {
  app.add_flag("--profile", o.profile, "time, bytes and operations of every kernel; a trace of the last steps in OUT/profile.json");
}
void add_weights(CLI::App& app, Options& o) {
  app.add_option("--weights", o.weights, "trained weights, a checkpoint, or the folder of a training (--out)");
}
void add_other_plan(CLI::App& app, Options& o) {
  app.add_flag("--allow-other-plan", o.allow_other_plan, "resume although the compiled plan or its target is another one");
}

void add_train(CLI::App& app, Options& o) {
  add_epochs(app, o);
  add_batch(app, o);
  add_validation(app, o);
  app.add_flag("--resume", o.resume, "continue from the checkpoint in --out");
  add_other_plan(app, o);
  app.add_option("--init", o.init, "initial weights, a .safetensors file");
  app.add_flag("--no-shuffle", o.no_shuffle, "take the rows in the order of the file");
  app.add_option("--log-steps", o.log_steps, "file for a line step,loss per step");
  app.add_option("--best", o.best, "retrain the best point of this study on all training data");
  app.add_flag("--lr-range{1e-7:10}", o.lr_range, "only try learning rates, LOW:HIGH, and plot the loss (--lr-range=1e-7:10)");
  add_profile(app, o);
  app.add_option("--tensorboard", o.tensorboard, "folder for event files: figures and histograms of weights after every epoch");
  app.add_flag("--statistics", o.statistics, "report: also the norm of every gradient, on the first batch, after every epoch");
}

void add_search(CLI::App& app, Options& o) {
  app.add_option("--trials", o.trials, "trials in the study in all (the recipe's)")->check(CLI::Range(1u, max_count));
  add_epochs(app, o);
  add_batch(app, o);
  add_validation(app, o);
  app.add_option("--jobs", o.jobs, "trials side by side, one thread each; same results (1)")->check(CLI::Range(1u, 1024u));
  app.add_flag("--resume", o.resume, "continue the study in --out");
  app.add_flag("--overwrite", o.overwrite, "start anew");
  add_other_plan(app, o);
}

void add_describe(CLI::App& app, Options& o) {
  add_batch(app, o);
  app.add_option("--weights", o.weights, "also how many of these weights are zero: a .safetensors file or a checkpoint");
}

void add_gradcheck(CLI::App& app, Options& o) {
  app.add_option("--batch", o.batch, "rows of the check (6)")->check(CLI::Range(1u, 4096u));
  app.add_option("--coordinates", o.coordinates, "coordinates per tensor (24)")->check(CLI::Range(1u, max_count));
  app.add_option("--burn-in", o.burn_in, "training steps before the check (0)")->check(CLI::Range(0u, max_count));
  app.add_flag("--fast", o.fast, "random directions only; coordinates where one fails");
  app.add_flag("--sanity", o.sanity, "then: the loss of guessing, 20 rows learned by heart, the size of steps");
  app.add_option("--weights", o.weights,
                 "check at these weights: a .safetensors file, a checkpoint, or the folder of a training (initial ones)");
  CLI::Option* index = app.add_option("--batch-index", o.batch_index, "check on this batch of the training rows, from 0 (0)");
  app.add_option("--rows", o.rows, "check on the training rows of these numbers, from 0: 3,17,42")->delimiter(',')->excludes(index);
}

void add_eval(CLI::App& app, Options& o) {
  app.add_option("--split", o.split, "train, validation or test (test)")->check(CLI::IsMember({"train", "validation", "test"}));
  app.add_flag("--confusion", o.confusion, "also print how often each class was taken for which");
  add_weights(app, o);
  add_batch(app, o);
  add_validation(app, o);
}

void add_predict(CLI::App& app, Options& o) {
  app.add_option("FILE", o.files, "rows to predict: one .npy, .npz, .csv or IDX; or images and folders of them")->required();
  app.add_option("--top", o.top, "print this many classes, the most probable first (images: 3)")->check(CLI::Range(1u, max_count));
  add_decoding(app, o);
  add_weights(app, o);
  add_batch(app, o);
}

void add_bench(CLI::App& app, Options& o) {
  add_epochs(app, o);
  add_batch(app, o);
  add_validation(app, o);
  add_profile(app, o);
}

void add_export(CLI::App& app, Options& o) {
  app.add_option("--to", o.to, "weights (.safetensors), npz or object (weights)")->check(CLI::IsMember({"weights", "npz", "object"}));
  add_weights(app, o);
  add_batch(app, o);
  app.add_flag("--sparse", o.sparse, "weights: tensors with many zeros as the blocks that have any others");
  app.add_option("--target", o.target, "object: x86-64-v3, x86-64-v4, x86-64-v4bf16 or host (host)")
      ->check(CLI::IsMember({"x86-64-v3", "x86-64-v4", "x86-64-v4bf16", "host"}));
}

void add_report(CLI::App&, Options&) {}
void add_cache(CLI::App& app, Options& o) {
  app.add_option("ACTION", o.cache_action, "list or clear")->required()->check(CLI::IsMember({"list", "clear"}));
  add_cache_folder(app, o);
}
void add_prune(CLI::App& app, Options& o) {
  app.add_option("--to", o.to_share, "share of zeros, e.g. 0.8")->required()->check(CLI::Range(0.0, 0.9999));
  app.add_option("--form", o.form, "unstructured, block:ROWSxCOLUMNS, 2:4 or filters (block:16x16)");
  app.add_option("--finetune", o.finetune, "passes over the training data with the zeros kept (0)")->check(CLI::Range(0u, max_count));
  app.add_option("--layer", o.layers, "a layer to prune (all but those that are outputs); repeatable")->take_all()->allow_extra_args(false);
  app.add_flag("--global", o.global, "one threshold for all layers; else each loses the same share");
  add_weights(app, o);
  add_batch(app, o);
  add_validation(app, o);
}

struct Entry {
  Command command;
  const char *name, *text;
  void (*add)(CLI::App&, Options&);
  bool data;  ///< reads a data set
};
constexpr std::array<Entry, 11> entries{{
    {Command::train, "train", "train the model and write weights, history and checkpoint", add_train, true},
    {Command::search, "search", "random search over the declared space", add_search, true},
    {Command::gradcheck, "gradcheck", "compare gradients with central differences in float64", add_gradcheck, true},
    {Command::eval, "eval", "metrics of trained weights on a part of the data", add_eval, true},
    {Command::predict, "predict", "classes and probabilities for the rows of a file", add_predict, false},
    {Command::bench, "bench", "speed of training, inference and compilation", add_bench, true},
    {Command::export_model, "export", "write trained weights or the compiled object", add_export, false},
    {Command::describe, "describe", "layers, space, the compiled step, and zeros in trained weights", add_describe, false},
    {Command::report, "report", "write the page of a training or a search again", add_report, false},
    {Command::cache, "cache", "list or clear the cached rows of all models", add_cache, false},
    {Command::prune, "prune", "zeros in trained weights, fine-tuned, in a smaller file and a faster program", add_prune, true},
}};

// The parser speaks in several lines; ours is one sentence.
std::string sentence(std::string message, const std::string& program) {
  for (char& c : message)
    if (c == '\n') c = ' ';
  while (!message.empty() && (message.back() == ' ' || message.back() == '.')) message.pop_back();
  return fmt::format("{}; see {} --help", message, program);
}

// The parser's own words for these two do not say what was wrong.
void check_command(int argc, char** argv, const std::string& program) {
  const std::string known = "train, search, gradcheck, eval, predict, bench, export, describe, report, cache or prune";
  if (argc < 2) throw UsageError(sentence("a command is needed: " + known, program));
  const std::string_view name = argv[1];
  const bool found = std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return name == entry.name; });
  if (!found && name.substr(0, 1) != "-") throw UsageError(sentence(fmt::format("there is no command '{}'; use {}", name, known), program));
}

/// --device: none for "cpu".
std::optional<int> chosen_cuda(const std::string& device) {
  try {
    return cuda_ordinal(device);
  } catch (const UserError& error) {
    throw UsageError(std::string("--device ") + error.what());
  }
}

}  // namespace

Parsed parse_options(const std::string& model, int argc, char** argv) {
  Parsed parsed;
  Options& o = parsed.options;
  o.program = std::filesystem::path(argc > 0 ? argv[0] : model).filename().string();
  CLI::App app("The model " + model + ": train it, search its space, check and serve it.", o.program);
  app.require_subcommand(1);
  std::array<CLI::App*, entries.size()> commands{};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    commands[i] = app.add_subcommand(entries[i].name, entries[i].text);
    add_common(*commands[i], o);
    entries[i].add(*commands[i], o);
    if (entries[i].data) {
      add_columns(*commands[i], o);
      add_images(*commands[i], o);
      add_caching(*commands[i], o);
    }
  }
  check_command(argc, argv, o.program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    CLI::App* shown = &app;
    for (CLI::App* command : commands)
      if (command->parsed()) shown = command;
    parsed.help = shown->help(shown == &app ? "" : o.program);
    return parsed;
  } catch (const CLI::ParseError& error) {
    throw UsageError(sentence(error.what(), o.program));
  }
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (commands[i]->parsed()) o.command = entries[i].command;
  o.cuda = chosen_cuda(o.device);
  if (!o.cuda_driver.empty() && !o.cuda) throw UsageError("--cuda-driver is for --device cuda; give both or none");
  if (o.profile && o.cuda) throw UsageError("--profile times the kernels of the cpu; leave it out, or give --device cpu");
  if (!o.lr_range.empty() && (o.resume || !o.best.empty() || !o.init.empty()))
    throw UsageError("--lr-range starts from fresh weights; leave out --resume, --best and --init");
  if (o.resume && o.overwrite) throw UsageError("--resume and --overwrite exclude each other; give one of them");
  return parsed;
}

}  // namespace ingot::runtime::cli
