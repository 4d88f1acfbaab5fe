/* The contract between generated programs and the runtime, in C11. Includes nothing but <stdint.h>.
 *
 * A *model* is what one declaration becomes: its manifest (space, recipe, inputs, outputs) and the programs built ahead.
 * A *program* is one point of the structural space, one maximal batch, one dtype, one target: its state tensors, their
 * pack/unpack functions and its entries (train, evaluate, predict, gradient). All entries of a program share one state.
 *
 * Canonical tensors are dense, row-major, in the program's dtype; kernels are [in, out]. The state block is private to the
 * program (panels); it is read and written only by entries, pack and unpack.
 * All strings are UTF-8, 0-terminated, and live as long as the model or the compiled program.
 */
#ifndef INGOT_ABI_H
#define INGOT_ABI_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INGOT_ABI_VERSION 6u
#define INGOT_MAX_RANK 4
#define INGOT_MAX_CHOICES 16
#define INGOT_ALIGNMENT 64 /* of state and arena, in bytes */

enum ingot_dtype { INGOT_F32 = 0, INGOT_F64 = 1, INGOT_F16 = 2, INGOT_BF16 = 3, INGOT_U8 = 4, INGOT_I32 = 5 };

/* Shape of one row for inputs, targets and outputs (without the batch); the whole shape for state tensors. rank 0: scalar. */
typedef struct ingot_tensor {
  const char* name;
  uint32_t dtype;
  uint32_t rank;
  uint32_t dims[INGOT_MAX_RANK];
  uint64_t elements;
} ingot_tensor;

enum ingot_role {
  INGOT_PARAMETER = 0, /* trained; part of the weights file */
  INGOT_SLOT = 1,      /* optimizer state, "NAME/average", "NAME/mask" (0: pruned, 1: not); part of checkpoints only */
  INGOT_STATISTIC = 2, /* measured on data, e.g. input.mean and input.scale of `standardize`; part of the weights file */
  INGOT_FROZEN = 3     /* a parameter that is not trained: it has no gradient and no slots; part of the weights file */
};
enum ingot_init {
  INGOT_INIT_CONSTANT = 0,
  INGOT_INIT_UNIFORM = 1,          /* U(-a, a) */
  INGOT_INIT_TRUNCATED_NORMAL = 2, /* normal with standard deviation a, redrawn beyond 2a */
  INGOT_INIT_NORMAL = 3,           /* normal with standard deviation a */
  INGOT_INIT_ORTHOGONAL = 4        /* as [all axes but the last, last]: a times a matrix with orthonormal rows or columns */
};
typedef struct ingot_state {
  ingot_tensor tensor; /* e.g. "hidden.kernel" [784, 512]; a slot: "hidden.kernel/adam.m" */
  uint32_t role;       /* ingot_role */
  uint32_t init;       /* ingot_init */
  double init_value;   /* the constant, or a */
  int32_t parameter;   /* slots: index of the state tensor they belong to, -1: to the whole program; else -1 */
} ingot_state;

/* Of programs that scale the loss (recipes in f16): a slot that counts the updates skipped so far, because gradients were not finite, and
 * two metrics of train: that number after the call, and the scale that the call had. Skipped updates do not count as updates. */
#define INGOT_SKIPPED_STATE "loss_scale.skipped"
#define INGOT_SKIPPED_UPDATES "skipped_updates"
#define INGOT_LOSS_SCALE "loss_scale"
/* NAME of a parameter and this: the slot with the gradients that are gathered for its next update. */
#define INGOT_ACCUMULATED_SUFFIX "/accumulated"

