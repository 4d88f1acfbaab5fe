ingot_test(runtime_cli
  SOURCES runtime/cli/json_writer_test.cpp runtime/cli/progress_test.cpp runtime/cli/peak_test.cpp
  LINK ingot_runtime LABELS runtime)
target_include_directories(runtime_cli PRIVATE ${CMAKE_SOURCE_DIR}/runtime/src)

# An executable of the hand-written model, beside a stand-in for the code generator's library under its real name.
add_library(ingot_fake_cli_codegen MODULE runtime/support/fake_codegen.cpp)
target_link_libraries(ingot_fake_cli_codegen PRIVATE ingot_fake_model ingot_warnings)
add_executable(ingot_fake_cli runtime/cli/fake_main.cpp)
target_link_libraries(ingot_fake_cli PRIVATE ingot_runtime ingot_fake_model ingot_warnings)
add_dependencies(ingot_fake_cli ingot_fake_cli_codegen)
set_target_properties(ingot_fake_cli_codegen PROPERTIES OUTPUT_NAME ingot_codegen LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)
set_target_properties(ingot_fake_cli PROPERTIES OUTPUT_NAME fake RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)

find_program(INGOT_PYTHON python3)
foreach(name IN ITEMS commands usage search optuna report tensorboard)
  if(INGOT_PYTHON)
    add_test(NAME runtime_cli_${name} COMMAND ${INGOT_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/${name}_test.py $<TARGET_FILE:ingot_fake_cli>)
  else()
    add_test(NAME runtime_cli_${name} COMMAND sh -c "echo 'SKIPPED: python3 is not installed'; exit 77")
  endif()
  set_tests_properties(runtime_cli_${name} PROPERTIES LABELS runtime TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
