#include "data/image_loader.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/hash.hpp>
#include <ingot/runtime/data/load.hpp>
#include <ingot/runtime/data/mapped_file.hpp>
#include <ingot/runtime/device/team.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>

namespace ingot::runtime {
namespace {

constexpr std::size_t shown_failures = 3;
constexpr std::uint64_t rows_per_thread = 8;  // in one request: threads end at about the same time

// Decodes files into rows of the dtype of the model's input.
class ImageRows final : public RowSource {
 public:
  ImageRows(const ImageFormat& format, std::uint32_t dtype, std::vector<std::filesystem::path> files, std::shared_ptr<Workers> workers)
      : format_(format), dtype_(dtype), files_(std::move(files)), workers_(std::move(workers)) {}

  [[nodiscard]] std::uint64_t row_bytes() const { return format_.bytes() * dtype_bytes(dtype_); }
  void read(std::span<const std::uint32_t> rows, std::byte* to) const override {
    workers_->run(rows.size(), [&](std::size_t i) { read_row(rows[i], to + i * row_bytes()); });
  }
  [[nodiscard]] std::uint64_t rows_at_once() const override { return workers_->threads() * rows_per_thread; }

  void read_row(std::uint32_t row, std::byte* to) const {
    thread_local std::vector<std::byte> file;
    read_file(files_.at(row), file);
    const std::string name = files_[row].string();
    if (dtype_ == INGOT_U8) return decode_image(file, name, format_, reinterpret_cast<std::uint8_t*>(to));
    std::vector<std::uint8_t> pixels(format_.bytes());
    decode_image(file, name, format_, pixels.data());
    std::ranges::copy(pixels, reinterpret_cast<float*>(to));
  }

 private:
  ImageFormat format_;
  std::uint32_t dtype_;
  std::vector<std::filesystem::path> files_;
  std::shared_ptr<Workers> workers_;
};

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

// Closes the gaps that failures left, in the list and in memory.
void drop_failures(const Survey& survey, std::uint64_t row_bytes, ImageList& list) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < survey.failures.size(); ++i) {
    if (!survey.failures[i].empty()) continue;
    if (kept != i) {
      list.files[kept] = std::move(list.files[i]);
      if (!list.labels.empty()) list.labels[kept] = list.labels[i];
      if (survey.memory != nullptr) std::memcpy(survey.memory.get() + kept * row_bytes, survey.memory.get() + i * row_bytes, row_bytes);
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

Table label_table(const ImageList& list, const Port& port) {
  const auto memory = std::make_shared<std::vector<double>>(list.labels);
  return target_table({ElementType::f64, {memory->size()}, {memory, reinterpret_cast<const std::byte*>(memory->data())}, true, list.source},
                      port);
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

ImageLoader::ImageLoader(const ModelPorts& ports, const ImageOptions& options)
    : ports_(ports),
      format_(image_format(ports, options.antialias)),
      strict_(options.strict),
      on_decoded_(options.on_decoded),
      memory_left_(options.memory_limit.value_or(default_memory_limit())),
      workers_(std::make_shared<Workers>(options.threads == 0 ? available_threads() : options.threads)) {}

Dataset ImageLoader::load(ImageList& list) {
  if (list.files.size() >= std::numeric_limits<std::uint32_t>::max())
    throw UserError(fmt::format("{}: {} images are more than 32-bit row numbers can count", list.source, list.files.size()));
  const Port& port = ports_.inputs.front();
  const ImageRows all(format_, port.dtype, list.files, workers_);
  const std::uint64_t needed = list.files.size() * all.row_bytes();
  const bool keep = needed <= memory_left_;
  const Survey survey = decode_all(all, list.files.size(), keep, *workers_, list.source, on_decoded_);
  const auto failed = static_cast<std::size_t>(std::ranges::count_if(survey.failures, [](const auto& text) { return !text.empty(); }));
  if (failed > 0 && (strict_ || failed == list.files.size())) refuse(list, survey.failures, failed);
  if (failed > 0) notes_.push_back(skipped_sentence(list.source, survey.failures, failed));
  drop_failures(survey, all.row_bytes(), list);
  if (list.files.empty()) throw UserError(fmt::format("{}: there are no images", list.source));

  Dataset data;
  data.inputs.push_back({port.name, port.dtype, port.dims, list.files.size(), survey.memory, keep});
  if (keep) {
    memory_left_ -= needed;
  } else {
    data.inputs.front().source = std::make_shared<ImageRows>(format_, port.dtype, list.files, workers_);
    notes_.push_back(fmt::format("{}: {} MB of images do not fit the memory limit, they are decoded in every pass (--memory-limit)",
                                 list.source, needed >> 20));
  }
  if (!list.labels.empty()) data.targets.push_back(label_table(list, ports_.targets.front()));
  data.class_names.resize(data.targets.size());
  data.source = list.source;
  data.identity = identity_of(data, survey);
  return data;
}

}  // namespace ingot::runtime
