#include "data/image_loader.hpp"

#include "data/image_failures.hpp"
#include "data/image_rows.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/hash.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/device/team.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>

namespace ingot::runtime {
namespace {

// What came of decoding every file of a list once.
struct Survey {
  std::vector<std::string> failures;  // per file; "": it can be decoded
  std::vector<std::uint64_t> hashes;  // of the rows
  std::shared_ptr<std::byte> memory;  // the rows, or null
};

Survey decode_all(const ImageRows& rows, std::size_t count, bool keep, Workers& workers, const std::string& source,
                  const std::function<void(std::size_t, std::size_t)>& on_decoded) {
  std::mutex reporting;
  std::size_t done = 0;
  Survey survey{std::vector<std::string>(count), std::vector<std::uint64_t>(count), nullptr};
  if (keep) survey.memory = allocate_bytes(count * rows.row_bytes(), source);
  workers.run(count, [&](std::size_t i) {
    std::vector<std::byte> own(keep ? 0 : rows.row_bytes());
    std::byte* to = keep ? survey.memory.get() + i * rows.row_bytes() : own.data();
    try {
      rows.read_row(static_cast<std::uint32_t>(i), to);
      survey.hashes[i] = ContentHash().add(to, rows.row_bytes()).digest();
    } catch (const Error& error) {
      survey.failures[i] = error.what();
    }
    if (!on_decoded) return;
    const std::lock_guard lock(reporting);
    on_decoded(++done, count);
  });
  return survey;
}

// Closes the gaps that failures left in memory.
void close_gaps(const Survey& survey, std::uint64_t row_bytes) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < survey.failures.size(); ++i) {
    if (!survey.failures[i].empty()) continue;
    if (kept != i) std::memcpy(survey.memory.get() + kept * row_bytes, survey.memory.get() + i * row_bytes, row_bytes);
    ++kept;
  }
}

std::uint64_t identity_of(const Dataset& data, const Survey& survey) {
  ContentHash hash;
  const Table& rows = data.inputs.front();
  hash.add_number(rows.dtype).add_number(rows.rows);
  for (const std::uint32_t extent : rows.dims) hash.add_number(extent);
  for (std::size_t i = 0; i < survey.hashes.size(); ++i)
    if (survey.failures[i].empty()) hash.add_number(survey.hashes[i]);
  for (const Table& target : data.targets) hash.add(target.data(), target.rows * target.row_bytes());
  return hash.digest();
}

}  // namespace

ImageFormat image_format(const ModelPorts& ports, bool antialias) {
  if (ports.inputs.size() != 1 || ports.targets.size() > 1)
    throw UserError(fmt::format("model {} has {} inputs and {} targets; images can be given to one input with one target", ports.model,
                                ports.inputs.size(), ports.targets.size()));
  const Port& port = ports.inputs.front();
  const std::uint32_t channels = port.dims.size() == 3 ? port.dims[2] : 1;
  if (port.dims.size() < 2 || port.dims.size() > 3 || (channels != 1 && channels != 3))
    throw UserError(fmt::format("input '{}' of model {} has shape {}; images want (height, width, 1 or 3)", port.name, ports.model,
                                dims_text(port.dims)));
  return {port.dims[0], port.dims[1], channels, antialias};
}

ImageLoader::ImageLoader(const ModelPorts& ports, const ImageOptions& options, RowCacheOptions cache)
    : ports_(ports),
      format_(image_format(ports, options.antialias)),
      strict_(options.strict),
      on_decoded_(options.on_decoded),
      cache_(std::move(cache)),
      memory_left_(options.memory_limit.value_or(default_memory_limit())),
      workers_(std::make_shared<Workers>(options.threads == 0 ? available_threads() : options.threads)) {}

Dataset ImageLoader::load(ImageList& list) {
  if (list.files.size() >= std::numeric_limits<std::uint32_t>::max())
    throw UserError(fmt::format("{}: {} images are more than 32-bit row numbers can count", list.source, list.files.size()));
  Dataset data = cache_.kind == RowCacheKind::none ? load_decoded(list) : load_cached(list);
  data.class_names.resize(data.targets.size());
  data.source = list.source;
  return data;
}

Dataset ImageLoader::load_decoded(ImageList& list) {
  const Port& port = ports_.inputs.front();
  const ImageRows all(format_, port.dtype, list.files, workers_);
  const std::uint64_t needed = list.files.size() * all.row_bytes();
  const bool keep = needed <= memory_left_;
  const Survey survey = decode_all(all, list.files.size(), keep, *workers_, list.source, on_decoded_);
  drop_failures(survey.failures, strict_, list, notes_);
  if (keep) close_gaps(survey, all.row_bytes());

  Dataset data;
  data.inputs.push_back({port.name, port.dtype, port.dims, list.files.size(), survey.memory, keep});
  if (keep) {
    memory_left_ -= needed;
  } else {
    data.inputs.front().source = std::make_shared<ImageRows>(format_, port.dtype, list.files, workers_);
    notes_.push_back(fmt::format("{}: {} MB of images do not fit the memory limit, they are decoded in every pass (--memory-limit)",
                                 list.source, needed >> 20));
  }
  add_labels(list, data);
  data.identity = identity_of(data, survey);
  return data;
}

void ImageLoader::add_labels(const ImageList& list, Dataset& data) const {
  if (list.labels.empty()) return;
  const auto memory = std::make_shared<std::vector<double>>(list.labels);
  const std::shared_ptr<const std::byte> bytes(memory, reinterpret_cast<const std::byte*>(memory->data()));
  data.targets.push_back(target_table({ElementType::f64, {memory->size()}, bytes, true, list.source}, ports_.targets.front()));
}

}  // namespace ingot::runtime
