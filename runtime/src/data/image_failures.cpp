#include "data/image_failures.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>

namespace ingot::runtime {
namespace {

constexpr std::size_t shown_failures = 3;

void close_gaps(const std::vector<std::string>& failures, ImageList& list) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    if (!failures[i].empty()) continue;
    if (kept != i) {
      list.files[kept] = std::move(list.files[i]);
      if (!list.labels.empty()) list.labels[kept] = list.labels[i];
    }
    ++kept;
  }
  list.files.resize(kept);
  if (!list.labels.empty()) list.labels.resize(kept);
}

std::string skipped_sentence(const std::string& source, const std::vector<std::string>& failures, std::size_t failed) {
  std::string text = fmt::format("{}: skipped {} of {} images that cannot be decoded", source, failed, failures.size());
  std::size_t shown = 0;
  for (const std::string& failure : failures) {
    if (failure.empty()) continue;
    if (shown == shown_failures) return text + "; ...";
    text += (shown++ == 0 ? ": " : "; ") + failure;
  }
  return text;
}

[[noreturn]] void refuse(const ImageList& list, const std::vector<std::string>& failures, std::size_t failed) {
  const std::string& first = *std::ranges::find_if(failures, [](const std::string& text) { return !text.empty(); });
  if (list.files.size() == 1 && list.files.front() == list.source) throw UserError(first);
  throw UserError(fmt::format("{}: {} of {} images cannot be decoded: {}", list.source, failed, failures.size(), first));
}

void report_unlabelled(const ImageList& list, bool strict, std::vector<std::string>& notes) {
  if (list.unlabelled.empty()) return;
  const std::string which =
      fmt::format("{} image{} of no class, {} {}; name it like cat.17.jpg, or put it into the folder of its class", list.unlabelled.size(),
                  list.unlabelled.size() == 1 ? "" : "s", list.unlabelled.size() == 1 ? "which is" : "the first of which is",
                  list.unlabelled.front().string());
  if (strict) throw UserError(fmt::format("{}: there is {}", list.source, which));
  notes.push_back(fmt::format("{}: left out {}", list.source, which));
}

}  // namespace

void drop_failures(const std::vector<std::string>& failures, bool strict, ImageList& list, std::vector<std::string>& notes) {
  report_unlabelled(list, strict, notes);
  const auto failed = static_cast<std::size_t>(std::ranges::count_if(failures, [](const auto& text) { return !text.empty(); }));
  if (failed > 0 && (strict || failed == list.files.size())) refuse(list, failures, failed);
  if (failed > 0) notes.push_back(skipped_sentence(list.source, failures, failed));
  close_gaps(failures, list);
  if (list.files.empty()) throw UserError(fmt::format("{}: there are no images", list.source));
}

}  // namespace ingot::runtime
