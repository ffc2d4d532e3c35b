// Arguments that FParser does not take, and flows that it tells.
#pragma once

#include <string>

#include "weir/error.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {

[[noreturn]] inline void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

inline bool is_told(std::uint8_t protocol) noexcept {
  return protocol == wire::ip_protocol::tcp || protocol == wire::ip_protocol::udp;
}

}  // namespace weir::compat::fparser
