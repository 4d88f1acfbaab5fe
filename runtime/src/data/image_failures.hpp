// What becomes of the files of a list that cannot be decoded, and of those beside it that have no class.
#pragma once
#include "data/image_list.hpp"

#include <string>
#include <vector>

namespace ingot::runtime {

/// `failures`: per file of the list what is wrong with it, "" when nothing is. Takes out those that failed. With failures and `strict`,
/// or when nothing is left, throws UserError; else a sentence that counts them is added to `notes`. So it is with list.unlabelled.
void drop_failures(const std::vector<std::string>& failures, bool strict, ImageList& list, std::vector<std::string>& notes);

}  // namespace ingot::runtime
