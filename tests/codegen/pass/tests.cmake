ingot_test(codegen_pass
  SOURCES
    codegen/pass/cse_test.cpp
    codegen/pass/dead_code_test.cpp
    codegen/pass/decompose_test.cpp
    codegen/pass/fold_constants_test.cpp
    codegen/pass/fuse_softmax_loss_test.cpp
    codegen/pass/mixed_precision_test.cpp
    codegen/pass/pipeline_test.cpp
    codegen/pass/simplify_test.cpp
  LINK ingot_compiler LABELS codegen)
