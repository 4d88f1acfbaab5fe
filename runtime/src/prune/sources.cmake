target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/mask.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pruner.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sparsity_schedule.cpp)
