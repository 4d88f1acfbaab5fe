# Ops, networks and optimizers through the runtime: on the GPU of a machine that has one, and some of them on the simulated driver's device,
# which shows that what runs there is what the tests mean.
foreach(device IN ITEMS gpu simulated)
  add_library(codegen_${device}_runner STATIC ${CMAKE_CURRENT_LIST_DIR}/../../support/cuda_runner.cpp ${device_rows})
  target_include_directories(codegen_${device}_runner PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
  target_link_libraries(codegen_${device}_runner PUBLIC codegen_program_runner ingot_runtime PRIVATE ingot_warnings)
  foreach(tests IN ITEMS kernel program)
    ingot_test(codegen_device_${tests}s_${device} SOURCES codegen/llvm/nvptx/device_${tests}_test.cpp LINK codegen_${device}_runner LABELS codegen)
  endforeach()
endforeach()
target_compile_definitions(codegen_gpu_runner PRIVATE CUDA_DRIVER="")
target_compile_definitions(codegen_simulated_runner PRIVATE CUDA_DRIVER="$<TARGET_FILE:simulated_cuda>")
add_dependencies(codegen_simulated_runner simulated_cuda)
set_tests_properties(codegen_device_kernels_gpu codegen_device_programs_gpu PROPERTIES LABELS "codegen;needs-gpu" TIMEOUT 900)

# What goes through a library is counted by the simulated driver, so this has no form for a GPU: that is the business of the others.
ingot_test(codegen_device_library SOURCES codegen/llvm/nvptx/device_library_test.cpp runtime/cuda/support.cpp LINK codegen_simulated_runner
  ${CMAKE_DL_LIBS} LABELS codegen)
target_compile_definitions(codegen_device_library PRIVATE SIMULATED_CUDA="$<TARGET_FILE:simulated_cuda>")
target_include_directories(codegen_device_library PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
