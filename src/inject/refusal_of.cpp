// The table.
#include "inject/refusal_of.h"

#include <cerrno>

namespace weir::inject {

Refusal refusal_of(int error) noexcept {
  switch (error) {
    case 0:
      return Refusal::none;
    case EMSGSIZE:
      return Refusal::too_long;
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
      return Refusal::no_buffers;
    case ENETDOWN:
      return Refusal::adapter_down;
    case ENXIO:
    case ENODEV:
      return Refusal::adapter_gone;
    default:
      return Refusal::other;
  }
}

}  // namespace weir::inject
