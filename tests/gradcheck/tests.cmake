# The gradient check as a whole, on programs compiled in the test. Default: some seconds; `ctest -C All`: 300 recipes, 12 of each error.
ingot_test(gradcheck_random SOURCES gradcheck/random_recipe_test.cpp LINK ingot_compiler ingot_runtime LABELS gradcheck)
ingot_test(gradcheck_planted SOURCES gradcheck/planted_error_test.cpp gradcheck/planted_errors.cpp LINK ingot_compiler ingot_runtime
           LABELS gradcheck)
foreach(name IN ITEMS random planted)
  target_include_directories(gradcheck_${name} PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
  add_test(NAME gradcheck_${name}_long COMMAND gradcheck_${name} [.long] CONFIGURATIONS All)
  set_tests_properties(gradcheck_${name}_long PROPERTIES LABELS "gradcheck;long" TIMEOUT 3600)
endforeach()
