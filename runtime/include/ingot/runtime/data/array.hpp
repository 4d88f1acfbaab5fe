// What a file of numbers holds before it becomes part of a data set: element type, shape, row-major elements in the byte order
// of this machine. Readers of IDX and NPY produce it; conversions to tables are in load.hpp.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ingot::runtime {

enum class ElementType : std::uint8_t { boolean, u8, u16, u32, u64, i8, i16, i32, i64, f16, f32, f64 };
std::size_t element_bytes(ElementType type);
/// "u8", "f32", "bool"
const char* element_name(ElementType type);

struct Array {
  ElementType type = ElementType::f32;
  std::vector<std::uint64_t> shape;       ///< empty: one element
  std::shared_ptr<const std::byte> data;  ///< aligned to the element; keeps its memory (owned or mapped) alive
  bool resident = true;                   ///< false: mapped from a file that may not fit into memory
  std::string source;                     ///< "x.npz: x_train", for messages

  [[nodiscard]] std::uint64_t elements() const;
  [[nodiscard]] std::uint64_t bytes() const { return elements() * element_bytes(type); }
};

/// "(60000, 28, 28)"
std::string shape_text(const std::vector<std::uint64_t>& shape);

/// `bytes` of memory, aligned to 64, not initialized. Throws MachineError naming `what` when there is none.
std::shared_ptr<std::byte> allocate_bytes(std::uint64_t bytes, const std::string& what);

/// Half of the memory of the machine: what data sets may take unless the user says otherwise.
std::uint64_t default_memory_limit();
/// Whether mapped data of this size stay in memory once read: at most default_memory_limit().
bool fits_memory(std::uint64_t bytes);

}  // namespace ingot::runtime
