// A flow in the words of the published document.
#include "weir/compat/fparser.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {
namespace {

std::int64_t microseconds(Timestamp time) noexcept {
  return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}

}  // namespace

FlowId Flow::get_id() const {
  const flow::Endpoint from = flow().originator();
  const flow::Endpoint to = flow().responder();
  return {.src = to_string(from.address),
          .sport = from.port,
          .dest = to_string(to.address),
          .dport = to.port,
          .type = flow().protocol() == wire::ip_protocol::tcp ? FLOW_TYPE_TCP : FLOW_TYPE_UDP};
}

FlowInfo Flow::get_info() const noexcept {
  FlowInfo info{.size_pkts = size(),
                .size_bytes = flow().from_originator().ip_bytes + flow().from_responder().ip_bytes,
                .first_rx = microseconds(flow().start()),
                .last_rx = microseconds(flow().end())};
  const std::chrono::duration<double> time =
      std::chrono::duration<double>{flow().end().time_since_epoch()} -
      std::chrono::duration<double>{flow().start().time_since_epoch()};
  if (flow().end() > flow().start() && time.count() > 0) {
    info.pps = static_cast<double>(info.size_pkts) / time.count();
    info.Bps = static_cast<double>(info.size_bytes) / time.count();
  }
  return info;
}

std::uint64_t Flow::size() const noexcept {
  return flow().from_originator().packets + flow().from_responder().packets;
}

}  // namespace weir::compat::fparser
