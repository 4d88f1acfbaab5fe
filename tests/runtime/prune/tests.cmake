ingot_test(runtime_prune
  SOURCES
    runtime/prune/mask_test.cpp
    runtime/prune/sparsity_schedule_test.cpp
  LINK ingot_runtime ingot_fake_model LABELS runtime)
