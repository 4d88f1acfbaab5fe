// Small pieces of C++ source text, shared by the manifest and the header that the generator writes.
#pragma once
#include <ingot_abi.h>

#include <string>
#include <string_view>

namespace ingot::codegen {

/// "a \"string\"" with its quotes; a text of several lines becomes one literal per line. Null: "nullptr".
[[nodiscard]] std::string quoted(const char* text, std::string_view indent = "  ");
/// The shortest text that reads back as the same double, always with a point or an exponent; 0.0 / 0.0 has no literal and
/// is written through __builtin_nan and __builtin_inf.
[[nodiscard]] std::string literal(double value);
/// A name that C++ accepts: other characters become '_', keywords and empty names get a final '_'.
[[nodiscard]] std::string identifier(std::string_view name);
/// Whether `name` can be used as it is.
[[nodiscard]] bool is_identifier(std::string_view name);
/// "INGOT_F32"
[[nodiscard]] std::string_view dtype_constant(std::uint32_t dtype);
/// "float"; throws InternalError for types without one.
[[nodiscard]] std::string_view cpp_type(std::uint32_t dtype);

}  // namespace ingot::codegen
