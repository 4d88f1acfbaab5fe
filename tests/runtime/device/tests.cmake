ingot_test(runtime_device SOURCES runtime/device/team_test.cpp runtime/device/device_test.cpp LINK ingot_runtime LABELS runtime)
