ingot_test(runtime_typed SOURCES runtime/typed/trainer_test.cpp LINK ingot_typed ingot_fake_model LABELS runtime)
