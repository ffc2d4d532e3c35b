# Warnings, checks and sanitizers for our own targets only; never exported to users.
add_library(weir_build_flags INTERFACE)
target_compile_options(weir_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wundef -Wextra-semi
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches>
  # g++ 12 sees overlaps in std::string that are not there (gcc.gnu.org/PR105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${WEIR_WARNINGS_AS_ERRORS}>:-Werror>)
target_compile_definitions(weir_build_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  if(WEIR_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # One run-time library for the commands and the Python module they are started beside, as with g++.
    execute_process(COMMAND ${CMAKE_CXX_COMPILER}
      -print-file-name=libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so
      OUTPUT_VARIABLE weir_sanitizer_library OUTPUT_STRIP_TRAILING_WHITESPACE)
    cmake_path(GET weir_sanitizer_library PARENT_PATH weir_sanitizer_dir)
    add_link_options(-shared-libsan LINKER:-rpath,${weir_sanitizer_dir})
  endif()
endif()
