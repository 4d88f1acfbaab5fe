target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/context.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cublaslt.cpp
  ${CMAKE_CURRENT_LIST_DIR}/device.cpp
  ${CMAKE_CURRENT_LIST_DIR}/driver.cpp
  ${CMAKE_CURRENT_LIST_DIR}/dynamic_library.cpp
  ${CMAKE_CURRENT_LIST_DIR}/executable.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gemm.cpp
  ${CMAKE_CURRENT_LIST_DIR}/jit_link.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kernel_module.cpp
  ${CMAKE_CURRENT_LIST_DIR}/launch_times.cpp
  ${CMAKE_CURRENT_LIST_DIR}/low_precision.cpp
  ${CMAKE_CURRENT_LIST_DIR}/memory_pool.cpp
  ${CMAKE_CURRENT_LIST_DIR}/resident_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/row_feed.cpp
  ${CMAKE_CURRENT_LIST_DIR}/transfer.cpp)

# The host starts a step in some microseconds whatever the level: the size of every compiled model counts.
foreach(name IN ITEMS
    context cublaslt device driver dynamic_library executable gemm jit_link kernel_module launch_times low_precision memory_pool resident_rows row_feed transfer)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
