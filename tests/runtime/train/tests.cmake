# The hand-written model and a stand-in for the code generator's library, both shared by tests of several parts.
add_library(ingot_fake_model STATIC EXCLUDE_FROM_ALL runtime/support/fake_model.cpp)
set_target_properties(ingot_fake_model PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(ingot_fake_model PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(ingot_fake_model PUBLIC ingot_abi PRIVATE ingot_warnings)
add_library(ingot_fake_codegen MODULE EXCLUDE_FROM_ALL runtime/support/fake_codegen.cpp)
set_target_properties(ingot_fake_codegen PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
target_link_libraries(ingot_fake_codegen PRIVATE ingot_fake_model ingot_warnings)

ingot_test(runtime_model SOURCES runtime/train/point_test.cpp runtime/train/program_source_test.cpp runtime/train/instance_test.cpp
  runtime/train/device_program_test.cpp runtime/support/fake_device.cpp
  LINK ingot_runtime ingot_fake_model LABELS runtime)
add_dependencies(runtime_model ingot_fake_codegen)
target_compile_definitions(runtime_model PRIVATE FAKE_CODEGEN="$<TARGET_FILE:ingot_fake_codegen>")

ingot_test(runtime_train
  SOURCES runtime/train/early_stopping_test.cpp runtime/train/trainer_test.cpp runtime/train/trace_test.cpp runtime/train/nan_guard_test.cpp
          runtime/train/gradient_watch_test.cpp runtime/train/loops_test.cpp runtime/train/metrics_test.cpp runtime/train/rate_range_test.cpp runtime/train/rate_schedule_test.cpp
          runtime/train/scheduled_run_test.cpp
          runtime/train/stop_rules_test.cpp runtime/train/weight_average_test.cpp
  LINK ingot_runtime ingot_fake_model LABELS runtime)
target_compile_definitions(runtime_train PRIVATE GOLDEN_DIR="${CMAKE_CURRENT_LIST_DIR}/golden"
  GOLDEN_LOSSES="${CMAKE_CURRENT_SOURCE_DIR}/golden/losses")
ingot_test(runtime_resume SOURCES runtime/train/resume_test.cpp runtime/train/checkpoint_test.cpp
  LINK ingot_runtime ingot_fake_model ZLIB::ZLIB LABELS runtime)
ingot_test(runtime_allocations SOURCES runtime/train/allocation_test.cpp runtime/support/counted_allocations.cpp LINK ingot_runtime ingot_fake_model LABELS runtime)
ingot_test(runtime_gradcheck SOURCES runtime/train/gradcheck_test.cpp LINK ingot_runtime ingot_fake_model LABELS runtime)
target_include_directories(runtime_gradcheck PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
