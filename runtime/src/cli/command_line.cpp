#include "cli/commands.hpp"
#include "cli/json_writer.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <new>

namespace ingot::runtime {
namespace {

using namespace cli;

int dispatch(const Invocation& call) {
  switch (call.options.command) {
    case Command::train:
      return train_command(call);
    case Command::search:
      return search_command(call);
    case Command::gradcheck:
      return gradcheck_command(call);
    case Command::eval:
      return eval_command(call);
    case Command::predict:
      return predict_command(call);
    case Command::bench:
      return bench_command(call);
    case Command::export_model:
      return export_command(call);
    case Command::describe:
      return describe_command(call);
    case Command::report:
      return report_command(call);
    case Command::cache:
      return cache_command(call);
    case Command::prune:
      return prune_command(call);
  }
  return exit_usage;
}

// One sentence on stderr; a reader of --json also gets it as its one object.
int report(const Options& options, const char* program, const std::string& message, int code) {
  fmt::print(stderr, "{}: {}\n", program, message);
  if (options.json) {
    const std::string object = JsonWriter().begin_object().add("error", message).end_object().text();
    std::fprintf(stdout, "%s\n", object.c_str());
  }
  return code;
}

}  // namespace

int command_line(const ingot_model& model, int argc, char** argv, const CommandDefaults& defaults) {
  Parsed parsed;
  const Options& options = parsed.options;
  try {
    if (model.abi_version != INGOT_ABI_VERSION)
      throw UserError(
          fmt::format("the model {} was generated for version {} of the runtime's interface, this runtime has {}; build it again",
                      model.name, model.abi_version, INGOT_ABI_VERSION));
    parsed = parse_options(model.name, argc, argv);
    if (!parsed.help.empty()) {
      std::fputs(parsed.help.c_str(), stdout);
      return exit_done;
    }
    return dispatch({model, options, defaults});
  } catch (const UsageError& error) {
    return report(options, model.name, error.what(), exit_usage);
  } catch (const Error& error) {
    return report(options, model.name, error.what(), exit_failure);
  } catch (const std::bad_alloc&) {
    return report(options, model.name, "the machine has not enough free memory for this; use a smaller batch or fewer jobs", exit_failure);
  } catch (const std::exception& error) {
    return report(options, model.name, fmt::format("a defect of Ingot showed, please report it: {}", error.what()), exit_failure);
  }
}

int command_line(const ingot_model& model, int argc, char** argv) { return command_line(model, argc, argv, {}); }

}  // namespace ingot::runtime
