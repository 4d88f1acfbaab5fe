ingot_test(codegen_import
  SOURCES
    codegen/import/bind_test.cpp
    codegen/import/build_test.cpp
    codegen/import/expression_test.cpp
    codegen/import/golden_test.cpp
    codegen/import/layer_golden_test.cpp
    codegen/import/random_model_test.cpp
    codegen/import/row_values_test.cpp
    codegen/import/speed_test.cpp
    codegen/import/updates_test.cpp
  LINK ingot_compiler LABELS codegen)
target_compile_definitions(codegen_import PRIVATE GOLDEN_DIR="${CMAKE_CURRENT_LIST_DIR}/golden"
  GOLDEN_LOSSES="${CMAKE_CURRENT_LIST_DIR}/../../golden/losses"
  GOLDEN_LAYERS="${CMAKE_CURRENT_LIST_DIR}/../../golden/layers")
