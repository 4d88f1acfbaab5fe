ingot_test(runtime_cache_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/cache_file_test.cpp ${CMAKE_CURRENT_LIST_DIR}/cache_folder_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/cached_images_test.cpp ${CMAKE_CURRENT_LIST_DIR}/cached_rows_test.cpp
  LINK ingot_image_test_support LABELS runtime)
