# A simulated NVIDIA driver with cuBLASLt as a library that `--cuda-driver` takes; the same without cuBLASLt; and one that lacks a function of
# the driver, as an older one would.
find_package(Threads REQUIRED)
set(simulated_machine
  ${CMAKE_CURRENT_LIST_DIR}/device_heap.cpp
  ${CMAKE_CURRENT_LIST_DIR}/driver_functions.cpp
  ${CMAKE_CURRENT_LIST_DIR}/fault_plan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/machine.cpp
  ${CMAKE_CURRENT_LIST_DIR}/queues.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../emulator/access_checker.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../emulator/emulator.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../emulator/fiber.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../emulator/matrix_unit.cpp)
function(ingot_simulated_driver name)
  add_library(${name} MODULE ${simulated_machine} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/runtime/src)
  target_link_libraries(${name} PRIVATE ingot_abi ingot_warnings Threads::Threads)
  # Its allocations are its own: tests count those of the program that loads it.
  target_link_options(${name} PRIVATE -static-libstdc++ -Wl,-Bsymbolic -Wl,--exclude-libs,ALL)
  set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endfunction()
ingot_simulated_driver(simulated_cuda ${CMAKE_CURRENT_LIST_DIR}/cublaslt_functions.cpp)
ingot_simulated_driver(simulated_cuda_without_library)
ingot_simulated_driver(simulated_cuda_old)
target_link_options(simulated_cuda_old PRIVATE -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/old_driver.map)
