target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/allocations.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bandwidth.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bench_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bench_process.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cache_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/command_line.cpp
  ${CMAKE_CURRENT_LIST_DIR}/describe_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/describe_launches.cpp
  ${CMAKE_CURRENT_LIST_DIR}/eval_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/export_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/gradcheck_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/json_writer.cpp
  ${CMAKE_CURRENT_LIST_DIR}/launch_times.cpp
  ${CMAKE_CURRENT_LIST_DIR}/latency.cpp
  ${CMAKE_CURRENT_LIST_DIR}/listeners.cpp
  ${CMAKE_CURRENT_LIST_DIR}/options.cpp
  ${CMAKE_CURRENT_LIST_DIR}/peak.cpp
  ${CMAKE_CURRENT_LIST_DIR}/point_json.cpp
  ${CMAKE_CURRENT_LIST_DIR}/predict_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/predictions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/profile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/progress.cpp
  ${CMAKE_CURRENT_LIST_DIR}/prune_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/prune_form.cpp
  ${CMAKE_CURRENT_LIST_DIR}/random_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rate_range.cpp
  ${CMAKE_CURRENT_LIST_DIR}/report_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/search_command.cpp
  ${CMAKE_CURRENT_LIST_DIR}/search_progress.cpp
  ${CMAKE_CURRENT_LIST_DIR}/setup.cpp
  ${CMAKE_CURRENT_LIST_DIR}/study_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/train_command.cpp
)

# Nothing here but peak.cpp and bandwidth.cpp is hot, and the option parser is large: the size of every compiled model counts.
foreach(name IN ITEMS
    allocations bench_command bench_process command_line describe_command describe_launches eval_command export_command
    gradcheck_command json_writer latency launch_times listeners options point_json predict_command predictions profile progress prune_command prune_form
    random_rows report_command search_command
    search_progress setup study_file train_command)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
