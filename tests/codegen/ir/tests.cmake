ingot_test(codegen_ir
  SOURCES
    codegen/ir/interpret_loss_test.cpp
    codegen/ir/interpret_test.cpp
    codegen/ir/op_table_test.cpp
    codegen/ir/rounding_test.cpp
    codegen/ir/text_fuzz_test.cpp
    codegen/ir/text_test.cpp
    codegen/ir/verify_test.cpp
  LINK ingot_compiler LABELS codegen)
target_compile_definitions(codegen_ir PRIVATE GOLDEN_LOSSES="${CMAKE_CURRENT_LIST_DIR}/../../golden/losses")
