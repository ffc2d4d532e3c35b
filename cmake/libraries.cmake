# Assembles the libraries weir::weir, weir::sandbox, weir::gate and weir::stores from the objects of
# the modules.
# Every header below include/weir is public, belongs to one library and is compiled alone by the build
# target all_verify_interface_header_sets.
set(weir_core_modules vocabulary sys memory wire bpf filter savefile capture inject flow record print info sink compat)
set(weir_sandbox_modules sandbox)
set(weir_gate_modules gate net_filter)
set(weir_stores_modules stores)

configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in
  ${PROJECT_BINARY_DIR}/include/weir/version.h @ONLY)

file(GLOB_RECURSE weir_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/weir/*.h)
file(GLOB weir_stores_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/weir/stores/*.h)
file(GLOB weir_sandbox_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/weir/sandbox/*.h)
file(GLOB weir_gate_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/weir/gate/*.h
  ${PROJECT_SOURCE_DIR}/include/weir/compat/net_filter*.h)
list(REMOVE_ITEM weir_headers ${weir_stores_headers} ${weir_sandbox_headers} ${weir_gate_headers})

# weir_library(TARGET EXPORT NAME MODULES ... HEADERS ...): known as weir::NAME.
# Beside WEIR_API, only what has a name in weir is exported: no instances of the standard library.
function(weir_library target)
  cmake_parse_arguments(arg "" "EXPORT" "MODULES;HEADERS" ${ARGN})
  add_library(${target})
  add_library(weir::${arg_EXPORT} ALIAS ${target})
  foreach(module ${arg_MODULES})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:weir_${module}>)
    get_target_property(links weir_${module} WEIR_LINKS)
    if(links)
      target_link_libraries(${target} PRIVATE ${links})
    endif()
  endforeach()
  target_sources(${target} PUBLIC FILE_SET HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include FILES ${arg_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_23)
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX EXPORT_NAME ${arg_EXPORT}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    VERIFY_INTERFACE_HEADER_SETS ON
    INSTALL_RPATH "$ORIGIN"
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
  target_link_options(${target} PRIVATE
    LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
endfunction()

weir_library(weir EXPORT weir MODULES ${weir_core_modules}
  HEADERS ${weir_headers} ${PROJECT_BINARY_DIR}/include/weir/version.h)
weir_library(weir_sandbox_library EXPORT sandbox MODULES ${weir_sandbox_modules}
  HEADERS ${weir_sandbox_headers})
set_target_properties(weir_sandbox_library PROPERTIES OUTPUT_NAME weir_sandbox)
target_link_libraries(weir_sandbox_library PUBLIC weir)
if(BUILD_SHARED_LIBS)
  # Private code of weir::weir that it is made of, too: a shared library does not export it.
  target_sources(weir_sandbox_library PRIVATE $<TARGET_OBJECTS:weir_sys>)
endif()
if(TARGET weir_gate)
  weir_library(weir_gate_library EXPORT gate MODULES ${weir_gate_modules}
    HEADERS ${weir_gate_headers})
  set_target_properties(weir_gate_library PROPERTIES OUTPUT_NAME weir_gate)
  target_link_libraries(weir_gate_library PUBLIC weir PRIVATE weir_sandbox_library)
  if(BUILD_SHARED_LIBS)
    # Private code of weir::weir that it is made of, too.
    weir_module(gate_copied SOURCES
      ${PROJECT_SOURCE_DIR}/src/compat/settings.cpp
      ${PROJECT_SOURCE_DIR}/src/filter/keywords.cpp
      ${PROJECT_SOURCE_DIR}/src/filter/token.cpp
      ${PROJECT_SOURCE_DIR}/src/flow/fragment_table.cpp
      ${PROJECT_SOURCE_DIR}/src/flow/packet_facts.cpp
      ${PROJECT_SOURCE_DIR}/src/flow/transport_facts.cpp)
    target_sources(weir_gate_library PRIVATE $<TARGET_OBJECTS:weir_sys> $<TARGET_OBJECTS:weir_bpf>
      $<TARGET_OBJECTS:weir_gate_copied>)
  endif()
endif()
if(TARGET weir_stores)
  weir_library(weir_stores_library EXPORT stores MODULES ${weir_stores_modules}
    HEADERS ${weir_stores_headers})
  set_target_properties(weir_stores_library PROPERTIES OUTPUT_NAME weir_stores)
  target_link_libraries(weir_stores_library PUBLIC weir)
  if(BUILD_SHARED_LIBS)
    weir_module(copied SOURCES ${PROJECT_SOURCE_DIR}/src/rfc3339.cpp
      ${PROJECT_SOURCE_DIR}/src/record/ip_protocol_names.cpp)
    target_sources(weir_stores_library PRIVATE $<TARGET_OBJECTS:weir_copied>)
  endif()
endif()
