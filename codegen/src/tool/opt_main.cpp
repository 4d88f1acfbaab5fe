// ingot-opt: reads the text of a graph, runs passes over it and shows any stage.
//   ingot-opt model.txt                          all late passes, then the graph
//   ingot-opt --pass cse --pass dead_code -      these passes, in this order, over standard input
//   ingot-opt --dump all model.txt               the graph after every pass that changed it
//   ingot-opt --stage interpret model.txt
// Exit codes: 0, 1 failure, 2 wrong usage.
#include "ir/error.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "pass/pipeline.hpp"
#include "tool/opt_stages.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

using namespace ingot::codegen;

struct Options {
  std::string file = "-";
  std::vector<std::string> passes;
  std::string dump, stage = "graph";
  bool no_passes = false, list = false;
  StageOptions stage_options;
};

std::string read_all(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file, std::ios::binary);
  if (!in) throw UserError("cannot read '" + file + "'");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<PassInfo> chosen_passes(const Options& o) {
  if (o.no_passes) return {};
  if (o.passes.empty()) return {late_passes().begin(), late_passes().end()};
  std::vector<PassInfo> passes;
  for (const std::string& name : o.passes) {
    const PassInfo* pass = find_pass(name);
    if (pass == nullptr) throw UserError("there is no pass '" + name + "'; --list shows all");
    passes.push_back(*pass);
    passes.back().after = Stage::built;  // a part of the pipeline need not reach the primitive stage
  }
  return passes;
}

void list() {
  std::cout << "passes, in pipeline order:\n";
  for (const auto passes : {early_passes(), late_passes()})
    for (const PassInfo& p : passes) std::cout << "  " << p.name << '\n';
  std::cout << "stages:\n";
  for (const StageRow& s : stage_table()) std::cout << "  " << s.name << ": " << s.help << '\n';
}

void run(const Options& o) {
  if (o.list) return list();
  const StageRow* stage = find_stage(o.stage);
  if (stage == nullptr) throw UserError("there is no stage '" + o.stage + "'; --list shows all");
  if (!o.dump.empty() && o.dump != "all" && find_pass(o.dump) == nullptr)
    throw UserError("there is no pass '" + o.dump + "' to dump; --list shows all");
  const std::vector<PassInfo> passes = chosen_passes(o);
  Graph g = parse_graph(read_all(o.file));
  verify(g, Stage::built, "input");
  run_passes(g, passes, [&](std::string_view pass, const Graph& now) {
    if (o.dump == "all" || o.dump == pass) std::cout << "# after " << pass << '\n' << print(now);
  });
  stage->show(g, o.stage_options, std::cout);
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Runs passes over the text of a value graph and shows any stage of it.");
  app.add_option("file", o.file, "the graph; - reads standard input");
  app.add_option("--pass", o.passes, "a pass to run, repeatable (default: all late passes)")->allow_extra_args(false);
  app.add_flag("--no-passes", o.no_passes, "run none");
  app.add_option("--dump", o.dump, "also print the graph after this pass, or after all");
  app.add_option("--stage", o.stage, "what to show at the end (default: graph)");
  app.add_option("--batch", o.stage_options.batch, "rows at most")->check(CLI::Range(1, 1 << 20));
  app.add_option("--target", o.stage_options.target, "x86-64-v3, x86-64-v4 or host");
  app.add_option("--device", o.stage_options.device, "sm_80, sm_90, sm_100 or sm_120");
  app.add_option("--seed", o.stage_options.seed, "of the made-up inputs of --stage interpret");
  app.add_flag("--list", o.list, "list passes and stages");
  try {
    app.parse(argc, argv);
    run(o);
    return 0;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    std::cerr << "ingot-opt: " << e.what() << '\n';
    return 1;
  }
}
