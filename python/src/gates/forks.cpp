// pthread_atfork(3).
#include "gates/forks.h"

#include <pthread.h>

#include <cerrno>

namespace weir::python {
namespace {

unsigned counted = 0;

}  // namespace

unsigned forks() noexcept { return counted; }

bool count_forks() noexcept {
  const int error = ::pthread_atfork(nullptr, nullptr, [] { ++counted; });
  if (error == 0) return true;
  errno = error;
  PyErr_SetFromErrno(PyExc_OSError);
  return false;
}

}  // namespace weir::python
