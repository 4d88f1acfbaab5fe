ingot_test(codegen_schedule
  SOURCES
    codegen/schedule/band_test.cpp
    codegen/schedule/choose_convolution_test.cpp
    codegen/schedule/layout_test.cpp
    codegen/schedule/mirror_states_test.cpp
    codegen/schedule/phases_test.cpp
    codegen/schedule/plan_test.cpp
    codegen/schedule/rematerialize_test.cpp
    codegen/schedule/split_reductions_test.cpp
    codegen/schedule/verify_schedule_test.cpp
  LINK codegen_program_runner LABELS codegen)

ingot_test(codegen_schedule_device
  SOURCES
    codegen/schedule/device/chain_test.cpp
    codegen/schedule/device/launches_test.cpp
    codegen/schedule/device/library_form_test.cpp
    codegen/schedule/device/tile_test.cpp
  LINK codegen_program_runner LABELS codegen)
