# Programs that the figures run, besides the sample.
ingot_add_model(forward_contraction SOURCE ${CMAKE_CURRENT_LIST_DIR}/forward.cpp DATA_DIR /usr/share/datasets/fashion-mnist)
set_target_properties(forward_contraction_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# Programs of the decoding figure, which needs no model.
find_package(JPEG REQUIRED)
add_executable(bench_decode ${CMAKE_CURRENT_LIST_DIR}/decode.cpp)
target_link_libraries(bench_decode PRIVATE ingot::runtime ingot_warnings)
add_executable(bench_photos ${CMAKE_CURRENT_LIST_DIR}/photos.cpp)
target_link_libraries(bench_photos PRIVATE JPEG::JPEG ingot_warnings)
set_target_properties(bench_decode bench_photos PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
