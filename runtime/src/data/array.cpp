#include <ingot/runtime/data/array.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <limits>
#include <new>
#include <unistd.h>

namespace ingot::runtime {

std::size_t element_bytes(ElementType type) {
  constexpr std::size_t bytes[] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8};
  return bytes[static_cast<std::size_t>(type)];
}

const char* element_name(ElementType type) {
  constexpr const char* names[] = {"bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f16", "f32", "f64"};
  return names[static_cast<std::size_t>(type)];
}

std::uint64_t Array::elements() const {
  std::uint64_t count = 1;
  for (const std::uint64_t extent : shape) count *= extent;
  return count;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::shared_ptr<std::byte> allocate_bytes(std::uint64_t bytes, const std::string& what) {
  constexpr std::align_val_t alignment{64};
  void* memory = ::operator new(bytes == 0 ? 1 : bytes, alignment, std::nothrow);
  if (memory == nullptr) throw MachineError(fmt::format("no memory for the {} bytes of {}", bytes, what));
  return {static_cast<std::byte*>(memory), [](std::byte* p) { ::operator delete(p, alignment); }};
}

std::uint64_t default_memory_limit() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) / 2;
}

bool fits_memory(std::uint64_t bytes) { return bytes <= default_memory_limit(); }

}  // namespace ingot::runtime
