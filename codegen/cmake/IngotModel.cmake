# ingot_add_model(<target> SOURCE <model.cpp> [MODEL <symbol>] [DATA_DIR <dir>] [TARGETS <x86-64-v3> ... [cuda]])
#
# Makes of the model that SOURCE exports with INGOT_EXPORT:
#   <target>            static library: its compiled programs, `extern "C" const ingot_model ingot_model_<target>`, and the
#                       typed header <target>.hpp (namespace ingot_models::<target>); brings ingot::runtime along
#   <target>_app        executable named <target>: train, search, gradcheck, eval, predict, bench, export, describe
#   <target>_generator  executable, run at build time
# MODEL     which export, when the source has several
# DATA_DIR  what --data is when it is not given
# TARGETS   processors to build for; the best that fits is chosen at start. Default: x86-64-v3 x86-64-v4. A model with
#           mixed_precision(bf16) gains from x86-64-v4bf16 beside them: dot products of AVX512_BF16. Beside these `cuda`: PTX for
#           every GPU from sm_80 on, and cubins where ptxas is installed (`cuda-emulated`: the form that the emulator of Ingot's
#           tests runs, too)
function(ingot_add_model target)
  cmake_parse_arguments(ARG "" "SOURCE;MODEL;DATA_DIR" "TARGETS" ${ARGN})
  if(NOT ARG_SOURCE OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ingot_add_model(${target}): wants SOURCE file, and besides only MODEL, DATA_DIR and TARGETS")
  endif()
  if(NOT target MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "ingot_add_model(${target}): the name becomes part of C++ names; use letters, digits and _")
  endif()
  if(NOT ARG_TARGETS)
    set(ARG_TARGETS x86-64-v3 x86-64-v4)
  endif()
  _ingot_add_generated(${target} "${ARG_SOURCE}" "${ARG_MODEL}" "${ARG_TARGETS}")
  _ingot_add_app(${target} "${ARG_DATA_DIR}")
endfunction()

# The generator, the files it writes, and the library made of them.
function(_ingot_add_generated target source model processors)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target}_files)
  add_executable(${target}_generator ${source})
  target_link_libraries(${target}_generator PRIVATE ingot::generator ingot::dsl)
  set_target_properties(${target}_generator PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${dir} FOLDER generators)

  list(REMOVE_DUPLICATES processors)
  if("cuda-emulated" IN_LIST processors)
    list(REMOVE_ITEM processors cuda)  # which it has in it
  endif()
  set(objects)
  foreach(processor IN LISTS processors)
    if(processor MATCHES "^cuda")
      list(APPEND objects ${dir}/${target}_cuda_f32.o)
      continue()
    endif()
    string(REGEX REPLACE "^.*-" "" level ${processor})
    list(APPEND objects ${dir}/${target}_${level}_f32.o ${dir}/${target}_${level}_f64.o)
  endforeach()
  set(written ${objects} ${dir}/${target}_manifest.cpp ${dir}/${target}.hpp)
  string(REPLACE ";" "," processor_list "${processors}")
  set(options --out ${dir} --name ${target} --targets ${processor_list})
  if(model)
    list(APPEND options --model ${model})
  endif()
  add_custom_command(OUTPUT ${written}
    COMMAND ${target}_generator ${options}
    DEPENDS ${target}_generator $<TARGET_FILE:ingot::codegen>
    COMMENT "Compiling the model ${target}" VERBATIM)
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)

  add_library(${target} STATIC ${written})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${dir}>)
  target_link_libraries(${target} PUBLIC ingot::runtime)
  target_compile_features(${target} PUBLIC cxx_std_20)
endfunction()

# The command line. libingot_codegen.so is found through the run path, and only when a program has to be compiled.
function(_ingot_add_app target data_dir)
  set(INGOT_MODEL ${target})
  set(INGOT_DATA_LITERAL nullptr)
  if(data_dir)
    set(INGOT_DATA_LITERAL "\"${data_dir}\"")
  endif()
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/model_main.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/${target}_files/${target}_main.cpp @ONLY)
  add_executable(${target}_app ${CMAKE_CURRENT_BINARY_DIR}/${target}_files/${target}_main.cpp)
  target_link_libraries(${target}_app PRIVATE ${target})
  target_link_options(${target}_app PRIVATE LINKER:--gc-sections)
  add_dependencies(${target}_app ingot::codegen)
  get_target_property(imported ingot::codegen IMPORTED)
  set(install_path "$ORIGIN/../lib" "$ORIGIN")
  if(imported)
    list(APPEND install_path $<TARGET_FILE_DIR:ingot::codegen>)
  endif()
  set_target_properties(${target}_app PROPERTIES OUTPUT_NAME ${target}
    BUILD_RPATH $<TARGET_FILE_DIR:ingot::codegen> INSTALL_RPATH "${install_path}")
endfunction()
