find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)

add_library(ingot_image_test_support STATIC ${CMAKE_CURRENT_LIST_DIR}/support.cpp)
target_compile_definitions(ingot_image_test_support PUBLIC GOLDEN_IMAGES="${PROJECT_SOURCE_DIR}/tests/golden/images")
target_link_libraries(ingot_image_test_support PUBLIC ingot::runtime ingot_data_test_support PRIVATE ingot_warnings JPEG::JPEG PNG::PNG)

ingot_test(runtime_image_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/decode_test.cpp ${CMAKE_CURRENT_LIST_DIR}/exif_test.cpp ${CMAKE_CURRENT_LIST_DIR}/golden_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/jpeg_huffman_test.cpp ${CMAKE_CURRENT_LIST_DIR}/resize_test.cpp
  LINK ingot_image_test_support LABELS runtime)
target_include_directories(runtime_image_test PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
ingot_test(runtime_image_fuzz_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_test.cpp LINK ingot_image_test_support LABELS runtime)
