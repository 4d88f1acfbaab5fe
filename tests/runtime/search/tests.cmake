ingot_test(runtime_search
  SOURCES runtime/search/space_test.cpp runtime/search/sampler_test.cpp runtime/search/study_test.cpp runtime/search/driver_test.cpp
  LINK ingot_runtime SQLite::SQLite3 LABELS runtime)
