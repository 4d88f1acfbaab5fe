target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/affine.cpp
  ${CMAKE_CURRENT_LIST_DIR}/augmentation.cpp
  ${CMAKE_CURRENT_LIST_DIR}/colour.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_extents.cpp
  ${CMAKE_CURRENT_LIST_DIR}/mixing.cpp
  ${CMAKE_CURRENT_LIST_DIR}/normal.cpp
  ${CMAKE_CURRENT_LIST_DIR}/resample.cpp
  ${CMAKE_CURRENT_LIST_DIR}/training_transform.cpp)
