#include "tool/gen_options.hpp"

#include <string_view>

namespace ingot::codegen {

namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

GenOptions parse_gen_options(int argc, char** argv) {
  GenOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--list" || option == "--help") {
      (option == "--list" ? options.list : options.help) = true;
      continue;
    }
    if (option != "--out" && option != "--name" && option != "--model" && option != "--targets" && option != "--show")
      throw UsageError("unknown option " + std::string(option) + "; --help lists them");
    if (i + 1 == argc) throw UsageError(std::string(option) + " needs a value");
    const std::string_view value = argv[++i];
    if (option == "--out") options.out = value;
    if (option == "--name") options.name = value;
    if (option == "--model") options.model = value;
    if (option == "--targets") options.targets = split(value);
    if (option == "--show") options.show = value;
  }
  if (!options.show.empty() && options.show != "launches" && options.show != "ptx")
    throw UsageError("--show " + options.show + ": launches and ptx can be shown");
  if (options.out.empty() && options.show.empty() && !options.list && !options.help) throw UsageError("--out DIR is missing");
  return options;
}

}  // namespace ingot::codegen
