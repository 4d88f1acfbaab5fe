#include "host/source_text.hpp"
#include "ir/error.hpp"
#include "tool/gen_device.hpp"
#include "tool/gen_model.hpp"
#include "tool/gen_options.hpp"

#include <ingot/codegen/generator.hpp>

#include <algorithm>
#include <exception>
#include <iostream>

namespace ingot::codegen {

namespace {

constexpr std::string_view help =
    "Writes the objects, the manifest and the header of an exported model.\n"
    "  --out DIR      where to\n"
    "  --name SYMBOL  beginning of file names and symbols; default: the model's name\n"
    "  --model NAME   which of several exported models\n"
    "  --targets A,B  x86-64-v3, x86-64-v4, cuda; default: x86-64-v3,x86-64-v4\n"
    "  --show WHAT    only print the launches or the ptx of the program for a GPU\n"
    "  --list         only print the names of the exported models\n";

/// In the order of the source.
std::vector<definition_view> in_order(const registration* models) {
  std::vector<definition_view> found;
  for (; models != nullptr; models = models->next) found.push_back(models->definition);
  std::reverse(found.begin(), found.end());
  return found;
}

std::string names_of(const std::vector<definition_view>& models) {
  std::string text;
  for (const definition_view& d : models) text += (text.empty() ? "" : ", ") + std::string(d.name);
  return text;
}

const definition_view& choose(const std::vector<definition_view>& models, const std::string& wanted) {
  if (models.empty()) throw UserError("the source exports no model; add INGOT_EXPORT(name); after its declaration");
  if (wanted.empty()) {
    if (models.size() == 1) return models.front();
    throw UserError("the source exports several models: " + names_of(models) + "; choose one with MODEL in ingot_add_model()");
  }
  const auto found = std::find_if(models.begin(), models.end(), [&](const definition_view& d) { return wanted == d.name; });
  if (found == models.end()) throw UserError("the source exports no model " + wanted + ", only " + names_of(models));
  return *found;
}

void run(const std::vector<definition_view>& models, const GenOptions& options) {
  const definition_view& chosen = choose(models, options.model);
  if (!options.show.empty()) {
    std::cout << show_device(chosen, options.show);
    return;
  }
  const std::string symbol = options.name.empty() ? chosen.name : options.name;
  if (!is_identifier(symbol)) throw UserError("the name " + symbol + " cannot be part of a C++ name; use letters, digits and _");
  generate_model(chosen, symbol, options.targets, options.out);
}

}  // namespace

int run_generator(const registration* registered, int argc, char** argv) {
  try {
    const GenOptions options = parse_gen_options(argc, argv);
    const std::vector<definition_view> models = in_order(registered);
    if (options.help) {
      std::cout << help;
    } else if (options.list) {
      for (const definition_view& d : models) std::cout << d.name << '\n';
    } else {
      run(models, options);
    }
    return 0;
  } catch (const UsageError& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace ingot::codegen
