# Programs in mixed precision, compiled ahead for every target that has its own code for them.
foreach(name IN ITEMS mixed_f16 mixed_parts mixed_bf16)
  ingot_add_model(${name} SOURCE ${CMAKE_CURRENT_LIST_DIR}/models.cpp MODEL ${name} TARGETS x86-64-v3 x86-64-v4 x86-64-v4bf16)
endforeach()
ingot_test(mixed_programs SOURCES mixed/programs_test.cpp LINK mixed_f16 mixed_parts mixed_bf16 LABELS e2e)
