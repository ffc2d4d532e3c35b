// A finished flow as plain values: what every flow sink writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "weir/flow/flow.h"
#include "weir/wire/ip_protocol.h"

namespace weir::record {

struct FlowRow {
  flow::Endpoint originator;
  flow::Endpoint responder;
  Timestamp start{};
  Timestamp end{};
  flow::Counters from_originator;
  flow::Counters from_responder;
  std::array<std::uint16_t, flow::Flow::max_vlans> vlans{};
  std::uint8_t vlan_count = 0;
  std::uint8_t protocol = 0;
  std::uint8_t originator_tcp_flags = 0;
  std::uint8_t responder_tcp_flags = 0;
  flow::TcpState tcp_state = flow::TcpState::fresh;
  flow::EndReason end_reason = flow::EndReason::end;
  std::optional<flow::IcmpMessage> originator_icmp{};
  std::optional<flow::IcmpMessage> responder_icmp{};
  bool continues = false;
  bool midstream = false;

  [[nodiscard]] constexpr bool is_tcp() const noexcept {
    return protocol == wire::ip_protocol::tcp;
  }
};

[[nodiscard]] inline FlowRow row_of(const flow::Flow& flow, flow::EndReason reason) noexcept {
  FlowRow row{.originator = flow.originator(),
              .responder = flow.responder(),
              .start = flow.start(),
              .end = flow.end(),
              .from_originator = flow.from_originator(),
              .from_responder = flow.from_responder(),
              .protocol = flow.protocol(),
              .originator_tcp_flags = flow.originator_tcp_flags(),
              .responder_tcp_flags = flow.responder_tcp_flags(),
              .tcp_state = flow.tcp_state(),
              .end_reason = reason,
              .originator_icmp = flow.originator_icmp(),
              .responder_icmp = flow.responder_icmp(),
              .continues = flow.continues(),
              .midstream = flow.is_midstream()};
  for (; row.vlan_count < flow.vlan_count() && row.vlan_count < row.vlans.size();
       ++row.vlan_count) {
    row.vlans[row.vlan_count] = flow.vlan(row.vlan_count);
  }
  return row;
}

}  // namespace weir::record
