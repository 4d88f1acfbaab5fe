# Programs of images_test.py and figures_test.py.
foreach(name IN ITEMS colours brightness figures)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/models.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
