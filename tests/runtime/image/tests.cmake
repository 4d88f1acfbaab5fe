ingot_test(runtime_image_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/golden_test.cpp LINK ingot::runtime LABELS runtime)
target_include_directories(runtime_image_test PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
target_compile_definitions(runtime_image_test PRIVATE GOLDEN_IMAGES="${PROJECT_SOURCE_DIR}/tests/golden/images")
