# Machine code against the interpreter. The runner is shared by all test programs of this folder.
add_library(codegen_program_runner STATIC ${CMAKE_CURRENT_LIST_DIR}/../support/program_runner.cpp)
target_include_directories(codegen_program_runner PUBLIC ${CMAKE_CURRENT_LIST_DIR}/../..)
target_link_libraries(codegen_program_runner PUBLIC ingot_compiler PRIVATE ingot_warnings)

ingot_test(codegen_emit_ops SOURCES codegen/llvm/op_kernel_test.cpp LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_emit_low SOURCES codegen/llvm/low_kernel_test.cpp LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_emit_windows SOURCES codegen/llvm/window_kernel_test.cpp LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_emit_programs SOURCES codegen/llvm/random_program_test.cpp LINK codegen_program_runner LABELS codegen)
add_test(NAME codegen_emit_programs_long COMMAND codegen_emit_programs "[.long]" CONFIGURATIONS All)
set_tests_properties(codegen_emit_programs_long PROPERTIES LABELS "codegen;long" TIMEOUT 3600)

ingot_test(codegen_emit_sparse SOURCES codegen/llvm/block_sparse_test.cpp LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_emit_math
  SOURCES
    codegen/llvm/dropout_mask_test.cpp
    codegen/llvm/vector_math_test.cpp
  LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_jit
  SOURCES
    codegen/llvm/jit_cache_test.cpp
    codegen/llvm/marks_test.cpp
    codegen/llvm/object_test.cpp
    codegen/llvm/pack_test.cpp
    codegen/llvm/runner_test.cpp
  LINK codegen_program_runner ${CMAKE_DL_LIBS} LABELS codegen)
target_compile_definitions(codegen_jit PRIVATE CXX_COMPILER="${CMAKE_CXX_COMPILER}")
