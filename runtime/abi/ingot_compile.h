/* Just-in-time compilation: what the runtime asks libingot_codegen.so for, and gets, in C11. Includes nothing but <stdint.h>; programs are
 * those of ingot_abi.h and ingot_device.h, whose INGOT_ABI_VERSION is that of a request as well.
 */
#ifndef INGOT_COMPILE_H
#define INGOT_COMPILE_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ingot_program;        /* ingot_abi.h */
struct ingot_device_program; /* ingot_device.h */

enum ingot_compile_flag { INGOT_PROFILED = 1 }; /* entries call ingot_call.mark */
/* Blocks of zeros of a parameter that stay zeros as long as the program lives: entries that do not train skip them. */
typedef struct ingot_block_mask {
  const char* name;      /* of the state: "hidden.kernel" */
  uint32_t rows, cols;   /* of a block of the tensor as [all axes but the last, last]; fewer at the lower and right edge */
  const uint8_t* bitmap; /* a bit for each block, row-major, the lowest bit of a byte first; 0: all its weights are 0 */
  uint64_t bitmap_bytes;
} ingot_block_mask;

/* A dense layer or convolution with fewer outputs than its declaration says. */
typedef struct ingot_width {
  const char* layer;
  uint32_t size; /* outputs that are left */
  uint32_t reserved;
  const uint32_t* kept; /* `size` of the declared outputs, increasing: the weights move into the smaller program; NULL: only its size */
} ingot_width;

typedef struct ingot_compile_request {
  uint32_t abi_version;
  uint32_t n_values;
  const void* definition;
  uint64_t definition_bytes;
  const double* values; /* one for each hyper-parameter */
  uint32_t batch;
  uint32_t dtype;   /* INGOT_F32 or INGOT_F64 */
  uint32_t entries; /* bit set of 1 << ingot_entry_kind */
  uint32_t flags;   /* bit set of ingot_compile_flag */
  /* "host", "x86-64-v3", "x86-64-v4", "cuda"; "cuda:sm_90": with a cubin where ptxas is installed; "cuda-emulated": with that image, for
   * tests */
  const char* target;
  const char* cache_dir;   /* NULL: no cache on disk */
  const char* object_path; /* NULL, or a file that also receives the object */
  uint32_t masks;          /* 1: every kernel that can be pruned has a state "NAME/mask", whatever the recipe says */
  uint32_t n_block_masks, n_widths, reserved2;
  const ingot_block_mask* block_masks;
  const ingot_width* widths;
} ingot_compile_request;

/* Which rows and columns of a state of the declared program a smaller one has, as [all axes but the last, last], increasing. */
typedef struct ingot_selection {
  uint64_t declared_rows, declared_cols;
  uint64_t n_rows, n_cols;
  const uint32_t *rows, *cols;
} ingot_selection;

typedef struct ingot_compiled {
  const struct ingot_program* program;       /* NULL for "cuda" */
  const struct ingot_device_program* device; /* NULL for all but "cuda" */
  double compile_ms;                         /* bound graph to callable entries */
  uint32_t cached;                           /* 1: every object came from the cache */
  uint32_t reserved;
  const ingot_selection* selections; /* one for each program.states where widths with kept outputs were asked for; else NULL */
  void* owner;
} ingot_compiled;

/* 0: done. 1: failed, `message` has one sentence. Thread-safe. */
typedef int (*ingot_codegen_compile_fn)(const ingot_compile_request* request, ingot_compiled* result, char* message, uint32_t capacity);
typedef void (*ingot_codegen_release_fn)(ingot_compiled* compiled);
#define INGOT_CODEGEN_COMPILE "ingot_codegen_compile"
#define INGOT_CODEGEN_RELEASE "ingot_codegen_release"
#define INGOT_CODEGEN_LIBRARY "libingot_codegen.so"

#ifdef __cplusplus
}
#endif
#endif
