# Programs that the figures run, besides the sample.
ingot_add_model(forward_contraction SOURCE ${CMAKE_CURRENT_LIST_DIR}/forward.cpp DATA_DIR /usr/share/datasets/fashion-mnist)
set_target_properties(forward_contraction_app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
