target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cpu_executable.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cpu_target.cpp
  ${CMAKE_CURRENT_LIST_DIR}/device.cpp
  ${CMAKE_CURRENT_LIST_DIR}/open_device.cpp
  ${CMAKE_CURRENT_LIST_DIR}/team.cpp)
