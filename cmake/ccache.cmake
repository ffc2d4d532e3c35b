# Uses ccache where it is installed, unless the caller chose a launcher.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What it asks for where headers are precompiled; tests/CMakeLists.txt has the other half.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${WEIR_CCACHE})
endif()