/* Numbers that change between steps or points without another compilation. The caller fills one double for each. */
enum ingot_scalar_kind {
  INGOT_SCALAR_HP = 0,       /* value of hyper-parameter `index` */
  INGOT_SCALAR_RATE = 1,     /* the current learning rate */
  INGOT_SCALAR_STEP = 2,     /* number of this call of train, from 1 */
  INGOT_SCALAR_SEED_LOW = 3, /* low and high 32 bits of the seed */
  INGOT_SCALAR_SEED_HIGH = 4,
  INGOT_SCALAR_POWER = 5, /* base ^ update; base = hyper-parameter `index` when index >= 0, else `constant` */
  /* number of the update that this call is part of, from 1: step, unless gradients are accumulated or updates were skipped */
  INGOT_SCALAR_UPDATE = 6,
  INGOT_SCALAR_APPLY = 7, /* 1 when this call ends with an update, else 0 */
  /* product over i = 1 .. update of base (1 - 0.96^i / 2), base as for POWER */
  INGOT_SCALAR_NADAM_PRODUCT = 8,
  INGOT_SCALAR_MOMENTUM = 9,        /* of a schedule that moves it */
  INGOT_SCALAR_MOMENTUM_POWER = 10, /* that ^ update */
};
typedef struct ingot_scalar {
  const char* name;
  uint32_t kind;
  int32_t index;
  double constant;
} ingot_scalar;

struct ingot_device_program; /* ingot_device.h */

struct ingot_call;
/* Called by an entry between phases: returns when all threads of the call have arrived. */
typedef void (*ingot_barrier)(void* team, uint32_t thread);
/* Called by entries of programs compiled with INGOT_PROFILED: when the thread has finished one group of kernel `kernel` (its index in
   entry.kernels), and with INGOT_MARK_BEGIN when it turns to work: at the beginning of the call and behind each barrier. */
#define INGOT_MARK_BEGIN 0xffffffffu
typedef void (*ingot_mark)(void* profile, uint32_t thread, uint32_t kernel);

/* One call of an entry. The struct is read-only for entries; what its pointers name may be written as said. */
typedef struct ingot_call {
  void* state;                  /* written by train */
  void* arena;                  /* scratch of entry.arena_bytes, zeroed once before its first use with this entry */
  const void* const* inputs;    /* per input: the rows, dense; row r of the batch is row index[r] */
  const uint32_t* input_dtypes; /* per input: INGOT_U8 or the program's dtype */
  const void* const* targets;   /* per target, in its manifest dtype; unused by predict */
  const uint32_t* index;        /* `rows` row numbers, or NULL: 0, 1, 2, ... */
  uint32_t rows;                /* 1 .. program.batch */
  uint32_t reserved;
  const double* scalars; /* one for each program.scalars */
  void* const* outputs;  /* predict: per output [rows, ...]; gradient: per entry.results, canonical; evaluate: per entry.results
                            [rows, ...], which are the outputs where some metric is measured on them, else none */
  double* metrics;       /* per entry.metrics: means over the rows; loss includes regularization */
  ingot_barrier barrier;
  void* team;
  ingot_mark mark; /* never null; read by programs compiled with INGOT_PROFILED only */
  void* profile;
} ingot_call;

enum ingot_entry_kind { INGOT_TRAIN = 0, INGOT_EVALUATE = 1, INGOT_PREDICT = 2, INGOT_GRADIENT = 3 };

typedef struct ingot_kernel {
  const char* name; /* e.g. "hidden.forward" */
  const char* ops;  /* the fused ops, in order: "matmul add maximum" */
  const char* kind; /* contraction, map, rows, columns, gather, copy */
  uint32_t phase;
  uint32_t groups;        /* fixed pieces of work; threads pick them up */
  uint64_t bytes;         /* read and written, at a full batch */
  uint64_t unfused_bytes; /* the same ops as one kernel each */
  double flops;
  const char* choice; /* convolutions: algorithm, register tile and why; else "" */
} ingot_kernel;

typedef struct ingot_entry {
  uint32_t kind; /* ingot_entry_kind */
  uint32_t n_metrics;
  const char* const* metrics; /* "loss", "accuracy" (several outputs: "scores.loss", ...) */
  uint32_t n_results;         /* gradient: tensors written to call.outputs: "hidden.kernel", ..., "input"; evaluate: see there */
  uint32_t n_kernels;
  const ingot_tensor* results;
  const ingot_kernel* kernels;
  uint64_t arena_bytes;
  uint64_t unlimited_arena_bytes; /* what it were if the recipe set no limit; kernels named "NAME/again" are there to keep below it */
  uint32_t phases;
  uint32_t reserved;
  /* Every thread t of 0 .. threads-1 calls run with the same call. Results do not depend on `threads`. */
  void (*run)(const ingot_call* call, uint32_t thread, uint32_t threads);
} ingot_entry;

