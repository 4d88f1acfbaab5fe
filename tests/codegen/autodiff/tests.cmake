ingot_test(codegen_autodiff
  SOURCES
    codegen/autodiff/constraint_test.cpp
    codegen/autodiff/gradient_test.cpp
    codegen/autodiff/gradients_test.cpp
    codegen/autodiff/loss_gradient_test.cpp
    codegen/autodiff/update_test.cpp
  LINK ingot_compiler LABELS codegen)
target_compile_definitions(codegen_autodiff PRIVATE GOLDEN_DIR="${CMAKE_CURRENT_LIST_DIR}/golden")
