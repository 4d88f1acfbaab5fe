target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/constraint.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradient.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradients.cpp
  ${CMAKE_CURRENT_LIST_DIR}/loss_scaling.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_activation.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_loss.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_map.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_matmul.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_move.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_norm.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_table.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules_window.cpp
  ${CMAKE_CURRENT_LIST_DIR}/total.cpp
  ${CMAKE_CURRENT_LIST_DIR}/update.cpp)
