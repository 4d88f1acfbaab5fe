# global: whoever links the library, in any folder, needs the target
find_package(fmt REQUIRED GLOBAL)
target_link_libraries(ingot_compiler PRIVATE fmt::fmt)
target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/batch_moments.cpp
  ${CMAKE_CURRENT_LIST_DIR}/builder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/graph.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret_loss.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret_map.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret_window.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interpret_winograd.cpp
  ${CMAKE_CURRENT_LIST_DIR}/op_info.cpp
  ${CMAKE_CURRENT_LIST_DIR}/parse.cpp
  ${CMAKE_CURRENT_LIST_DIR}/print.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rounding.cpp
  ${CMAKE_CURRENT_LIST_DIR}/text_cursor.cpp
  ${CMAKE_CURRENT_LIST_DIR}/type_rule.cpp
  ${CMAKE_CURRENT_LIST_DIR}/verify.cpp)
