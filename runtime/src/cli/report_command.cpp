#include "cli/report_command.hpp"

#include "cli/json_writer.hpp"
#include "cli/setup.hpp"
#include "cli/study_file.hpp"
#include "report/run_page.hpp"
#include "report/study_page.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* page_name = "report.html";

std::string write_run_page(const fs::path& record) {
  const fs::path page = record.parent_path() / page_name;
  write_atomically(page, run_page(run_record_from_json(read_whole_file(record), record.string())));
  return page.string();
}

}  // namespace

std::string search_objective(const ingot_model& model) {
  return std::string(metric_name(model.recipe.search ? model.recipe.objective : static_cast<std::uint32_t>(INGOT_VAL_LOSS)));
}

std::string write_study_page(const ingot_model& model, const std::string& study_path) {
  const Study study(study_path);
  const fs::path page = fs::path(study_path).parent_path() / page_name;
  write_atomically(page, study_page(Space(model), study, search_objective(model)));
  return page.string();
}

int report_command(const Invocation& call) {
  const fs::path out = out_folder(call), record = run_record_path(out), study = study_path(out);
  std::string page;
  if (fs::exists(record))
    page = write_run_page(record);
  else if (study != out && fs::exists(study))
    page = write_study_page(call.model, study.string());
  else
    throw UserError(
        fmt::format("{} holds neither a training (report.json) nor a search (study.db); name the folder of one with --out", out.string()));
  if (call.options.json)
    print_json(JsonWriter().begin_object().add("file", page).end_object().text());
  else
    print_line("written to " + page);
  return exit_done;
}

}  // namespace ingot::runtime::cli
