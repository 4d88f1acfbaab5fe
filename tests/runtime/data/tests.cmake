find_package(ZLIB REQUIRED)

add_library(ingot_data_test_support STATIC ${CMAKE_CURRENT_LIST_DIR}/support.cpp)
target_link_libraries(ingot_data_test_support PUBLIC ingot::runtime PRIVATE ingot_warnings ZLIB::ZLIB)

ingot_test(runtime_data_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/batch_source_test.cpp ${CMAKE_CURRENT_LIST_DIR}/class_weights_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/csv_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/files_test.cpp ${CMAKE_CURRENT_LIST_DIR}/idx_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/load_test.cpp ${CMAKE_CURRENT_LIST_DIR}/npy_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/random_test.cpp ${CMAKE_CURRENT_LIST_DIR}/safetensors_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/split_test.cpp
  LINK ingot_data_test_support ZLIB::ZLIB LABELS runtime)
ingot_test(runtime_data_image_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/cifar_test.cpp ${CMAKE_CURRENT_LIST_DIR}/image_folder_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/image_loader_test.cpp ${CMAKE_CURRENT_LIST_DIR}/workers_test.cpp
  LINK ingot_image_test_support LABELS runtime)
target_include_directories(runtime_data_image_test PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
ingot_test(runtime_data_fuzz_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/allocation_test.cpp ${CMAKE_CURRENT_LIST_DIR}/fuzz_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/watched_memory.cpp
  LINK ingot_image_test_support LABELS runtime)
ingot_test(runtime_data_fashion_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/fashion_test.cpp LINK ingot_data_test_support LABELS runtime)
ingot_test(runtime_data_numpy_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/numpy_test.cpp LINK ingot_data_test_support LABELS runtime)
