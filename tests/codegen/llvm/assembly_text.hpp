// Loops in assembly text, as tests look for them.
#pragma once
#include <sstream>
#include <string>
#include <vector>

namespace ingot::test {

using Loop = std::vector<std::string>;  ///< its instructions, one a line

/// The innermost loops of a text: from a label to the jump back to it, with no other such pair between.
inline std::vector<Loop> innermost_loops(const std::string& assembly) {
  std::vector<Loop> found;
  std::vector<std::string> lines;
  std::istringstream in(assembly);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::string label;
  Loop body;
  for (const std::string& line : lines) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind(".LBB", 0) == 0) {
      label = line.substr(0, line.find(':'));
      body.clear();
    } else if (line[0] == '\t' && line[1] != '.' && line[1] != '#') {
      const bool jumps = line[1] == 'j';
      const bool back = jumps && !label.empty() && line.substr(line.find_last_of(" \t") + 1) == label;
      if (!back) body.push_back(line);
      if (back) found.push_back(body);
    }
  }
  return found;
}

inline int count_lines(const Loop& loop, const std::string& first, const std::string& second = "") {
  int n = 0;
  for (const std::string& line : loop)
    if (line.find(first) != std::string::npos && line.find(second) != std::string::npos) ++n;
  return n;
}

}  // namespace ingot::test
