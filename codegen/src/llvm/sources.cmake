target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/ahead.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_contraction.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_kernel.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_kernel_gradient.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_math.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_pack.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_pool.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_transfer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_values.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_window.cpp
  ${CMAKE_CURRENT_LIST_DIR}/emit_winograd.cpp
  ${CMAKE_CURRENT_LIST_DIR}/host.cpp
  ${CMAKE_CURRENT_LIST_DIR}/jit.cpp
  ${CMAKE_CURRENT_LIST_DIR}/machine.cpp
)
