// One rtnetlink request and its answer.
#include "sys/link_state.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weir/error.h"

namespace weir::sys {
namespace {

// ALTIFNAMSIZ of the kernel; IFNAMSIZ for the first name.
constexpr std::size_t longest_name = 127;

bool is_length(std::uint16_t type) noexcept {
  return type == IFLA_MTU || type == IFLA_GSO_MAX_SIZE || type == IFLA_GRO_MAX_SIZE;
}

void take(LinkState& state, const NetlinkAttribute& attribute) {
  const Bytes value = attribute.value;
  if (attribute.type == IFLA_IFNAME) {
    state.name = attribute.text();
  } else if (is_length(attribute.type) && value.size() == sizeof state.longest_packet) {
    std::uint32_t length = 0;
    std::memcpy(&length, value.data(), sizeof length);
    state.longest_packet = std::max(state.longest_packet, length);
  } else if (attribute.type == IFLA_STATS64 &&
             value.size() >= offsetof(rtnl_link_stats64, rx_compressed)) {
    rtnl_link_stats64 counters{};
    std::memcpy(&counters, value.data(), std::min(value.size(), sizeof counters));
    state.dropped = counters.rx_dropped + counters.rx_missed_errors;
  }
}

/// Nothing if it is cut.
std::optional<LinkState> parsed(Bytes body) {
  const auto link = take_header<ifinfomsg>(body);
  if (!link) return std::nullopt;
  LinkState state{.index = static_cast<std::uint32_t>(link->ifi_index),
                  .hardware_type = link->ifi_type,
                  .up = (link->ifi_flags & IFF_UP) != 0,
                  .loopback = (link->ifi_flags & IFF_LOOPBACK) != 0};
  while (const auto attribute = take_attribute(body)) take(state, *attribute);
  return state;
}

}  // namespace

LinkStates::LinkStates() : socket_{NETLINK_ROUTE} {}

std::optional<LinkState> LinkStates::by_index(std::uint32_t index) {
  ifinfomsg link{};
  link.ifi_index = static_cast<int>(index);
  return ask(body_of(link));
}

std::optional<LinkState> LinkStates::by_name(const std::string& name) {
  if (name.empty() || name.size() > longest_name) return std::nullopt;
  // The kernel would take what stands before it for the name.
  if (name.contains('\0')) {
    throw Error{ErrorCode::invalid_argument, "the name of an adapter has a NUL character in it"};
  }
  auto question = body_of(ifinfomsg{});
  append_attribute(question, name.size() < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME,
                   {reinterpret_cast<const std::uint8_t*>(name.c_str()), name.size() + 1});
  return ask(question);
}

std::optional<LinkState> LinkStates::ask(Bytes question) {
  try {
    const auto answer = socket_.ask(RTM_GETLINK, 0, question);
    Bytes rest{answer};
    const auto message = take_message(rest);
    auto state = message ? parsed(message->body) : std::nullopt;
    if (!state) throw SystemError{EBADMSG, "ask for a network adapter"};
    return state;
  } catch (const SystemError& error) {
    if (error.system_code().value() == ENODEV) return std::nullopt;
    throw;
  }
}

}  // namespace weir::sys
