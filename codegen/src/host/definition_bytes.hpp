// A definition as bytes: what the manifest of a compiled model carries, so that the just-in-time compiler gets the declaration
// back without the user's source.
//
// Layout: a header (magic, layout version, byte order, sizes of the structs, counts, length of the name), the arrays as they
// lie in memory, the name, and a 128-bit hash of all before it. Reader and writer are the same build of the same structs: a
// difference in any size or in `layout_version` is refused, nothing is converted.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ingot::codegen {

/// A definition that owns its arrays.
class Definition {
 public:
  std::vector<op> ops;
  std::vector<hp_t> hps;
  std::vector<guard_t> guards;
  recipe_t recipe;
  std::string name;
  /// Valid as long as this object lives and is not changed.
  [[nodiscard]] definition_view view() const;
};

[[nodiscard]] std::string definition_to_bytes(const definition_view& definition);

/// Throws UserError when the bytes are no definition of this layout, are damaged, or describe something that the rest of the
/// compiler may not be shown: indices out of range, unknown kinds, cycles. Never reads outside of `bytes`.
[[nodiscard]] Definition definition_from_bytes(std::string_view bytes);

/// The structural rules behind definition_from_bytes: the first one broken, as a sentence, or an empty string.
[[nodiscard]] std::string check_definition(const definition_view& definition);

}  // namespace ingot::codegen
