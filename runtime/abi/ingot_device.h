/* The contract of device programs: what the CUDA target hands to the runtime, in C11. Includes nothing but <stdint.h>.
 *
 * A *device program* is one point of the structural space and one maximal batch, in float32, as lists of launches. It has the
 * states, scalars and entries of the CPU program of the same point: the same names, in the same order, the same canonical tensors.
 *
 * Memory of the device, all of it owned by the runtime; every base address is a multiple of INGOT_DEVICE_ALIGNMENT:
 *   state    program.state_bytes: tensor i at state_offsets[i], canonical and dense, so packing is copying; behind them the mirrors,
 *            copies of some tensors in 16 bits: entries that assign a tensor assign its mirror, whoever else writes it writes both
 *   arena    entry.arena_bytes of scratch; may hold anything when an entry begins
 *   call     program.call_bytes: what changes from step to step (see ingot_device_call_layout); read by kernels, never written
 *   index    program.batch uint32: row numbers, always there (0, 1, 2, ... where the caller names none)
 *   inputs   per input: the rows, dense, in the dtype that the call block names; row r of the batch is row index[r]
 *   targets  per target: the same, in its manifest dtype
 *   outputs  predict: per output [batch, ...]; gradient, evaluate: per entry.results. float32, canonical; rows behind `rows` are
 *            undefined, and may be written
 *   metrics  one float32 for each entry.metrics
 *
 * A launch reads nothing that a launch behind it writes, so launches of an entry run in order on one stream. What changes from step
 * to step is read from memory, so a captured graph of an entry is right for every step, learning rate and number of rows.
 */
#ifndef INGOT_DEVICE_H
#define INGOT_DEVICE_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INGOT_DEVICE_ALIGNMENT 256 /* of base addresses and state tensors, in bytes */

struct ingot_state;  /* ingot_abi.h */
struct ingot_scalar; /* ingot_abi.h */
struct ingot_tensor; /* ingot_abi.h */

enum ingot_device_space {
  INGOT_SPACE_STATE = 0,
  INGOT_SPACE_ARENA = 1,
  INGOT_SPACE_CALL = 2,
  INGOT_SPACE_INDEX = 3,
  INGOT_SPACE_INPUT = 4,  /* number */
  INGOT_SPACE_TARGET = 5, /* number */
  INGOT_SPACE_OUTPUT = 6, /* number */
  INGOT_SPACE_METRICS = 7
};
typedef struct ingot_device_operand {
  uint32_t space;  /* ingot_device_space */
  uint32_t number; /* of the input, target or output */
  uint64_t offset; /* bytes from the base of the space */
} ingot_device_operand;

/* The call block, little-endian, without gaps but the one before the scalars:
 *   uint32 rows                                  1 .. program.batch
 *   uint32 input_dtypes[n_inputs]                INGOT_U8 or INGOT_F32
 *   double scalars[n_scalars]                    at program.scalars_offset, as ingot_call.scalars */
#define INGOT_CALL_ROWS_OFFSET 0
#define INGOT_CALL_DTYPES_OFFSET 4

/* What a library does with a product of row-major matrices on its way to memory, D = epilogue(op(A) op(B)), op(A) [m, k], op(B) [k, n]:
 * bits, in the order in which they apply. */
enum ingot_device_epilogue {
  INGOT_EPILOGUE_NONE = 0,
  INGOT_EPILOGUE_SCALE = 1,       /* times the one float32 at `scale` */
  INGOT_EPILOGUE_BIAS = 2,        /* plus the n numbers at `bias`, one for each column */
  INGOT_EPILOGUE_RELU = 4,        /* max(0, x) */
  INGOT_EPILOGUE_KEEP_MASK = 8,   /* with RELU: where that passes something on is written to `mask`, a bit for each element */
  INGOT_EPILOGUE_MASK = 16,       /* 0 where the bit in `mask` is not set: the derivative of such a relu */
  INGOT_EPILOGUE_COLUMN_SUMS = 32 /* alone: the sums of the columns of B are written to `sums`, n float32; B is not transposed */
};
typedef struct ingot_device_gemm {
  uint32_t transpose_a, transpose_b;
  uint32_t m, n, k;
  uint32_t lda, ldb, ldd;                         /* elements from row to row of A, B (as they lie in memory) and D */
  uint32_t a_dtype, b_dtype, d_dtype, bias_dtype; /* ingot_dtype; products are summed in float32 */
  uint32_t epilogue;                              /* bits of ingot_device_epilogue */
  uint32_t mask_stride;                           /* bits from row to row of the mask, whose layout is the library's own */
  uint32_t mask_launch;                           /* MASK: the launch of the entry that keeps it, in its library form only */
  uint32_t reserved;
  ingot_device_operand a, b, d, scale, bias, mask, sums;
} ingot_device_gemm;

/* One kernel launch. Its parameters are, in this order: a 64-bit address for each operand, then the constants, 32 bits each. */
typedef struct ingot_device_launch {
  const char* name;   /* "hidden.matmul": of the op that it is about; launches of several ops joined by '+' */
  const char* ops;    /* the fused ops, in order: "matmul add maximum" */
  const char* kind;   /* contraction, map, rows, columns, gather, ..., or "several" */
  const char* kernel; /* symbol in the images */
  const char* why;    /* what the cost rules decided about it, one sentence; may be empty */
  uint32_t grid[3], block[3];
  uint32_t shared_bytes; /* dynamic shared memory; above 48 KiB the runtime has to allow it */
  uint32_t n_operands, n_constants;
  uint32_t n_gemms;
  const ingot_device_operand* operands;
  const uint32_t* constants;
  uint64_t bytes_read, bytes_written; /* at a full batch */
  uint64_t unfused_bytes;             /* the same ops as one kernel each */
  double flops;
  /* n_gemms > 0: the same through a library, by these products, none of which reads what another writes, and by the launch `rest` where it
   * is not NULL. Right for a full batch only: with fewer rows, or without one of the products, the runtime launches the kernel. */
  const ingot_device_gemm* gemms;
  const struct ingot_device_launch* rest;
} ingot_device_launch;

