target_sources(ingot_compiler PRIVATE ${CMAKE_CURRENT_LIST_DIR}/content_hash.cpp ${CMAKE_CURRENT_LIST_DIR}/object_cache.cpp)
