// Finished flows as rows of typed fields: those of docs/json.md, in their order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "weir/api.h"
#include "weir/flow/flow.h"
#include "weir/record/field.h"
#include "weir/record/value.h"
#include "weir/wire/ip_protocol.h"

namespace weir::record {

/// The fields of a flow record: "type", "protocol", ... Valid for ever; later releases add fields
/// at the end only.
[[nodiscard]] WEIR_API std::span<const FieldDescription> flow_row_fields() noexcept;

/// What is recorded of a flow that has ended. A value: const calls from several threads at once.
struct FlowRow {
  /// As Flow::id(), so that rows of one flow can be told apart from others of its tracker; 0 for a
  /// row no tracker made. Not among the fields.
  std::uint64_t id = 0;
  flow::Endpoint originator{};
  flow::Endpoint responder{};
  /// Smallest and largest time stamp of its packets.
  Timestamp start{};
  Timestamp end{};
  flow::Counters from_originator{};
  flow::Counters from_responder{};
  /// VLAN identifiers that are part of the key, outer first: the first vlan_count of them.
  std::array<std::uint16_t, flow::Flow::max_vlans> vlans{};
  std::uint8_t vlan_count = 0;
  /// IANA protocol number.
  std::uint8_t protocol = 0;
  /// OR of all TCP flags each side sent (RFC 9293 3.1, low eight bits). Like the state they mean
  /// something only if is_tcp().
  std::uint8_t originator_tcp_flags = 0;
  std::uint8_t responder_tcp_flags = 0;
  flow::TcpState tcp_state = flow::TcpState::fresh;
  flow::EndReason end_reason = flow::EndReason::end;
  /// The first message of each side; only for ICMP and ICMPv6.
  std::optional<flow::IcmpMessage> originator_icmp{};
  std::optional<flow::IcmpMessage> responder_icmp{};
  /// The active timeout has cut the flow before.
  bool continues = false;
  /// A TCP connection of which no SYN was seen.
  bool midstream = false;

  [[nodiscard]] constexpr bool is_tcp() const noexcept {
    return protocol == wire::ip_protocol::tcp;
  }
  /// Those of `vlans` that count; borrowed from the row.
  [[nodiscard]] constexpr std::span<const std::uint16_t> vlan_identifiers() const noexcept {
    return std::span{vlans}.first(std::min<std::size_t>(vlan_count, vlans.size()));
  }

  /// Of the field at `index` in flow_row_fields(), which has to be there; so in the next one.
  /// Absent for fields of several values and those that do not apply. Text is a constant.
  [[nodiscard]] WEIR_API Value value(std::size_t index) const noexcept;
  /// Tells what a field of several values is made of; nothing where it does not apply, or is of
  /// one.
  WEIR_API void visit(std::size_t index, ValueVisitor& to) const;
};

/// `reason` is why it has ended.
[[nodiscard]] WEIR_API FlowRow row_of(const flow::Flow& flow, flow::EndReason reason) noexcept;

}  // namespace weir::record
