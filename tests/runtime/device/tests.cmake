ingot_test(runtime_device SOURCES runtime/device/team_test.cpp runtime/device/device_test.cpp LINK ingot_runtime LABELS runtime)

# One suite for every device. Where there is no GPU, that for the real one says so.
ingot_add_model(conformance SOURCE ${CMAKE_CURRENT_LIST_DIR}/conformance_model.cpp TARGETS x86-64-v3 x86-64-v4 cuda-emulated)
set_target_properties(conformance_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
foreach(device IN ITEMS cpu simulated cuda)
  ingot_test(runtime_conformance_${device} SOURCES runtime/device/conformance_test.cpp LINK conformance LABELS runtime)
  target_compile_definitions(runtime_conformance_${device} PRIVATE CONFORMANCE_DEVICE="${device}" SIMULATED_CUDA="$<TARGET_FILE:simulated_cuda>")
  add_dependencies(runtime_conformance_${device} simulated_cuda)
endforeach()
ingot_test(runtime_open_device SOURCES runtime/device/open_device_test.cpp LINK conformance ingot_typed LABELS runtime)
target_compile_definitions(runtime_open_device PRIVATE SIMULATED_CUDA="$<TARGET_FILE:simulated_cuda>")
add_dependencies(runtime_open_device simulated_cuda)
set_tests_properties(runtime_conformance_cuda PROPERTIES LABELS "runtime;needs-gpu")
