// RTM_GETLINK and its IFLA_STATS64 behind link_counts().
#include "weir/capture/link_counts.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "sys/netlink_socket.h"

namespace weir::capture {
namespace {

constexpr const char* action = "ask for the counters of an adapter";
/// All that every kernel has.
constexpr std::size_t least_size = offsetof(rtnl_link_stats64, rx_compressed);

LinkCounts counts_in(Bytes stats) noexcept {
  rtnl_link_stats64 counters{};
  std::memcpy(&counters, stats.data(), std::min(stats.size(), sizeof counters));
  return {.packets_received = counters.rx_packets,
          .bytes_received = counters.rx_bytes,
          .packets_sent = counters.tx_packets,
          .bytes_sent = counters.tx_bytes,
          .received_dropped = counters.rx_dropped + counters.rx_missed_errors,
          .sent_dropped = counters.tx_dropped};
}

}  // namespace

LinkCounts link_counts(std::uint32_t adapter) {
  if (adapter == 0 || adapter > std::numeric_limits<std::int32_t>::max()) {
    throw SystemError{ENODEV, action};
  }
  sys::NetlinkSocket route{NETLINK_ROUTE};
  ifinfomsg link{};
  link.ifi_index = static_cast<int>(adapter);
  const auto answer = route.ask(RTM_GETLINK, 0, sys::body_of(link));
  Bytes rest{answer};
  if (auto message = sys::take_message(rest);
      message && sys::take_header<ifinfomsg>(message->body)) {
    while (const auto attribute = sys::take_attribute(message->body)) {
      if (attribute->type != IFLA_STATS64 || attribute->value.size() < least_size) continue;
      return counts_in(attribute->value);
    }
  }
  throw SystemError{EBADMSG, action};
}

}  // namespace weir::capture
