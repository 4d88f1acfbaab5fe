ingot_test(codegen_cache SOURCES ${CMAKE_CURRENT_LIST_DIR}/object_cache_test.cpp LINK ingot_compiler LABELS codegen)
