# One object library per folder of src/: the libraries are made of them, and a module's tests link
# only what the module may use.

# weir_module(NAME [SOURCES ...] [USES modules...] [LINKS libraries...])
function(weir_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_library(weir_${name} OBJECT ${arg_SOURCES})
  target_include_directories(weir_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(weir_${name} PRIVATE weir_build_flags ${arg_LINKS})
  set_property(TARGET weir_${name} PROPERTY WEIR_LINKS ${arg_LINKS})
  set_property(TARGET weir_${name} PROPERTY WEIR_USES ${arg_USES})
endfunction()

# weir_all_uses(OUT modules...): the modules and everything they use, each once.
function(weir_all_uses out)
  set(todo ${ARGN})
  set(seen "")
  while(todo)
    list(POP_FRONT todo module)
    if(NOT module IN_LIST seen)
      list(APPEND seen ${module})
      get_target_property(uses weir_${module} WEIR_USES)
      if(uses)
        list(APPEND todo ${uses})
      endif()
    endif()
  endwhile()
  set(${out} ${seen} PARENT_SCOPE)
endfunction()

# weir_link_modules(TARGET modules...): links the objects of the modules and of what they use.
function(weir_link_modules target)
  weir_all_uses(modules ${ARGN})
  foreach(module ${modules})
    target_link_libraries(${target} PRIVATE weir_${module})
    get_target_property(links weir_${module} WEIR_LINKS)
    if(links)
      target_link_libraries(${target} PRIVATE ${links})
    endif()
  endforeach()
endfunction()