typedef struct ingot_program {
  uint32_t dtype;
  uint32_t batch; /* rows at most */
  uint32_t n_states, n_scalars, n_entries, reserved;
  const ingot_state* states;
  const ingot_scalar* scalars;
  const ingot_entry* entries;
  uint64_t state_bytes;
  /* canonical <-> state block, tensor number i */
  void (*pack)(void* state, uint32_t i, const void* canonical);
  void (*unpack)(const void* state, uint32_t i, void* canonical);
  const char* target;    /* "x86-64-v3", "x86-64-v4", or a host description */
  const char* plan_hash; /* of graph, target and tuning record: checkpoint and study carry it */
  const char* plan;      /* the schedule as text */
} ingot_program;

/* ---- the manifest ---- */

enum ingot_hp_kind {
  INGOT_HP_INTEGER = 1,
  INGOT_HP_REAL = 2,
  INGOT_HP_BOOLEAN = 3,
  INGOT_HP_CHOICE_INT = 4,
  INGOT_HP_CHOICE_REAL = 5,
  INGOT_HP_CHOICE_LABEL = 6
};
typedef struct ingot_hp {
  const char* name;
  uint32_t kind;
  uint32_t log;        /* sampled in the logarithm */
  uint32_t structural; /* another value needs another program */
  int32_t guard;       /* exists only where this guard is on; -1: always */
  uint32_t n_choices;
  uint32_t reserved;
  double low, high, step;                /* inclusive; step 0: continuous */
  double choices[INGOT_MAX_CHOICES];     /* values in the flat array */
  const char* labels[INGOT_MAX_CHOICES]; /* INGOT_HP_CHOICE_LABEL: "relu", ... */
  double initial;                        /* the value of the program built ahead */
} ingot_hp;
/* On when value[hp] >= at_least (equals < 0) or value[hp] == equals, and the parent (>= 0) is on. */
typedef struct ingot_guard {
  int32_t hp, parent, at_least, equals;
} ingot_guard;

/* A number of the recipe: k, or the value of hyper-parameter hp when hp >= 0. */
typedef struct ingot_num {
  double k;
  int32_t hp;
  int32_t reserved;
} ingot_num;

/* Those from INGOT_TOP_K_ACCURACY to INGOT_R2 have a form on the validation part, INGOT_VAL_... = INGOT_... + 8. */
enum ingot_metric {
  INGOT_LOSS = 0,
  INGOT_ACCURACY = 1,
  INGOT_VAL_LOSS = 2,
  INGOT_VAL_ACCURACY = 3,
  INGOT_TOP_K_ACCURACY = 4,
  INGOT_PRECISION = 5,
  INGOT_RECALL = 6,
  INGOT_AUC = 7,
  INGOT_F1 = 8,
  INGOT_MSE = 9,
  INGOT_MAE = 10,
  INGOT_R2 = 11,
  INGOT_VAL_TOP_K_ACCURACY = 12,
  INGOT_VAL_R2 = 19
};
enum ingot_direction { INGOT_AUTOMATIC = 0, INGOT_MINIMIZE = 1, INGOT_MAXIMIZE = 2 };

enum ingot_schedule_kind {
  INGOT_CONSTANT = 0,
  INGOT_PIECEWISE = 1,
  INGOT_EXPONENTIAL = 2,
  INGOT_INVERSE_TIME = 3,
  INGOT_POLYNOMIAL = 4,
  INGOT_COSINE = 5,
  INGOT_COSINE_RESTARTS = 6,
  INGOT_ONE_CYCLE = 7
};
enum ingot_time_unit { INGOT_UPDATES = 0, INGOT_EPOCHS = 1 };
#define INGOT_MAX_PIECES 16
/* A length of training; 0 updates: all of the run. */
typedef struct ingot_duration {
  ingot_num n;
  uint32_t unit;
  uint32_t reserved;
} ingot_duration;
typedef struct ingot_piece { /* behind `until` the rate is `rate` */
  ingot_duration until;
  ingot_num rate;
} ingot_piece;
/* The learning rate as a function of the updates done. What each number means, and for which kind: dsl/flat.hpp, schedule_t;
   moves_momentum: cycles_momentum. */
