foreach(name IN ITEMS recipe_whole recipe_parts recipe_everything recipe_measured recipe_pruned recipe_unlimited recipe_limited
    recipe_frozen)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/models.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
