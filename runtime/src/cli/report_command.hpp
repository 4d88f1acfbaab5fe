// The page of a search, and what its objective is: shared by `search` and `report`.
#pragma once
#include <ingot_abi.h>

#include <string>

namespace ingot::runtime::cli {

/// The figure that the model's recipe searches for: "val_accuracy"; val_loss where it says nothing.
std::string search_objective(const ingot_model& model);
/// Writes report.html beside the study and returns its path. Throws UserError when the study is of another space.
std::string write_study_page(const ingot_model& model, const std::string& study_path);

}  // namespace ingot::runtime::cli
