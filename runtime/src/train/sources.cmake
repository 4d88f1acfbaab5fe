target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/checkpoint.cpp
  ${CMAKE_CURRENT_LIST_DIR}/checkpoint_format.cpp
  ${CMAKE_CURRENT_LIST_DIR}/early_stopping.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradcheck.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradient_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interrupt.cpp
  ${CMAKE_CURRENT_LIST_DIR}/numeric_derivative.cpp
  ${CMAKE_CURRENT_LIST_DIR}/loops.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rate_schedule.cpp
  ${CMAKE_CURRENT_LIST_DIR}/resume.cpp
  ${CMAKE_CURRENT_LIST_DIR}/standardize.cpp
  ${CMAKE_CURRENT_LIST_DIR}/step_log.cpp
  ${CMAKE_CURRENT_LIST_DIR}/trainer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/training_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/weight_average.cpp
  ${CMAKE_CURRENT_LIST_DIR}/weights.cpp)
include(${CMAKE_CURRENT_LIST_DIR}/../model/sources.cmake)
