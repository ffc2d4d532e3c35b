// The words for actions and for what became of verdicts.
#include "weir/gate/held_packet.h"
#include "weir/gate/rule.h"

namespace weir::gate {

const char* name(Action action) noexcept {
  switch (action) {
    case Action::pass:
      return "pass";
    case Action::accept:
      return "accept";
    case Action::drop:
      return "drop";
    case Action::hold:
      return "hold";
    case Action::notify:
      return "notify";
  }
  return "";
}

const char* name(VerdictResult result) noexcept {
  switch (result) {
    case VerdictResult::taken:
      return "taken";
    case VerdictResult::late:
      return "late";
    case VerdictResult::snapped:
      return "snapped";
    case VerdictResult::too_long:
      return "too_long";
  }
  return "";
}

}  // namespace weir::gate
