# One program for each configuration of torch_trace.py; the sample `fashion` is the last one.
foreach(name IN ITEMS golden_sgd golden_nesterov golden_rmsprop golden_adam golden_adam_torch golden_one_cycle golden_adamw
    golden_huber golden_bce)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/models.cpp MODEL ${name} DATA_DIR /usr/share/datasets/fashion-mnist)
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
# One program for each configuration of torch_steps.py.
foreach(name IN ITEMS step_cnn step_resnet)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/step_models.cpp MODEL ${name})
  set_target_properties(${name}_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
