# Finds Debian's Python and pybind11 for the module, whatever other python comes first in PATH.
set(Python_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The Python that the module is for")
find_package(Python QUIET COMPONENTS Interpreter Development.Module)
set(PYBIND11_FINDPYTHON ON)
find_package(pybind11 QUIET CONFIG)
if(Python_Development.Module_FOUND AND pybind11_FOUND)
  set(weir_python_possible ON)
else()
  set(weir_python_possible OFF)
endif()
option(WEIR_BUILD_PYTHON "Build the Python module" ${weir_python_possible})
if(WEIR_BUILD_PYTHON AND NOT weir_python_possible)
  message(FATAL_ERROR "WEIR_BUILD_PYTHON needs python3-dev and pybind11-dev")
endif()

# Where Debian's python3 looks (dist-packages), below the prefix.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(weir_python_dir lib/python3/dist-packages)
else()
  set(weir_python_dir lib/python${Python_VERSION_MAJOR}.${Python_VERSION_MINOR}/dist-packages)
endif()
set(WEIR_PYTHON_INSTALL_DIR ${weir_python_dir} CACHE STRING
  "Where the Python package goes, from the prefix")
