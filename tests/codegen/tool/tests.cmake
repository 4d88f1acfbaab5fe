add_test(NAME codegen_opt
  COMMAND ${CMAKE_COMMAND} -DOPT=$<TARGET_FILE:ingot-opt> -DDIR=${CMAKE_CURRENT_BINARY_DIR}/codegen_opt -P ${CMAKE_CURRENT_LIST_DIR}/opt_test.cmake)
set_tests_properties(codegen_opt PROPERTIES LABELS codegen TIMEOUT 60)
