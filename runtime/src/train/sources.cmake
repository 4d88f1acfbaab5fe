target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/checkpoint.cpp
  ${CMAKE_CURRENT_LIST_DIR}/checkpoint_format.cpp
  ${CMAKE_CURRENT_LIST_DIR}/class_balance.cpp
  ${CMAKE_CURRENT_LIST_DIR}/early_stopping.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradcheck.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradient_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradient_watch.cpp
  ${CMAKE_CURRENT_LIST_DIR}/interrupt.cpp
  ${CMAKE_CURRENT_LIST_DIR}/numeric_derivative.cpp
  ${CMAKE_CURRENT_LIST_DIR}/loops.cpp
  ${CMAKE_CURRENT_LIST_DIR}/metrics.cpp
  ${CMAKE_CURRENT_LIST_DIR}/overflow_watch.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rate_range.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rate_schedule.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recipe_identity.cpp
  ${CMAKE_CURRENT_LIST_DIR}/resume.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sanity.cpp
  ${CMAKE_CURRENT_LIST_DIR}/standardize.cpp
  ${CMAKE_CURRENT_LIST_DIR}/step_log.cpp
  ${CMAKE_CURRENT_LIST_DIR}/stop_rules.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tensor_check.cpp
  ${CMAKE_CURRENT_LIST_DIR}/trainer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/training_run.cpp
  ${CMAKE_CURRENT_LIST_DIR}/weight_average.cpp
  ${CMAKE_CURRENT_LIST_DIR}/weights.cpp)

# Work of once an epoch, with large templates: the size of every compiled model counts.
foreach(name IN ITEMS checkpoint checkpoint_format gradcheck rate_schedule recipe_identity resume sanity stop_rules tensor_check trainer)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()

include(${CMAKE_CURRENT_LIST_DIR}/../model/sources.cmake)
