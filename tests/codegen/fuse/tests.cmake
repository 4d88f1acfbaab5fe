ingot_test(codegen_fuse
  SOURCES
    codegen/fuse/optimizer_step_test.cpp
    codegen/fuse/recompute_test.cpp
    codegen/fuse/regions_test.cpp
    codegen/fuse/traffic_test.cpp
    codegen/fuse/update_fusion_test.cpp
  LINK codegen_program_runner LABELS codegen)
