# libingot_codegen.so: the compiler behind a C interface, loaded by applications at run time and linked by generators.
# Everything but that interface is hidden, so that an application may use another LLVM.
add_library(ingot_codegen SHARED
  src/host/capi.cpp src/tool/gen_device.cpp src/tool/gen_model.cpp src/tool/gen_options.cpp src/tool/gen_run.cpp)
add_library(ingot::codegen ALIAS ingot_codegen)
set_target_properties(ingot_codegen PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON EXPORT_NAME codegen)
target_include_directories(ingot_codegen PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(ingot_codegen PUBLIC ingot_dsl PRIVATE $<BUILD_INTERFACE:ingot_compiler> $<BUILD_INTERFACE:ingot_warnings>)
target_link_options(ingot_codegen PRIVATE LINKER:--exclude-libs,ALL LINKER:--no-undefined)

# main of the generators.
add_library(ingot_generator STATIC src/tool/gen_main.cpp)
add_library(ingot::generator ALIAS ingot_generator)
set_target_properties(ingot_generator PROPERTIES EXPORT_NAME generator)
target_link_libraries(ingot_generator PUBLIC ingot_codegen PRIVATE $<BUILD_INTERFACE:ingot_warnings>)
