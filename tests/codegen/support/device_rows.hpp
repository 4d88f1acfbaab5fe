// What both runners of device plans share: the entry that is asked for, numbers as a device gets and gives them, and rows as callers keep
// them.
#pragma once
#include "ir/interpret.hpp"
#include "schedule/device/launch.hpp"

#include <cstddef>
#include <vector>

namespace ingot::test {

/// Throws InternalError when the plan lacks it.
[[nodiscard]] const codegen::DeviceEntryPlan& find_entry(const codegen::DevicePlan& plan, codegen::Entry entry);

/// Writes `v` to `to` as elements of type t.
void put_values(std::byte* to, codegen::DType t, const codegen::Values& v);
/// n floats.
[[nodiscard]] codegen::Values get_values(const std::byte* from, std::size_t n);

/// Where row r of a batch of `rows` lies. With `indexed` row 2 * (rows - 1 - r) + 1: backwards, with a gap before each.
[[nodiscard]] std::size_t place_of_row(std::size_t r, std::size_t rows, bool indexed);
/// The caller's memory for the rows of one input or target, in gaps other numbers.
[[nodiscard]] std::vector<std::byte> spread_rows(const codegen::Values& dense, std::size_t rows, codegen::DType t, bool indexed);

}  // namespace ingot::test
