target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/codegen_library.cpp
  ${CMAKE_CURRENT_LIST_DIR}/device_program.cpp
  ${CMAKE_CURRENT_LIST_DIR}/initialize.cpp
  ${CMAKE_CURRENT_LIST_DIR}/instance.cpp
  ${CMAKE_CURRENT_LIST_DIR}/kernel_profile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/point.cpp
  ${CMAKE_CURRENT_LIST_DIR}/program_source.cpp)
