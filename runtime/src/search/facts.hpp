// What a study remembers of the search that made it, and the refusal to go on with another one.
#pragma once
#include <ingot/runtime/search/driver.hpp>

namespace ingot::runtime {

/// The plan's facts together with those that every search has: objective, seed, executions.
std::map<std::string, std::string> all_facts(const SearchPlan& plan);
/// Writes space and facts into a new study.
void record_facts(Study& study, const Space& space, const std::map<std::string, std::string>& facts);
/// Throws UserError with the first difference between the study's facts and these.
void check_facts(const Study& study, const std::map<std::string, std::string>& facts);

}  // namespace ingot::runtime
