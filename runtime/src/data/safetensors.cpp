#include <ingot/runtime/data/safetensors.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/mapped_file.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>
#include <tuple>

namespace ingot::runtime {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* metadata_key = "__metadata__";
constexpr std::size_t alignment = 64;

const char* format_dtype(std::uint32_t dtype) {
  if (dtype == INGOT_F32) return "F32";
  if (dtype == INGOT_F64) return "F64";
  if (dtype == INGOT_U8) return "U8";
  throw std::logic_error("safetensors: only f32, f64 and u8 are written");
}

std::string make_header(std::span<const TensorView> tensors, const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header[metadata_key] = metadata;
  std::uint64_t offset = 0;
  for (const TensorView& tensor : tensors) {
    const std::uint64_t end = offset + tensor.elements() * dtype_bytes(tensor.dtype);
    if (tensor.name == metadata_key || header.contains(tensor.name)) throw std::logic_error("safetensors: name taken: " + tensor.name);
    header[tensor.name] = {{"dtype", format_dtype(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((alignment - (text.size() + 8) % alignment) % alignment, ' ');
  return text;
}

struct Entry {
  TensorView view;
  std::uint64_t begin = 0, end = 0;
};

// The text between length and data; errors name the file.
class HeaderParser {
 public:
  HeaderParser(std::string file, std::uint64_t data_bytes) : file_(std::move(file)), data_bytes_(data_bytes) {}

  std::vector<Entry> parse(std::string_view text, Metadata& metadata) const {
    const Json header = parse_json(text);
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items())
      if (name == metadata_key)
        metadata = parse_metadata(value);
      else
        entries.push_back(parse_entry(name, value));
    std::ranges::sort(entries, {}, [](const Entry& e) { return std::tuple(e.begin, e.end, std::string_view(e.view.name)); });
    check_layout(entries);
    return entries;
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    throw UserError(fmt::format("{}: {}", file_, fmt::format(text, std::forward<Args>(args)...)));
  }

  Json parse_json(std::string_view text) const {
    // Depth 1 keys are tensor names; the library keeps the last of two equal ones silently.
    std::vector<std::set<std::string>> names;
    std::string twice;
    const auto watch = [&](int, nlohmann::json::parse_event_t event, Json& value) {
      using Event = nlohmann::json::parse_event_t;
      if (event == Event::object_start) names.emplace_back();
      if (event == Event::object_end && !names.empty()) names.pop_back();
      if (event == Event::key && !names.back().insert(value.get<std::string>()).second) twice = value.get<std::string>();
      return true;
    };
    Json header;
    try {
      header = Json::parse(text, watch);
    } catch (const Json::parse_error& error) {
      fail("the header is no JSON (byte {} of the file); write the file again", 8 + error.byte);
    }
    if (!header.is_object()) fail("the header is no JSON object (byte 8 of the file)");
    if (!twice.empty()) fail("'{}' appears twice in the header", twice);
    return header;
  }

  Metadata parse_metadata(const Json& value) const {
    Metadata metadata;
    if (!value.is_object()) fail("{} is no object of strings", metadata_key);
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail("{}: '{}' is no string", metadata_key, key);
      metadata[key] = text.get<std::string>();
    }
    return metadata;
  }

  Entry parse_entry(const std::string& name, const Json& value) const {
    if (name.empty()) fail("a tensor has no name");
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
      fail("tensor '{}' must have exactly dtype, shape and data_offsets", name);
    Entry entry;
    entry.view.name = name;
    entry.view.dtype = parse_dtype(name, value["dtype"]);
    entry.view.shape = parse_numbers(name, "shape", value["shape"]);
    const auto offsets = parse_numbers(name, "data_offsets", value["data_offsets"]);
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_bytes_)
      fail("tensor '{}': data_offsets {} do not lie within the {} bytes of data", name, shape_text(offsets), data_bytes_);
    entry.begin = offsets[0];
    entry.end = offsets[1];
    if (expected_bytes(entry.view) != entry.end - entry.begin)
      fail("tensor '{}': shape {} of {} does not fill the {} bytes of its data_offsets", name, shape_text(entry.view.shape),
           dtype_name(entry.view.dtype), entry.end - entry.begin);
    return entry;
  }

  std::uint32_t parse_dtype(const std::string& name, const Json& value) const {
    if (value == "F32") return INGOT_F32;
    if (value == "F64") return INGOT_F64;
    if (value == "U8") return INGOT_U8;
    fail("tensor '{}' has dtype {}, only F32, F64 and U8 are read", name, value.dump(-1, ' ', true, Json::error_handler_t::replace));
  }

  std::vector<std::uint64_t> parse_numbers(const std::string& name, const char* key, const Json& value) const {
    std::vector<std::uint64_t> numbers;
    if (!value.is_array()) fail("tensor '{}': {} is no list of numbers", name, key);
    for (const Json& number : value) {
      if (!number.is_number_unsigned()) fail("tensor '{}': {} has an entry that is no number from 0", name, key);
      numbers.push_back(number.get<std::uint64_t>());
    }
    return numbers;
  }

  // Saturates: a product that overflows never equals a range within the file.
  static std::uint64_t expected_bytes(const TensorView& view) {
    std::uint64_t bytes = dtype_bytes(view.dtype);
    for (const std::uint64_t extent : view.shape)
      if (__builtin_mul_overflow(bytes, extent, &bytes)) return ~std::uint64_t{0};
    return bytes;
  }

  void check_layout(const std::vector<Entry>& entries) const {
    std::uint64_t end = 0;
    for (const Entry& entry : entries) {
      if (entry.begin < end) fail("tensor '{}' overlaps the tensor before it at data offset {}", entry.view.name, entry.begin);
      if (entry.begin > end) fail("{} bytes at data offset {} belong to no tensor", entry.begin - end, end);
      end = entry.end;
    }
    if (end != data_bytes_) fail("{} bytes after the last tensor (data offset {})", data_bytes_ - end, end);
  }

  std::string file_;
  std::uint64_t data_bytes_;
};

std::uint64_t header_bytes(std::span<const std::byte> file, const std::string& name) {
  if (file.size() < 8)
    throw UserError(fmt::format("{}: {} bytes are no safetensors file, 8 bytes of header length are missing", name, file.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  if (length > file.size() - 8)
    throw UserError(
        fmt::format("{}: the header length {} at offset 0 exceeds the {} bytes that follow; the file is cut off or no safetensors "
                    "file",
                    name, length, file.size() - 8));
  return length;
}

}  // namespace

std::uint64_t TensorView::elements() const {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) count *= extent;
  return count;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors, const Metadata& metadata) {
  const std::string header = make_header(tensors, metadata);
  const std::uint64_t length = header.size();
  AtomicFile file(path);
  file.write(&length, sizeof length);
  file.write(header);
  for (const TensorView& tensor : tensors) file.write(tensor.data, tensor.elements() * dtype_bytes(tensor.dtype));
  file.commit();
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const auto mapped = MappedFile::open(path);
  const auto bytes = mapped->bytes();
  Safetensors result;
  result.file = path.string();
  const std::uint64_t length = header_bytes(bytes, result.file);
  const auto data = bytes.subspan(8 + length);
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + 8, length);
  const auto entries = HeaderParser(result.file, data.size()).parse(header, result.metadata);
  // Each tensor gets an aligned place of its own: files by others align to 8 or not at all.
  std::uint64_t total = 0;
  for (const Entry& entry : entries) total += (entry.end - entry.begin + alignment - 1) / alignment * alignment;
  const auto memory = allocate_bytes(total, result.file);
  std::byte* at = memory.get();
  for (const Entry& entry : entries) {
    std::copy_n(data.data() + entry.begin, entry.end - entry.begin, at);
    result.tensors.push_back(entry.view);
    result.tensors.back().data = at;
    at += (entry.end - entry.begin + alignment - 1) / alignment * alignment;
  }
  result.memory = memory;
  return result;
}

const TensorView* Safetensors::find(std::string_view name) const {
  const auto at = std::ranges::find(tensors, name, &TensorView::name);
  return at == tensors.end() ? nullptr : &*at;
}

const TensorView& Safetensors::get(std::string_view name, std::span<const std::uint64_t> shape) const {
  const TensorView* tensor = find(name);
  if (tensor == nullptr) throw UserError(fmt::format("{}: there is no tensor '{}'; the file belongs to another model", file, name));
  if (!std::ranges::equal(tensor->shape, shape))
    throw UserError(
        fmt::format("{}: tensor '{}' has shape {}, the model wants ({})", file, name, shape_text(tensor->shape), fmt::join(shape, ", ")));
  if (tensor->dtype == INGOT_U8) throw UserError(fmt::format("{}: tensor '{}' holds bytes, the model wants F32 or F64", file, name));
  return *tensor;
}

void copy_tensor(const TensorView& tensor, std::uint32_t dtype, void* out) {
  const std::uint64_t elements = tensor.elements();
  if (dtype == tensor.dtype)
    std::memcpy(out, tensor.data, elements * dtype_bytes(dtype));
  else if (dtype == INGOT_F64)
    std::copy_n(static_cast<const float*>(tensor.data), elements, static_cast<double*>(out));
  else
    std::transform(static_cast<const double*>(tensor.data), static_cast<const double*>(tensor.data) + elements, static_cast<float*>(out),
                   [](double x) { return static_cast<float>(x); });
}

}  // namespace ingot::runtime
