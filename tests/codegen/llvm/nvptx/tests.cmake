# Device kernels, as fibers of this process, against the interpreter.
add_library(device_emulator STATIC
  ${CMAKE_CURRENT_LIST_DIR}/../../../support/emulator/access_checker.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../../../support/emulator/emulator.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../../../support/emulator/fiber.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../../../support/emulator/matrix_unit.cpp)
target_include_directories(device_emulator PUBLIC ${CMAKE_CURRENT_LIST_DIR}/../../..)
target_link_libraries(device_emulator PUBLIC ingot_abi PRIVATE ingot_warnings)

set(device_rows ${CMAKE_CURRENT_LIST_DIR}/../../support/device_rows.cpp)
add_library(codegen_device_runner STATIC ${CMAKE_CURRENT_LIST_DIR}/../../support/device_runner.cpp ${device_rows})
target_link_libraries(codegen_device_runner PUBLIC codegen_program_runner device_emulator PRIVATE ingot_warnings)

ingot_test(codegen_device_ops SOURCES codegen/llvm/nvptx/device_kernel_test.cpp LINK codegen_device_runner LABELS codegen)

ingot_test(codegen_device_chains SOURCES codegen/llvm/nvptx/device_chain_test.cpp LINK codegen_device_runner LABELS codegen)

ingot_test(codegen_device_low SOURCES codegen/llvm/nvptx/device_low_test.cpp LINK codegen_device_runner LABELS codegen)

ingot_test(codegen_device_programs SOURCES codegen/llvm/nvptx/device_program_test.cpp LINK codegen_device_runner LABELS codegen)

add_test(NAME codegen_device_programs_long COMMAND codegen_device_programs "[.long]" CONFIGURATIONS All)
set_tests_properties(codegen_device_programs_long PROPERTIES LABELS "codegen;long" TIMEOUT 3600)

ingot_test(codegen_device_faults
  SOURCES
    codegen/llvm/nvptx/device_fault_test.cpp
    support/emulator/emulator_test.cpp
  LINK codegen_device_runner LABELS codegen)

ingot_test(codegen_device_samples
  SOURCES
    codegen/llvm/nvptx/device_sample_test.cpp
    ${PROJECT_SOURCE_DIR}/samples/fashion_cnn/model.cpp
    ${PROJECT_SOURCE_DIR}/samples/fashion_mlp/model.cpp
    ${PROJECT_SOURCE_DIR}/samples/resnet/resnet20.cpp
  LINK codegen_device_runner LABELS codegen)

add_test(NAME codegen_device_samples_long COMMAND codegen_device_samples "[.long]" CONFIGURATIONS All)
set_tests_properties(codegen_device_samples_long PROPERTIES LABELS "codegen;long" TIMEOUT 3600)

# Kernels made by hand of LLVM's instructions.
find_package(LLVM 19.1 REQUIRED CONFIG)
ingot_test(codegen_device_matrix SOURCES codegen/llvm/nvptx/matrix_instructions_test.cpp LINK codegen_device_runner LABELS codegen)
target_include_directories(codegen_device_matrix SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})