typedef struct ingot_schedule {
  uint32_t kind;
  uint32_t staircase, cycle, linear, three_phase;
  uint32_t n_pieces;
  uint32_t moves_momentum, reserved;
  ingot_duration length, warmup;
  ingot_num warmup_start, factor, end, power, alpha, t_mul, m_mul, rise, div, final_div, low_momentum, high_momentum;
  ingot_piece pieces[INGOT_MAX_PIECES];
} ingot_schedule;
typedef struct ingot_plateau { /* the rate falls when a figure no longer improves */
  uint32_t on, monitor, mode, reserved;
  ingot_num factor, patience, min_delta, cooldown, min_rate;
} ingot_plateau;

enum ingot_stop_kind { /* any, all: of the two conditions before; the others: dsl/flat.hpp, stop_kind */
                       INGOT_STOP_ANY = 0,
                       INGOT_STOP_ALL = 1,
                       INGOT_STOP_BELOW = 2,
                       INGOT_STOP_ABOVE = 3,
                       INGOT_STOP_PRECHELT_GL = 4,
                       INGOT_STOP_PRECHELT_PQ = 5,
                       INGOT_STOP_PRECHELT_UP = 6,
                       INGOT_STOP_TIME_BUDGET = 7
};
typedef struct ingot_stop_rule {
  uint32_t kind, monitor;
  int32_t strip; /* epochs */
  uint32_t reserved;
  ingot_num limit;
} ingot_stop_rule;
#define INGOT_MAX_STOP_RULES 16

/* What each number and kind of the craft means: dsl/flat_craft.hpp, the structs of the same names. */
enum ingot_cache_kind { INGOT_CACHE_NONE = 0, INGOT_CACHE_MEMORY = 1, INGOT_CACHE_FILE = 2 };
enum ingot_augment_kind {
  INGOT_FLIP = 0,
  INGOT_ROTATION = 1,
  INGOT_ZOOM = 2,
  INGOT_TRANSLATION = 3,
  INGOT_SHEAR = 4,
  INGOT_CROP = 5,
  INGOT_BRIGHTNESS = 6,
  INGOT_CONTRAST = 7,
  INGOT_HUE = 8,
  INGOT_SATURATION = 9,
  INGOT_ERASING = 10,
  INGOT_NOISE = 11
};
enum ingot_fill_kind { INGOT_FILL_REFLECT = 0, INGOT_FILL_CONSTANT = 1, INGOT_FILL_WRAP = 2, INGOT_FILL_NEAREST = 3 };
enum ingot_flip_kind { INGOT_FLIP_HORIZONTAL = 0, INGOT_FLIP_VERTICAL = 1, INGOT_FLIP_BOTH = 2 };
#define INGOT_MAX_AUGMENTATIONS 12
typedef struct ingot_augmentation {
  uint32_t kind, fill, flip, ranges, mirrored, reserved;
  ingot_num value[4];
  ingot_num fill_value;
} ingot_augmentation;

enum ingot_prune_form {
  INGOT_PRUNE_NONE = 0,
  INGOT_PRUNE_UNSTRUCTURED = 1,
  INGOT_PRUNE_BLOCK = 2,
  INGOT_PRUNE_N_OF_M = 3,
  INGOT_PRUNE_FILTERS = 4
};
enum ingot_prune_schedule { INGOT_PRUNE_CONSTANT = 0, INGOT_PRUNE_POLYNOMIAL = 1 };
enum ingot_prune_scope { INGOT_PRUNE_TENSOR = 0, INGOT_PRUNE_GLOBAL = 1 };
enum ingot_prune_pool { INGOT_PRUNE_MEAN = 0, INGOT_PRUNE_MAX = 1 };
#define INGOT_MAX_PRUNED 8
typedef struct ingot_prune {
  uint32_t form, schedule, scope, pool;
  uint32_t rows, columns; /* of a block; n of m: zeros, out of */
  ingot_num initial, final, power;
  ingot_duration begin, end, frequency;
  uint32_t n_layers, reserved;
  const char* layers[INGOT_MAX_PRUNED];
} ingot_prune;

