// Which values are computed again wherever they are used, instead of being kept in memory.
#pragma once
#include "ir/graph.hpp"

#include <vector>

namespace ingot::codegen {

/// Memory traffic decides, and elementwise work is cheap beside it. Recomputed are
///  * a value moved or scaled by one row (x - mean), when several read it: they read x instead;
///  * what only a sum over the batch reads: the sum's kernel computes it on the way;
///  * what only a sum over the rows of a matrix reads, where what waits for the sum reads the operands again (a gradient, of which a
///    norm or a check for infinities is taken before the update): they are in memory, and the sum's kernel computes it on the way;
///  * what only one elementwise value reads that has to wait for a sum which this one need not wait for, and images moved and scaled by
///    rows on the way there: where the operands are kept for others anyway, it would be one more tensor to write and read.
[[nodiscard]] std::vector<bool> recomputed_values(const Graph& g);

}  // namespace ingot::codegen
