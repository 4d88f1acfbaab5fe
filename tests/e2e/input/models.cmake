# Programs of input_test.py and kill_test.py.
foreach(name IN ITEMS cached crafted binary_mixed whole_craft)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/models.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