typedef struct ingot_device_entry {
  uint32_t kind; /* ingot_entry_kind */
  uint32_t n_metrics, n_results, n_launches;
  const char* const* metrics;
  const struct ingot_tensor* results; /* as ingot_entry.results */
  const ingot_device_launch* launches;
  uint64_t arena_bytes;
} ingot_device_entry;

enum ingot_device_image_kind {
  INGOT_IMAGE_PTX = 0,     /* text, 0-terminated (the 0 is counted in `bytes`); for `sm` and later */
  INGOT_IMAGE_CUBIN = 1,   /* for exactly `sm`, and later minor versions of it */
  INGOT_IMAGE_EMULATED = 2 /* `data` is an ingot_emulated_image: the same kernels as functions of this process, for tests */
};
typedef struct ingot_device_image {
  uint32_t kind; /* ingot_device_image_kind */
  uint32_t sm;   /* 80, 90, 100, 120; emulated: 0 */
  const void* data;
  uint64_t bytes;
} ingot_device_image;

/* A copy of a state in fewer bits, rounded to nearest, ties to even. */
typedef struct ingot_device_mirror {
  uint32_t state;  /* number */
  uint32_t dtype;  /* INGOT_F16 or INGOT_BF16 */
  uint64_t offset; /* bytes in the state */
} ingot_device_mirror;

typedef struct ingot_device_program {
  uint32_t dtype; /* INGOT_F32 */
  uint32_t batch; /* rows at most */
  uint32_t n_inputs, n_targets, n_outputs, n_states, n_scalars, n_entries, n_images, n_mirrors;
  const struct ingot_state* states;
  const struct ingot_scalar* scalars;
  const ingot_device_entry* entries;
  const ingot_device_image* images;
  const uint64_t* state_offsets; /* per state, bytes */
  const ingot_device_mirror* mirrors;
  uint64_t state_bytes;
  uint64_t call_bytes;
  uint64_t scalars_offset; /* in the call block, bytes */
  const char* target;      /* "cuda" */
  const char* plan_hash;   /* as ingot_program.plan_hash */
  const char* plan;        /* the launches as text */
} ingot_device_program;

/* ---- the emulated form of an image: each device thread is a fiber; device instructions that need other threads are calls ---- */

struct ingot_emulated_thread;
/* What compiled kernels call. `site` is the number of the instruction in its image, for error messages. */
typedef struct ingot_emulator {
  void (*barrier)(struct ingot_emulated_thread*, uint32_t site); /* bar.sync 0 */
  /* shfl.sync over 32-bit words: kind 0 idx, 1 up, 2 down, 3 bfly */
  uint32_t (*shuffle)(struct ingot_emulated_thread*, uint32_t site, uint32_t kind, uint32_t mask, uint32_t value, uint32_t lane,
                      uint32_t clamp);
  /* Before every access of memory of the block and of the device, for races and bounds: kind 0 load, 1 store. Returns the address to
   * use, so that addresses of a simulated device need not be those of the process. */
  void* (*shared_access)(struct ingot_emulated_thread*, uint32_t site, uint32_t kind, void* address, uint32_t bytes);
  void* (*global_access)(struct ingot_emulated_thread*, uint32_t site, uint32_t kind, void* address, uint32_t bytes);
  /* mma.sync.m16n8k16, float32 accumulators: words 0-3 A, 4-5 B, 6-9 C; on return words 0-3 are D. dtype: INGOT_F16 or INGOT_BF16 */
  void (*mma_16816)(struct ingot_emulated_thread*, uint32_t site, uint32_t dtype, uint32_t* words);
  /* ldmatrix.x4 (transposed: .trans): `address` is this lane's row of 16 bytes in shared memory; fills four words */
  void (*load_matrix)(struct ingot_emulated_thread*, uint32_t site, uint32_t transposed, const void* address, uint32_t* words);
  /* cp.async of `bytes` bytes, of which the first `valid` are read and the rest becomes 0; cp.async.commit_group; .wait_group */
  void (*copy_async)(struct ingot_emulated_thread*, uint32_t site, void* shared, const void* global, uint32_t bytes, uint32_t valid);
  void (*commit_copies)(struct ingot_emulated_thread*, uint32_t site);
  void (*wait_for_copies)(struct ingot_emulated_thread*, uint32_t site, uint32_t groups);
} ingot_emulator;
/* The first fields of every emulated thread; an emulator keeps its own data behind them. */
typedef struct ingot_emulated_thread {
  const ingot_emulator* emulator;
  uint32_t thread[3], block[3], block_size[3], grid_size[3];
  void* dynamic_shared; /* one block at a time has it */
} ingot_emulated_thread;

typedef struct ingot_emulated_kernel {
  const char* name;
  /* `parameters[i]` points at parameter i, as for cuLaunchKernel. */
  void (*run)(const void* const* parameters, ingot_emulated_thread* self);
} ingot_emulated_kernel;
typedef struct ingot_emulated_image {
  uint32_t n_kernels, reserved;
  const ingot_emulated_kernel* kernels;
  const char* const* sites; /* per site number: "hidden.matmul: bar.sync 2" */
  uint64_t n_sites;
} ingot_emulated_image;

#ifdef __cplusplus
}
#endif
#endif
