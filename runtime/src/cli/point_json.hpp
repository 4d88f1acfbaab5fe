// A point as a JSON object: the active hyper-parameters with numbers, booleans and labels as what they are.
#pragma once
#include "cli/json_writer.hpp"

#include <ingot/runtime/model/point.hpp>

namespace ingot::runtime::cli {

void add_point(JsonWriter& writer, std::string_view key, const Point& point);

}  // namespace ingot::runtime::cli
