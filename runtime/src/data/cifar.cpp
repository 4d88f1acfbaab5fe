#include <ingot/runtime/data/cifar.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/mapped_file.hpp>

namespace ingot::runtime {
namespace {

constexpr std::size_t side = 32, planes = 3, plane_bytes = side * side, image_bytes = planes * plane_bytes;

void to_channels_last(const std::byte* from, std::byte* to) {
  for (std::size_t pixel = 0; pixel < plane_bytes; ++pixel)
    for (std::size_t c = 0; c < planes; ++c) *to++ = from[c * plane_bytes + pixel];
}

}  // namespace

CifarRecords read_cifar(const std::vector<std::filesystem::path>& files, CifarKind kind) {
  const std::size_t label_bytes = kind == CifarKind::cifar10 ? 1 : 2, record_bytes = label_bytes + image_bytes;
  std::vector<std::shared_ptr<const MappedFile>> mapped;
  std::uint64_t records = 0;
  for (const auto& file : files) {
    const std::size_t bytes = mapped.emplace_back(MappedFile::open(file))->bytes().size();
    if (bytes == 0 || bytes % record_bytes != 0)
      throw UserError(fmt::format("{} has {} bytes, which is no whole number of records of {} bytes; download it again", file.string(),
                                  bytes, record_bytes));
    records += bytes / record_bytes;
  }
  const std::string source = files.empty() ? "" : files.front().string();
  const auto images = allocate_bytes(records * image_bytes, source), labels = allocate_bytes(records, source);
  std::byte *image = images.get(), *label = labels.get();
  for (const auto& file : mapped)
    for (const std::byte* at = file->bytes().data(); at != file->bytes().data() + file->bytes().size(); at += record_bytes) {
      *label++ = at[label_bytes - 1];
      to_channels_last(at + label_bytes, image);
      image += image_bytes;
    }
  return {{ElementType::u8, {records, side, side, planes}, images, true, source}, {ElementType::u8, {records}, labels, true, source}};
}

}  // namespace ingot::runtime
