# Says what will be built, optional parts included.
if(PROJECT_IS_TOP_LEVEL)
  message(STATUS "weir ${PROJECT_VERSION}: ${CMAKE_BUILD_TYPE}, "
    "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
  foreach(part COMMAND PYTHON TESTS EXAMPLES BENCH FUZZ)
    message(STATUS "  WEIR_BUILD_${part}: ${WEIR_BUILD_${part}}")
  endforeach()
  message(STATUS "  WEIR_WITH_SQLITE: ${WEIR_WITH_SQLITE} (weir::stores)")
  message(STATUS "  WEIR_WITH_JIT: ${WEIR_WITH_JIT} (machine code for filters)")
  if(WEIR_SANITIZE)
    message(STATUS "  WEIR_SANITIZE: ${WEIR_SANITIZE}")
  endif()
endif()
