# `cmake --install`: headers, libraries, CMake functions and the template of `ingot new`, as one relocatable prefix.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Ingot)
foreach(target IN ITEMS dsl abi runtime)
  set_target_properties(ingot_${target} PROPERTIES EXPORT_NAME ${target})
endforeach()
# libLLVM is a package of the system; its folder is kept for machines where the loader does not look there.
set_target_properties(ingot_codegen PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS ingot_dsl ingot_abi ingot_runtime ingot_codegen ingot_generator EXPORT IngotTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT IngotTargets NAMESPACE ingot:: DESTINATION ${package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/abi/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(part IN ITEMS dsl runtime codegen)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${part}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
endforeach()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/IngotConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/IngotConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/IngotConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/IngotConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/IngotConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/IngotModel.cmake ${CMAKE_CURRENT_LIST_DIR}/model_main.cpp.in DESTINATION ${package_dir})
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/template DESTINATION ${CMAKE_INSTALL_DATADIR}/ingot)
