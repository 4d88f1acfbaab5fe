# The declaration: static_assert libraries, run-time parts, mistakes as failing compiles, soundness of the proof.
set(dsl_tests ${CMAKE_CURRENT_LIST_DIR})
set(dsl_include ${PROJECT_SOURCE_DIR}/dsl/include)
set(dsl_libraries ${dsl_tests}/static_language.cpp ${dsl_tests}/static_layers.cpp ${dsl_tests}/static_proof.cpp
                  ${dsl_tests}/static_losses.cpp ${dsl_tests}/static_recipe.cpp ${dsl_tests}/static_typed.cpp ${dsl_tests}/values.cpp)

ingot_test(dsl_language SOURCES ${dsl_libraries} ${dsl_tests}/odr_a.cpp ${dsl_tests}/odr_b.cpp LINK ingot::dsl LABELS dsl)

ingot_test(dsl_layer_shapes SOURCES ${dsl_tests}/layer_shapes.cpp LINK ingot::dsl LABELS dsl)
target_compile_definitions(dsl_layer_shapes PRIVATE LAYER_SHAPES="${dsl_tests}/../golden/layer_shapes.txt")

# Random models against brute force; the default is some seconds, `ctest -C All` some minutes.
add_executable(dsl_soundness ${dsl_tests}/soundness.cpp)
target_link_libraries(dsl_soundness PRIVATE ingot::dsl ingot_warnings)
set_target_properties(dsl_soundness PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
foreach(seed 1 2 3)
  add_test(NAME dsl_soundness_${seed} COMMAND dsl_soundness --models 150000 --seed ${seed})
  set_tests_properties(dsl_soundness_${seed} PROPERTIES LABELS dsl TIMEOUT 300)
endforeach()
foreach(seed 11 12 13 14)
  add_test(NAME dsl_soundness_long_${seed} COMMAND dsl_soundness --models 5000000 --seed ${seed} CONFIGURATIONS All)
  set_tests_properties(dsl_soundness_long_${seed} PROPERTIES LABELS "dsl;long" TIMEOUT 3600)
endforeach()

# With both compilers, whichever builds the project: each script exits 77 when its compiler is missing.
find_program(INGOT_GXX NAMES g++-12 g++)
find_program(INGOT_CLANGXX NAMES clang++-19)
foreach(compiler gxx clangxx)
  string(TOUPPER ${compiler} upper)
  set(command ${INGOT_${upper}})
  if(NOT command AND compiler STREQUAL gxx)
    set(command g++-12)
  elseif(NOT command)
    set(command clang++-19)
  endif()
  add_test(NAME dsl_mistakes_${compiler} COMMAND ${dsl_tests}/mistakes.sh ${command} ${dsl_include} ${dsl_tests}/mistakes)
  add_test(NAME dsl_headers_${compiler} COMMAND ${dsl_tests}/headers.sh ${command} ${dsl_include})
  add_test(NAME dsl_accepted_${compiler} COMMAND ${dsl_tests}/accepted.sh ${command} ${dsl_include} ${dsl_libraries} ${dsl_tests}/limits.cpp)
  set_tests_properties(dsl_mistakes_${compiler} dsl_headers_${compiler} dsl_accepted_${compiler}
                       PROPERTIES LABELS "dsl;compilers" TIMEOUT 900 SKIP_RETURN_CODE 77)
endforeach()

# `command` is clang++ here.
add_test(NAME dsl_instantiations COMMAND ${dsl_tests}/instantiations.sh ${command} ${dsl_include}
                                         ${dsl_tests}/instantiations.txt)
set_tests_properties(dsl_instantiations PROPERTIES LABELS "dsl;compilers" TIMEOUT 300 SKIP_RETURN_CODE 77)

add_test(NAME dsl_readme COMMAND ${dsl_tests}/readme.sh ${CMAKE_CXX_COMPILER} ${dsl_include} ${PROJECT_SOURCE_DIR}/dsl/README.md)
set_tests_properties(dsl_readme PROPERTIES LABELS dsl TIMEOUT 120)
