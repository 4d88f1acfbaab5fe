# Tests of whole programs, as Python scripts on the standard library alone. They print `SKIPPED: reason` and exit 77 when they cannot run.
find_program(INGOT_PYTHON python3)

function(ingot_script_test name script)
  cmake_parse_arguments(ARG "ALONE" "TIMEOUT" "LABELS" ${ARGN})
  if(INGOT_PYTHON)
    set(command ${INGOT_PYTHON} -B ${script} --source ${CMAKE_SOURCE_DIR} --build ${CMAKE_BINARY_DIR})
  else()
    set(command sh -c "echo 'SKIPPED: python3 is not installed'; exit 77")
  endif()
  add_test(NAME ${name} COMMAND ${command})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT $<IF:$<BOOL:${ARG_TIMEOUT}>,${ARG_TIMEOUT},300>
    SKIP_RETURN_CODE 77 RUN_SERIAL $<BOOL:${ARG_ALONE}>)
endfunction()

foreach(name IN ITEMS
    bit_equal
    commands
    convolutional
    device_simulated
    figures
    golden
    golden_steps
    images
    input
    measured
    own
    profile
    pruning
    recipe
    resnet
    samples
    search
    tabular
    train
    usage)
  ingot_script_test(e2e_${name} ${CMAKE_CURRENT_LIST_DIR}/${name}_test.py LABELS e2e)
endforeach()
ingot_script_test(e2e_device_cuda ${CMAKE_CURRENT_LIST_DIR}/device_cuda_test.py LABELS "e2e;needs-gpu")
ingot_script_test(e2e_device_code ${CMAKE_CURRENT_LIST_DIR}/device_code_test.py LABELS e2e TIMEOUT 900)
ingot_script_test(e2e_executable ${CMAKE_CURRENT_LIST_DIR}/executable_test.py LABELS e2e ALONE)
foreach(name IN ITEMS layers format)
  ingot_script_test(tree_${name} ${CMAKE_CURRENT_LIST_DIR}/${name}_test.py LABELS tree)
endforeach()

include(${CMAKE_CURRENT_LIST_DIR}/images/models.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/input/models.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../golden/models.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../bench/models.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../recipe/models.cmake)
foreach(name IN ITEMS rare twofold balanced)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/measured.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
foreach(name IN ITEMS own built_in)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/own.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()

# A simulated step of the residual network takes some seconds: eleven are a test of their own.
foreach(sample IN ITEMS fashion fashion_cnn resnet20)
  ingot_test(e2e_device_steps_${sample} SOURCES e2e/device_steps_test.cpp LINK ${sample} LABELS e2e TIMEOUT 900)
  target_include_directories(e2e_device_steps_${sample} PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
  set(deep $<STREQUAL:${sample},resnet20>)
  target_compile_definitions(e2e_device_steps_${sample} PRIVATE SAMPLE=ingot_model_${sample} SIMULATED_CUDA="$<TARGET_FILE:simulated_cuda>"
    REFERENCE=$<IF:${deep},INGOT_F64,INGOT_F32> SLOW=${deep})
  add_dependencies(e2e_device_steps_${sample} simulated_cuda ingot_codegen)
  add_test(NAME e2e_device_steps_${sample}_gpu COMMAND e2e_device_steps_${sample} "[.gpu]")
  set_tests_properties(e2e_device_steps_${sample}_gpu PROPERTIES LABELS "e2e;needs-gpu" TIMEOUT 900 SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME e2e_device_steps_resnet20_long COMMAND e2e_device_steps_resnet20 "[.long]" CONFIGURATIONS All)
set_tests_properties(e2e_device_steps_resnet20_long PROPERTIES LABELS "e2e;long" TIMEOUT 3600)
