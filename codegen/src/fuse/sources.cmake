target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/recompute.cpp
  ${CMAKE_CURRENT_LIST_DIR}/regions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/update_fusion.cpp
)
