# ingot-opt: passes and stages over the text of a graph.
find_package(CLI11 REQUIRED)
add_executable(ingot-opt ${CMAKE_CURRENT_LIST_DIR}/opt_main.cpp ${CMAKE_CURRENT_LIST_DIR}/opt_stages.cpp)
target_link_libraries(ingot-opt PRIVATE ingot_compiler ingot_warnings fmt::fmt CLI11::CLI11)
