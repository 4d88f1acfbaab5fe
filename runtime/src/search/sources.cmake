target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/driver.cpp
  ${CMAKE_CURRENT_LIST_DIR}/facts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/numbering.cpp
  ${CMAKE_CURRENT_LIST_DIR}/parameter.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sampler.cpp
  ${CMAKE_CURRENT_LIST_DIR}/space.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sqlite.cpp
  ${CMAKE_CURRENT_LIST_DIR}/study.cpp
)

# Nothing here is hot, and JSON templates are large: the size of every compiled model counts.
foreach(name IN ITEMS driver facts numbering parameter sampler space sqlite study)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
