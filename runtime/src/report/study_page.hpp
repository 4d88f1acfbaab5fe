// The report of a search as a page: its trials as a table, their values as dots over time and over each hyper-parameter.
#pragma once
#include <ingot/runtime/search/driver.hpp>

#include <string>

namespace ingot::runtime {

/// A self-contained HTML file. `objective`: the name of what was searched for. Throws UserError when a trial is not of this space.
[[nodiscard]] std::string study_page(const Space& space, const Study& study, const std::string& objective);

}  // namespace ingot::runtime
