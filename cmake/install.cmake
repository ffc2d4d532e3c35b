# Installs the libraries with a CMake package (find_package(weir COMPONENTS sandbox gate stores)) and
# pkg-config files, the manual and the shell completion.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(weir_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)

# Each component has its own export file, so that its dependencies are looked for only when asked.
install(TARGETS weir EXPORT weir-targets FILE_SET HEADERS)
install(EXPORT weir-targets NAMESPACE weir:: DESTINATION ${weir_package_dir})
install(TARGETS weir_sandbox_library EXPORT weir-sandbox-targets FILE_SET HEADERS)
install(EXPORT weir-sandbox-targets NAMESPACE weir:: DESTINATION ${weir_package_dir})
set(weir_packages weir weir-sandbox)
if(TARGET weir_gate_library)
  install(TARGETS weir_gate_library EXPORT weir-gate-targets FILE_SET HEADERS)
  install(EXPORT weir-gate-targets NAMESPACE weir:: DESTINATION ${weir_package_dir})
  list(APPEND weir_packages weir-gate)
  install(FILES ${PROJECT_BINARY_DIR}/netfilter.cab DESTINATION ${CMAKE_INSTALL_DATADIR}/weir)
endif()
if(TARGET weir_stores_library)
  install(TARGETS weir_stores_library EXPORT weir-stores-targets FILE_SET HEADERS)
  install(EXPORT weir-stores-targets NAMESPACE weir:: DESTINATION ${weir_package_dir})
  list(APPEND weir_packages weir-stores)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/weirConfig.cmake.in
  ${PROJECT_BINARY_DIR}/weirConfig.cmake INSTALL_DESTINATION ${weir_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
  DESTINATION ${weir_package_dir})

# The files are relocatable: directories are given from where the .pc file lies.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE weir_pc_prefix)
# What a static library is made of has to be linked by its user, without asking for everything those
# libraries are made of in turn (pkg-config --static).
set(weir_pc_gate_libraries libbpf)
if(WEIR_WITH_SYSTEMD)
  string(APPEND weir_pc_gate_libraries ", libsystemd")
endif()
if(BUILD_SHARED_LIBS)
  set(weir_pc_requires "Requires.private")
  set(weir_pc_stores_requires "\nRequires.private: sqlite3 nettle")
  set(weir_pc_gate_requires "\nRequires.private: ${weir_pc_gate_libraries}")
else()
  set(weir_pc_requires "Requires")
  set(weir_pc_stores_requires ", sqlite3, nettle")
  set(weir_pc_gate_requires ", ${weir_pc_gate_libraries}")
endif()
foreach(package ${weir_packages})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc
    @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

if(WEIR_BUILD_COMMAND)
  install(FILES ${PROJECT_SOURCE_DIR}/docs/man/weir.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${PROJECT_SOURCE_DIR}/completion/weir
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  if(TARGET weir_gate_library)
    install(FILES ${PROJECT_SOURCE_DIR}/docs/man/weir-install.8
      DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
    install(FILES ${PROJECT_SOURCE_DIR}/completion/weir-install
      DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  endif()
endif()
