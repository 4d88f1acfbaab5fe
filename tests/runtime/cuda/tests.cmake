set(simulated_definitions
  SIMULATED_CUDA="$<TARGET_FILE:simulated_cuda>" SIMULATED_CUDA_OLD="$<TARGET_FILE:simulated_cuda_old>"
  SIMULATED_CUDA_WITHOUT_LIBRARY="$<TARGET_FILE:simulated_cuda_without_library>")
function(ingot_simulated_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  ingot_test(${name} SOURCES ${ARG_SOURCES} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/support.cpp LINK ingot_runtime ${ARG_LINK} ${CMAKE_DL_LIBS}
    LABELS runtime TIMEOUT ${ARG_TIMEOUT})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
  target_compile_definitions(${name} PRIVATE ${simulated_definitions})
  add_dependencies(${name} simulated_cuda simulated_cuda_old simulated_cuda_without_library)
endfunction()

ingot_simulated_test(runtime_cuda
  SOURCES runtime/cuda/driver_test.cpp runtime/cuda/jit_link_test.cpp runtime/cuda/kernel_module_test.cpp runtime/cuda/low_precision_test.cpp
          runtime/cuda/memory_pool_test.cpp)
ingot_simulated_test(runtime_cuda_simulated SOURCES runtime/cuda/simulated_driver_test.cpp)
ingot_simulated_test(runtime_cuda_training SOURCES runtime/cuda/training_test.cpp runtime/support/fake_device.cpp LINK ingot_fake_model)
ingot_simulated_test(runtime_cuda_faults SOURCES runtime/cuda/faults_test.cpp runtime/support/fake_device.cpp LINK ingot_fake_model)

if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  # There the simulated driver's allocations are counted as well: all libraries share one operator new.
  add_test(NAME runtime_cuda_allocations COMMAND sh -c "echo 'SKIPPED: allocations are counted in builds without sanitizers'; exit 77")
  set_tests_properties(runtime_cuda_allocations PROPERTIES LABELS runtime SKIP_RETURN_CODE 77)
else()
  ingot_simulated_test(runtime_cuda_allocations SOURCES runtime/cuda/allocation_test.cpp runtime/support/counted_allocations.cpp LINK conformance)
endif()

# NVIDIA's own headers say whether ours are right; they are needed for nothing else.
find_path(cuda_headers NAMES cuda.h cublasLt.h PATHS /usr/local/cuda/include NO_CACHE)
if(cuda_headers)
  ingot_test(runtime_cuda_sdk_types SOURCES runtime/cuda/sdk_types_test.cpp LABELS runtime)
  target_include_directories(runtime_cuda_sdk_types PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
  target_include_directories(runtime_cuda_sdk_types SYSTEM PRIVATE ${cuda_headers})
else()
  add_test(NAME runtime_cuda_sdk_types COMMAND sh -c "echo 'SKIPPED: cuda.h and cublasLt.h are not installed'; exit 77")
  set_tests_properties(runtime_cuda_sdk_types PROPERTIES LABELS runtime SKIP_RETURN_CODE 77)
endif()
