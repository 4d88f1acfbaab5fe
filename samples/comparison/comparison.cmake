# ingot_add_comparison(<name> SOURCES <file> ... MODELS <target> ...)
#
# The executable build/bin/compare_<name>, which `./ingot samples` runs: it shows what a technique is good for by training with and without
# it. MODELS are libraries made by ingot_add_model; what sources use beside comparison.hpp is their own affair.
add_library(sample_comparison STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/comparison.cpp)
target_include_directories(sample_comparison PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(sample_comparison PUBLIC ingot::runtime PRIVATE ingot_warnings)

function(ingot_add_comparison name)
  cmake_parse_arguments(ARG "" "" "SOURCES;MODELS" ${ARGN})
  add_executable(compare_${name} ${ARG_SOURCES})
  target_link_libraries(compare_${name} PRIVATE ${ARG_MODELS} sample_comparison ingot_warnings)
  target_link_options(compare_${name} PRIVATE LINKER:--gc-sections)
  add_dependencies(compare_${name} ingot::codegen)
  set_target_properties(compare_${name} PROPERTIES BUILD_RPATH $<TARGET_FILE_DIR:ingot::codegen>)
  set_property(GLOBAL APPEND PROPERTY INGOT_COMPARISONS ${name})
endfunction()

# ingot_add_comparison_script(<name> <script>)
#
# The same where the comparison is a Python script that runs programs of build/bin (comparison/script.py has what they share).
function(ingot_add_comparison_script name script)
  set(program ${CMAKE_BINARY_DIR}/bin/compare_${name})
  file(WRITE ${program} "#!/bin/sh\nexec python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/${script} --bin ${CMAKE_BINARY_DIR}/bin \"$@\"\n")
  file(CHMOD ${program} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  set_property(GLOBAL APPEND PROPERTY INGOT_COMPARISONS ${name})
endfunction()

# The list that ./ingot samples reads: one name a line, in the order of the folders.
function(ingot_write_comparisons)
  get_property(names GLOBAL PROPERTY INGOT_COMPARISONS)
  list(JOIN names "\n" text)
  file(WRITE ${CMAKE_BINARY_DIR}/samples.txt "${text}\n")
endfunction()
