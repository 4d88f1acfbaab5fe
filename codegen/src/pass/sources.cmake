target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/cse.cpp
  ${CMAKE_CURRENT_LIST_DIR}/dead_code.cpp
  ${CMAKE_CURRENT_LIST_DIR}/decompose.cpp
  ${CMAKE_CURRENT_LIST_DIR}/decompose_loss.cpp
  ${CMAKE_CURRENT_LIST_DIR}/fold_constants.cpp
  ${CMAKE_CURRENT_LIST_DIR}/fuse_softmax_loss.cpp
  ${CMAKE_CURRENT_LIST_DIR}/mixed_precision.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pipeline.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rewrite.cpp
  ${CMAKE_CURRENT_LIST_DIR}/simplify.cpp)
