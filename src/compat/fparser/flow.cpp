// A flow in the words of the published document.
#include "compat/fparser/microseconds.h"
#include "weir/compat/fparser.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {

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
  const flow::Counters& there = flow().from_originator();
  const flow::Counters& back = flow().from_responder();
  return {.size_pkts = there.packets + back.packets,
          .size_bytes = there.ip_bytes + back.ip_bytes,
          .pps = rates_.packets,
          .Bps = rates_.ip_bytes,
          .first_rx = microseconds(flow().start()),
          .last_rx = microseconds(flow().end())};
}

FlowPacket Flow::Iterator::operator*() const noexcept {
  return {.timestamp = microseconds(at_->timestamp),
          .ip_id = at_->ip_id,
          .ttl = at_->ttl,
          .ip_length = at_->ip_length,
          .flags = at_->tcp_flags,
          .seq = at_->sequence,
          .ack = at_->acknowledgment,
          .window = at_->window};
}

}  // namespace weir::compat::fparser
