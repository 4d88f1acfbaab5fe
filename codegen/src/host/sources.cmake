target_sources(ingot_compiler PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/check_definition.cpp
  ${CMAKE_CURRENT_LIST_DIR}/check_craft.cpp
  ${CMAKE_CURRENT_LIST_DIR}/craft_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/craft_tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/definition_bytes.cpp
  ${CMAKE_CURRENT_LIST_DIR}/device_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/device_tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/header.cpp
  ${CMAKE_CURRENT_LIST_DIR}/manifest_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/model_tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/output_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/program_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/program_tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ptxas.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recipe_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recipe_tables.cpp
  ${CMAKE_CURRENT_LIST_DIR}/source_text.cpp)
