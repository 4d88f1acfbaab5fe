// The instructions of tensor cores and what feeds them, from sm_80 on, as calls of LLVM's intrinsics: products of small matrices that
// the lanes of a warp hold together, loads of such matrices from shared memory, and copies from global to shared memory that go on
// beside the thread. Source: PTX ISA 7.0, "Matrix multiply-accumulate operation using mma instruction", "ldmatrix", "cp.async".
#pragma once
#include "ir/graph.hpp"

#include <array>

namespace llvm {
class IRBuilderBase;
class Value;
}  // namespace llvm

namespace ingot::codegen {

/// What a lane holds of a matrix in words of 32 bits; lane = 4 * group + pair, groups 0 .. 7. Numbers of 16 bits lie two to a word,
/// the one of the lower column (of B: the lower row) in its low half:
///   A [16, 16]  from (group, 2 pair), (group + 8, 2 pair), (group, 2 pair + 8), (group + 8, 2 pair + 8) on to the right
///   B [16, 8]   from (2 pair, group), (2 pair + 8, group) on downwards
///   C [16, 8]   float32 at (group, 2 pair), (group, 2 pair + 1), (group + 8, 2 pair), (group + 8, 2 pair + 1)
using LeftFragment = std::array<llvm::Value*, 4>;   // i32
using RightFragment = std::array<llvm::Value*, 2>;  // i32
using SumFragment = std::array<llvm::Value*, 4>;    // float

/// mma.sync.m16n8k16: A B + C, of products of `t` (f16, bf16). All lanes of a warp execute it together.
[[nodiscard]] SumFragment multiply_add(llvm::IRBuilderBase& b, DType t, const LeftFragment& left, const RightFragment& right,
                                       const SumFragment& sum);

/// ldmatrix.x4: four matrices of 8 x 8 numbers of 16 bits. Lane 8 i + r says where in shared memory (address space 3) row r of matrix i
/// lies: 16 bytes, aligned so. Word i has the elements (group, 2 pair) and (group, 2 pair + 1) of matrix i; transposed: (2 pair, group)
/// and (2 pair + 1, group). So A is its quarters upper left, lower left, upper right, lower right; B, with its columns as rows in
/// memory, is its upper and lower half; B as it is, the same, transposed. All lanes of a warp execute it together.
[[nodiscard]] std::array<llvm::Value*, 4> load_matrices(llvm::IRBuilderBase& b, llvm::Value* row, bool transposed);

/// cp.async: `size` bytes (4, 8 or 16; both addresses aligned so) from global memory to shared memory, of which only the first `valid`
/// (i32) are read and the rest becomes 0. What it writes may be touched by nobody before this thread has waited for it, and by other
/// threads not before a barrier behind that.
void copy_async(llvm::IRBuilderBase& b, llvm::Value* shared, llvm::Value* global, int size, llvm::Value* valid);
/// Makes a group of this thread's copies since the last one.
void commit_copies(llvm::IRBuilderBase& b);
/// Waits until at most the last `groups` groups of this thread are under way.
void wait_for_copies(llvm::IRBuilderBase& b, int groups);

}  // namespace ingot::codegen
