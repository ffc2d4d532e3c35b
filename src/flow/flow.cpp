// The words for states and reasons, and the observer's home.
#include "weir/flow/flow.h"

#include "weir/flow/observer.h"

namespace weir::flow {

const char* name(TcpState state) noexcept {
  switch (state) {
    case TcpState::fresh:
      return "new";
    case TcpState::syn_sent:
      return "syn_sent";
    case TcpState::syn_received:
      return "syn_received";
    case TcpState::established:
      return "established";
    case TcpState::closing:
      return "closing";
    case TcpState::closed:
      return "closed";
    case TcpState::reset:
      return "reset";
  }
  return "";
}

const char* name(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::fin:
      return "fin";
    case EndReason::rst:
      return "rst";
    case EndReason::idle:
      return "idle";
    case EndReason::active:
      return "active";
    case EndReason::evicted:
      return "evicted";
    case EndReason::end:
      return "end";
  }
  return "";
}

Observer::~Observer() = default;

}  // namespace weir::flow
