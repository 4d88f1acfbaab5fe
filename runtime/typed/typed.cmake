# ingot::trainer<model>: the one part that knows both the declaration language and the runtime. Header-only.
add_library(ingot_typed INTERFACE)
add_library(ingot::typed ALIAS ingot_typed)
target_include_directories(ingot_typed INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_LIST_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(ingot_typed INTERFACE ingot_dsl ingot_runtime)
