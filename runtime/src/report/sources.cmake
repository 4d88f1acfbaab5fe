target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/confusion_picture.cpp
  ${CMAKE_CURRENT_LIST_DIR}/confusions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/event_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/event_record.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradient_norms.cpp
  ${CMAKE_CURRENT_LIST_DIR}/html.cpp
  ${CMAKE_CURRENT_LIST_DIR}/line_plot.cpp
  ${CMAKE_CURRENT_LIST_DIR}/profile_table.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recipe_text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/run_page.cpp
  ${CMAKE_CURRENT_LIST_DIR}/run_record.cpp
  ${CMAKE_CURRENT_LIST_DIR}/run_recorder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/study_page.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tensor_statistics.cpp
  ${CMAKE_CURRENT_LIST_DIR}/tensorboard.cpp
)

# Only statistics and histograms pass over many numbers; the size of every compiled model counts.
foreach(name IN ITEMS confusion_picture confusions event_file gradient_norms html line_plot profile_table recipe_text run_page run_record run_recorder study_page tensorboard)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