typedef struct ingot_precision {
  uint32_t compute; /* ingot_dtype of activations and operands of contractions */
  uint32_t reserved;
  ingot_num loss_scale, growth;
} ingot_precision;

typedef struct ingot_craft {
  uint32_t cache, n_augmentations;
  ingot_augmentation augmentations[INGOT_MAX_AUGMENTATIONS];
  ingot_num pixel_low, pixel_high;
  ingot_num mixup, cutmix;
  ingot_prune prune;
  ingot_precision precision;
  uint32_t gradcheck_every, reserved;
} ingot_craft;

typedef struct ingot_recipe {
  const char* optimizer; /* "adam" */
  ingot_num learning_rate, batch, epochs, validation;
  uint32_t stopping; /* early stopping declared */
  uint32_t stop_monitor, stop_mode, stop_restore_best, stop_has_baseline;
  int32_t stop_start_from_epoch;
  ingot_num stop_patience, stop_min_delta, stop_baseline;
  uint32_t search; /* random_search declared */
  uint32_t objective, objective_mode;
  uint32_t max_trials, executions_per_trial;
  uint32_t standardize;            /* the runtime measures input.mean and input.scale on the training part */
  uint32_t metrics;                /* bits 1 << ingot_metric; means over rows are metrics of the entries, the others are the runtime's */
  uint32_t balanced_class_weights; /* the runtime measures NAME.class_weight of the only output on the training part */
  uint32_t sample_weights;         /* the last target is the weight of the row: INGOT_F32, rank 0 */
  ingot_schedule schedule;
  ingot_plateau plateau;
  ingot_num accumulation; /* calls of train that end in one update */
  uint32_t average;       /* "NAME/average" takes the place of NAME when training ends */
  uint32_t average_every; /* and after this many updates; 0: only then */
  uint32_t n_stop_rules;
  uint32_t reserved;
  ingot_stop_rule stop_rules[INGOT_MAX_STOP_RULES]; /* one condition in postfix order */
  ingot_craft craft;
} ingot_recipe;

typedef struct ingot_layer { /* for describe: the sealed layers at the initial point */
  const char* name;
  const char* kind;
  const char* output; /* "(28x28)", "(512)" */
  uint64_t parameters;
} ingot_layer;

typedef struct ingot_point {                 /* a structural point built ahead, for one target */
  const char* target;                        /* "x86-64-v3", "x86-64-v4", "cuda" */
  const ingot_program* f32;                  /* train, evaluate, predict, gradient; NULL for "cuda" */
  const ingot_program* f64;                  /* gradient (and evaluate); NULL for "cuda" */
  const struct ingot_device_program* device; /* ingot_device.h; NULL for all but "cuda" */
} ingot_point;

typedef struct ingot_model {
  uint32_t abi_version;
  uint32_t n_inputs, n_targets, n_outputs, n_hps, n_guards, n_layers, n_points;
  const char* name;
  const ingot_tensor* inputs;  /* dtype: INGOT_U8 where the declaration rescales bytes is accepted, else the float dtype */
  const ingot_tensor* targets; /* INGOT_I32 rank 0: a class number; INGOT_F32: values; one per output, then sample_weight if asked for */
  const ingot_tensor* outputs;
  const char* const* losses;             /* per output: "sparse_categorical_crossentropy" */
  const uint32_t* classes;               /* per output: number of classes, 1: binary, 0: regression */
  const char* const* output_activations; /* per output: "linear", "softmax", "sigmoid": how predict turns scores into probabilities */
  const uint32_t* from_logits;           /* per output */
  const ingot_hp* hps;
  const ingot_guard* guards;
  ingot_recipe recipe;
  const ingot_layer* layers;
  const char* proof; /* the verdict of the proof over the space, one sentence */
  const ingot_point* points;
  const void* definition; /* opaque: handed to ingot_codegen_compile */
  uint64_t definition_bytes;
  uint64_t space_hash; /* of names, kinds, ranges and guards */
} ingot_model;

#ifdef __cplusplus
}
#endif
#endif
