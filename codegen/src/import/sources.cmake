target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/bind.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_activation.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_expression.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_image.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_norm.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_random.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bind_sequence.cpp
  ${CMAKE_CURRENT_LIST_DIR}/build.cpp
  ${CMAKE_CURRENT_LIST_DIR}/row_values.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/updates.cpp
  ${CMAKE_CURRENT_LIST_DIR}/window.cpp)
