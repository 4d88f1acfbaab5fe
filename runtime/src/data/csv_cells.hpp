// Cells of a CSV file as numbers and labels, with the errors that name line and column.
#pragma once
#include <ingot/runtime/data/csv.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

/// A decimal number with blanks around it; "nan" and "inf" in any spelling count as numbers here.
std::optional<double> parse_number(std::string_view cell);

/// A finite number that fits f32; the cell is not missing.
double finite_cell(const CsvTable& table, std::size_t row, std::size_t column);

/// Throws when the text is not UTF-8 (it goes into JSON beside the weights).
void check_utf8(std::string_view text, const std::string& where);

/// Index of the named column; throws with the names there are.
std::size_t column_index(const CsvTable& table, std::string_view name);

/// How many columns a target has: a class number or a label is one, values are one for each element.
std::size_t columns_of(const Port& target);

/// The distinct cells of rows 0 .. rows - 1 without missing ones: numbers by value when all are numbers, else bytewise.
std::vector<std::string> distinct_cells(const CsvTable& table, std::size_t rows, std::size_t column);

/// "a, b, c, ... (37 in all)"
std::string some_of(const std::vector<std::string>& names);

}  // namespace ingot::runtime
