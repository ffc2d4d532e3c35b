// The words for refusals, and how far each reaches.
#include "weir/inject/sent.h"

namespace weir::inject {

const char* name(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none:
      return "none";
    case Refusal::too_short:
      return "too_short";
    case Refusal::too_long:
      return "too_long";
    case Refusal::link_type:
      return "link_type";
    case Refusal::queue_full:
      return "queue_full";
    case Refusal::no_buffers:
      return "no_buffers";
    case Refusal::adapter_down:
      return "adapter_down";
    case Refusal::adapter_gone:
      return "adapter_gone";
    case Refusal::no_neighbor:
      return "no_neighbor";
    case Refusal::not_rewritten:
      return "not_rewritten";
    case Refusal::stopped:
      return "stopped";
    case Refusal::other:
      return "other";
  }
  return "other";
}

bool concerns_one_frame(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::queue_full:
    case Refusal::no_buffers:
    case Refusal::adapter_down:
    case Refusal::adapter_gone:
    case Refusal::stopped:
      return false;
    default:
      return true;
  }
}

}  // namespace weir::inject
