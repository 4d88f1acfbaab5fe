#include "host/program_source.hpp"

#include <array>

namespace ingot::codegen {

namespace {

constexpr std::array<const char*, 4> entry_texts{"train", "evaluate", "predict", "gradient"};
constexpr std::array<const char*, 4> entry_constants{"INGOT_TRAIN", "INGOT_EVALUATE", "INGOT_PREDICT", "INGOT_GRADIENT"};
constexpr std::array<const char*, 4> role_constants{"INGOT_PARAMETER", "INGOT_SLOT", "INGOT_STATISTIC", "INGOT_FROZEN"};
constexpr std::array<const char*, 5> init_constants{"INGOT_INIT_CONSTANT", "INGOT_INIT_UNIFORM", "INGOT_INIT_TRUNCATED_NORMAL",
                                                    "INGOT_INIT_NORMAL", "INGOT_INIT_ORTHOGONAL"};
constexpr std::array<const char*, 11> scalar_constants{"INGOT_SCALAR_HP",       "INGOT_SCALAR_RATE",          "INGOT_SCALAR_STEP",
                                                       "INGOT_SCALAR_SEED_LOW", "INGOT_SCALAR_SEED_HIGH",     "INGOT_SCALAR_POWER",
                                                       "INGOT_SCALAR_UPDATE",   "INGOT_SCALAR_APPLY",         "INGOT_SCALAR_NADAM_PRODUCT",
                                                       "INGOT_SCALAR_MOMENTUM", "INGOT_SCALAR_MOMENTUM_POWER"};

}  // namespace

std::string_view entry_text(std::uint32_t kind) { return entry_texts[kind]; }
std::string_view entry_constant(std::uint32_t kind) { return entry_constants[kind]; }

std::string tensor_row(const ingot_tensor& t) {
  std::ostringstream out;
  out << '{' << quoted(t.name) << ", " << dtype_constant(t.dtype) << ", " << t.rank << ", {";
  for (std::uint32_t k = 0; k < INGOT_MAX_RANK; ++k) out << (k > 0 ? ", " : "") << t.dims[k];
  out << "}, " << t.elements << '}';
  return out.str();
}

std::string state_row(const ingot_state& s) {
  return "{" + tensor_row(s.tensor) + ", " + role_constants[s.role] + ", " + init_constants[s.init] + ", " + literal(s.init_value) + ", " +
         std::to_string(s.parameter) + "}";
}

std::string scalar_row(const ingot_scalar& s) {
  return "{" + quoted(s.name) + ", " + scalar_constants[s.kind] + ", " + std::to_string(s.index) + ", " + literal(s.constant) + "}";
}

std::string write_strings(std::ostringstream& out, const std::string& name, const char* const* rows, std::size_t count) {
  return write_table(out, "char* const", name, rows, count, [](const char* text) { return quoted(text); });
}

}  // namespace ingot::codegen
