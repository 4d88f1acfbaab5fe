# ingot_script_test comes from tests/e2e. Building all of Ingot again is quick only where ccache keeps what this build compiled.
ingot_script_test(sample_embed ${CMAKE_CURRENT_LIST_DIR}/embed_test.py LABELS package)

if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  # The project elsewhere is built without sanitizers and cannot link a library that was built with them.
  add_test(NAME package COMMAND sh -c "echo 'SKIPPED: the package is tested in builds without sanitizers'; exit 77")
  set_tests_properties(package PROPERTIES LABELS package SKIP_RETURN_CODE 77)
  return()
endif()

ingot_script_test(package_installed ${CMAKE_CURRENT_LIST_DIR}/installed_test.py LABELS package TIMEOUT 600)
find_program(INGOT_CCACHE ccache)
if(INGOT_CCACHE)
  ingot_script_test(package_subdirectory ${CMAKE_CURRENT_LIST_DIR}/subdirectory_test.py LABELS package TIMEOUT 900)
else()
  ingot_script_test(package_subdirectory ${CMAKE_CURRENT_LIST_DIR}/subdirectory_test.py LABELS long TIMEOUT 1800)
endif()
