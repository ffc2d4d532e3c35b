// One rtnetlink request and its answer.
#include "sys/link_state.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "weir/error.h"

namespace weir::sys {
namespace {

// ALTIFNAMSIZ of the kernel; IFNAMSIZ for the first name.
constexpr std::size_t longest_name = 127;
constexpr std::size_t answer_header = sizeof(nlmsghdr) + sizeof(ifinfomsg);

/// A message header, what it asks about, and at most one attribute: a name.
struct Request {
  nlmsghdr header{};
  ifinfomsg link{};
  rtattr attribute{};
  std::array<char, longest_name + 1> name{};
};

Request request_for(std::uint32_t index, const std::string& name) noexcept {
  Request request;
  request.header.nlmsg_len = offsetof(Request, attribute);
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.link.ifi_index = static_cast<int>(index);
  if (name.empty()) return request;
  const std::size_t size = name.size() + 1;
  std::ranges::copy(name, request.name.begin());
  request.attribute.rta_type = name.size() < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME;
  request.attribute.rta_len = static_cast<std::uint16_t>(sizeof(rtattr) + size);
  request.header.nlmsg_len = static_cast<std::uint32_t>(offsetof(Request, name) + size);
  return request;
}

void read_attribute(LinkState& state, std::uint16_t type, Bytes value) {
  if (type == IFLA_IFNAME && !value.empty()) {
    const auto end = std::ranges::find(value, 0);
    state.name.assign(value.begin(), end);
  } else if (type == IFLA_STATS64 && value.size() >= offsetof(rtnl_link_stats64, rx_compressed)) {
    rtnl_link_stats64 counters{};
    std::memcpy(&counters, value.data(), std::min(value.size(), sizeof counters));
    state.dropped = counters.rx_dropped + counters.rx_missed_errors;
  }
}

LinkState parsed(Bytes answer) {
  ifinfomsg link{};
  std::memcpy(&link, answer.data() + sizeof(nlmsghdr), sizeof link);
  LinkState state{.index = static_cast<std::uint32_t>(link.ifi_index),
                  .hardware_type = link.ifi_type,
                  .up = (link.ifi_flags & IFF_UP) != 0,
                  .loopback = (link.ifi_flags & IFF_LOOPBACK) != 0};
  Bytes rest = answer.subspan(std::min(answer_header, answer.size()));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof attribute);
    const std::size_t size = attribute.rta_len;
    if (size < sizeof attribute || size > rest.size()) break;
    read_attribute(state, attribute.rta_type,
                   rest.subspan(sizeof attribute, size - sizeof attribute));
    rest = rest.subspan(std::min((size + 3) / 4 * 4, rest.size()));
  }
  return state;
}

}  // namespace

LinkStates::LinkStates() : socket_{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)} {
  if (!socket_.is_open()) throw SystemError{errno, "open a netlink socket"};
}

std::optional<LinkState> LinkStates::by_index(std::uint32_t index) const { return ask(index, {}); }

std::optional<LinkState> LinkStates::by_name(const std::string& name) const {
  if (name.empty() || name.size() > longest_name) return std::nullopt;
  return ask(0, name);
}

std::optional<LinkState> LinkStates::ask(std::uint32_t index, const std::string& name) const {
  Request request = request_for(index, name);
  if (::send(socket_.number(), &request, request.header.nlmsg_len, 0) < 0) {
    throw SystemError{errno, "ask for a network adapter"};
  }
  std::array<std::uint8_t, 32768> answer;  // NOLINT: written before it is read
  ssize_t size = 0;
  do {
    size = ::recv(socket_.number(), answer.data(), answer.size(), 0);
  } while (size < 0 && errno == EINTR);
  nlmsghdr header{};
  if (size >= static_cast<ssize_t>(sizeof header)) {
    std::memcpy(&header, answer.data(), sizeof header);
  }
  if (header.nlmsg_len < answer_header ||
      header.nlmsg_len > static_cast<std::size_t>(std::max<ssize_t>(size, 0))) {
    throw SystemError{size < 0 ? errno : EBADMSG, "ask for a network adapter"};
  }
  if (header.nlmsg_type != NLMSG_ERROR) return parsed({answer.data(), header.nlmsg_len});
  int error = 0;
  std::memcpy(&error, answer.data() + sizeof(nlmsghdr), sizeof error);
  if (error == -ENODEV) return std::nullopt;
  throw SystemError{-error, "ask for a network adapter"};
}

}  // namespace weir::sys
