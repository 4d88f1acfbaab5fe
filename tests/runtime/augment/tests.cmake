ingot_test(runtime_augment_test
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/augmentation_test.cpp ${CMAKE_CURRENT_LIST_DIR}/golden_test.cpp ${CMAKE_CURRENT_LIST_DIR}/mixing_test.cpp
          ${CMAKE_CURRENT_LIST_DIR}/training_transform_test.cpp
  LINK ingot_data_test_support ingot_fake_model LABELS runtime)
target_include_directories(runtime_augment_test PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src)
target_compile_definitions(runtime_augment_test PRIVATE GOLDEN_AUGMENT="${PROJECT_SOURCE_DIR}/tests/golden/augment/augment.npz")
