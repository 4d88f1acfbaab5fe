# Programs that the figures run, besides the sample.
ingot_add_model(augmented_cnn SOURCE ${CMAKE_CURRENT_LIST_DIR}/augmented_cnn.cpp DATA_DIR /usr/share/datasets/fashion-mnist)
set_target_properties(augmented_cnn_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

foreach(precision IN ITEMS f32 bf16 f16)
  ingot_add_model(wide_${precision} SOURCE ${CMAKE_CURRENT_LIST_DIR}/mixed.cpp MODEL wide_${precision}
    DATA_DIR /usr/share/datasets/fashion-mnist TARGETS x86-64-v3 x86-64-v4 x86-64-v4bf16)
  set_target_properties(wide_${precision}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()

# Programs of the figures of input, which need no model.
find_package(JPEG REQUIRED)
foreach(program IN ITEMS decode caching)
  add_executable(bench_${program} ${CMAKE_CURRENT_LIST_DIR}/${program}.cpp)
  target_link_libraries(bench_${program} PRIVATE ingot::runtime ingot_warnings)
endforeach()
add_executable(bench_photos ${CMAKE_CURRENT_LIST_DIR}/photos.cpp)
target_link_libraries(bench_photos PRIVATE JPEG::JPEG ingot_warnings)
set_target_properties(bench_caching bench_decode bench_photos PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# Program of the convolutions' figure. oneDNN is there to compare: its CMake package asks for OpenCL, so only the library is looked for.
find_library(INGOT_DNNL dnnl)
find_path(INGOT_DNNL_INCLUDE oneapi/dnnl/dnnl.hpp)
find_package(OpenMP COMPONENTS CXX)
add_executable(bench_convolutions ${CMAKE_CURRENT_LIST_DIR}/convolutions.cpp ${CMAKE_CURRENT_LIST_DIR}/convolution_ours.cpp
               ${CMAKE_CURRENT_LIST_DIR}/kernels_alone.cpp)
target_include_directories(bench_convolutions PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/runtime/src)
target_link_libraries(bench_convolutions PRIVATE ingot_compiler ingot::runtime ingot_warnings)
if(INGOT_DNNL AND INGOT_DNNL_INCLUDE AND OpenMP_CXX_FOUND)
  target_sources(bench_convolutions PRIVATE ${CMAKE_CURRENT_LIST_DIR}/convolution_onednn.cpp)
  target_include_directories(bench_convolutions SYSTEM PRIVATE ${INGOT_DNNL_INCLUDE})
  target_link_libraries(bench_convolutions PRIVATE ${INGOT_DNNL} OpenMP::OpenMP_CXX)
else()
  target_sources(bench_convolutions PRIVATE ${CMAKE_CURRENT_LIST_DIR}/convolution_no_onednn.cpp)
endif()
set_target_properties(bench_convolutions PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# Program of the contraction's figure.
add_executable(bench_forward ${CMAKE_CURRENT_LIST_DIR}/forward.cpp ${CMAKE_CURRENT_LIST_DIR}/kernels_alone.cpp)
target_include_directories(bench_forward PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/runtime/src)
target_link_libraries(bench_forward PRIVATE ingot_compiler ingot::runtime ingot_warnings)
set_target_properties(bench_forward PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
# Program of the optimizers' figure.
add_executable(bench_optimizers ${CMAKE_CURRENT_LIST_DIR}/optimizers.cpp)
target_include_directories(bench_optimizers PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/runtime/src)
target_link_libraries(bench_optimizers PRIVATE ingot_compiler ingot::runtime ingot_warnings)
set_target_properties(bench_optimizers PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
# Program of the figure of compiling for a device.
add_executable(bench_device_compile ${CMAKE_CURRENT_LIST_DIR}/device_compile.cpp)
target_include_directories(bench_device_compile PRIVATE ${CMAKE_SOURCE_DIR}/runtime/src)
target_link_libraries(bench_device_compile PRIVATE fashion ingot_warnings)
set_target_properties(bench_device_compile PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_dependencies(bench_device_compile ingot_codegen)
