target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cache_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cache_file_writer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cache_folder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cache_key.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cache_layout.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cached_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/row_stores.cpp)
