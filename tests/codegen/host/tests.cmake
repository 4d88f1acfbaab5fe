ingot_test(codegen_definition_bytes SOURCES ${CMAKE_CURRENT_LIST_DIR}/definition_bytes_test.cpp LINK ingot_compiler LABELS codegen)

# The manifest and the header of a hand-made model, compiled and compared with what they were written from.
set(toy_dir ${CMAKE_CURRENT_BINARY_DIR}/toy)
file(MAKE_DIRECTORY ${toy_dir})
add_executable(codegen_write_toy ${CMAKE_CURRENT_LIST_DIR}/write_toy.cpp)
target_include_directories(codegen_write_toy PRIVATE ${CMAKE_CURRENT_LIST_DIR}/..)
target_link_libraries(codegen_write_toy PRIVATE ingot_compiler ingot_warnings)
add_custom_command(OUTPUT ${toy_dir}/toy_manifest.cpp ${toy_dir}/toy.hpp COMMAND codegen_write_toy ${toy_dir} DEPENDS codegen_write_toy)
ingot_test(codegen_manifest SOURCES ${CMAKE_CURRENT_LIST_DIR}/manifest_test.cpp ${toy_dir}/toy_manifest.cpp ${toy_dir}/toy.hpp
  LINK ingot_compiler ingot_runtime LABELS codegen)
target_include_directories(codegen_manifest PRIVATE ${toy_dir} ${CMAKE_CURRENT_LIST_DIR}/..)
target_include_directories(codegen_definition_bytes PRIVATE ${CMAKE_CURRENT_LIST_DIR}/..)
ingot_test(codegen_capi SOURCES ${CMAKE_CURRENT_LIST_DIR}/capi_test.cpp LINK ingot_codegen ingot_compiler LABELS codegen)
target_include_directories(codegen_capi PRIVATE ${CMAKE_CURRENT_LIST_DIR}/..)

# What a generator says about sources with none, one and several models.
add_executable(codegen_two_models_generator ${CMAKE_CURRENT_LIST_DIR}/two_models.cpp)
target_link_libraries(codegen_two_models_generator PRIVATE ingot::generator ingot::dsl)
ingot_test(codegen_generator SOURCES ${CMAKE_CURRENT_LIST_DIR}/generator_test.cpp LABELS codegen)
target_compile_definitions(codegen_generator PRIVATE GENERATOR="$<TARGET_FILE:codegen_two_models_generator>")
add_dependencies(codegen_generator codegen_two_models_generator)

# A model built for a device too, as CMake builds it.
ingot_add_model(on_device SOURCE ${PROJECT_SOURCE_DIR}/samples/fashion_mlp/model.cpp TARGETS x86-64-v3 cuda cuda-emulated)
set_target_properties(on_device_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
ingot_test(codegen_device_model SOURCES ${CMAKE_CURRENT_LIST_DIR}/device_model_test.cpp LINK on_device device_emulator LABELS codegen)
