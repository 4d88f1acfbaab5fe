target_sources(ingot_runtime PRIVATE
  ${CMAKE_CURRENT_LIST_DIR}/array.cpp
  ${CMAKE_CURRENT_LIST_DIR}/atomic_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/batch_source.cpp
  ${CMAKE_CURRENT_LIST_DIR}/cifar.cpp
  ${CMAKE_CURRENT_LIST_DIR}/class_weights.cpp
  ${CMAKE_CURRENT_LIST_DIR}/convert.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv_cached.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv_cells.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv_encode.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv_fit.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv_json.cpp
  ${CMAKE_CURRENT_LIST_DIR}/dataset.cpp
  ${CMAKE_CURRENT_LIST_DIR}/error.cpp
  ${CMAKE_CURRENT_LIST_DIR}/hash.cpp
  ${CMAKE_CURRENT_LIST_DIR}/history.cpp
  ${CMAKE_CURRENT_LIST_DIR}/idx.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_csv.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_failures.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_folder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_list.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_loader.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_loader_cached.cpp
  ${CMAKE_CURRENT_LIST_DIR}/image_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/images.cpp
  ${CMAKE_CURRENT_LIST_DIR}/inflate.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load.cpp
  ${CMAKE_CURRENT_LIST_DIR}/mapped_file.cpp
  ${CMAKE_CURRENT_LIST_DIR}/npy.cpp
  ${CMAKE_CURRENT_LIST_DIR}/npy_header.cpp
  ${CMAKE_CURRENT_LIST_DIR}/order.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ports.cpp
  ${CMAKE_CURRENT_LIST_DIR}/random.cpp
  ${CMAKE_CURRENT_LIST_DIR}/safetensors.cpp
  ${CMAKE_CURRENT_LIST_DIR}/split.cpp
  ${CMAKE_CURRENT_LIST_DIR}/workers.cpp
  ${CMAKE_CURRENT_LIST_DIR}/zip.cpp)

# What reads headers, JSON and lists of files is not hot, and its templates are large: the size of every compiled model counts.
foreach(name IN ITEMS csv_json history image_csv image_folder image_list image_loader_cached images load npy_header ports safetensors)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
