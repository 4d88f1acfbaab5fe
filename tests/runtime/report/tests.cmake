ingot_test(runtime_report
  SOURCES runtime/report/event_test.cpp runtime/report/line_plot_test.cpp runtime/report/profile_table_test.cpp runtime/report/run_page_test.cpp runtime/report/run_record_test.cpp
          runtime/report/run_recorder_test.cpp runtime/report/tensor_statistics_test.cpp
  LINK ingot_runtime ingot_fake_model LABELS runtime)
target_include_directories(runtime_report PRIVATE ${CMAKE_SOURCE_DIR}/runtime/src)
target_compile_definitions(runtime_report PRIVATE GOLDEN_EVENTS="${CMAKE_CURRENT_LIST_DIR}/golden/events.txt")
