// The fields of a flow record: the one table behind rows, JSON, CSV, SQLite, the text table and the
// docs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "record/ip_protocol_names.h"
#include "record/record_field.h"
#include "weir/record/flow_row.h"

namespace weir::record {

using FlowField = RecordField<FlowRow>;

namespace detail {
constexpr std::int64_t nanoseconds(Timestamp time) noexcept {
  return time.time_since_epoch().count();
}
constexpr Value icmp_type(const std::optional<flow::IcmpMessage>& message) noexcept {
  return message ? Value{message->type} : Value{};
}
constexpr Value icmp_code(const std::optional<flow::IcmpMessage>& message) noexcept {
  return message ? Value{message->code} : Value{};
}
/// Absent unless it holds.
constexpr Value mark(bool holds) noexcept { return holds ? Value{true} : Value{}; }
constexpr auto integer = FieldKind::integer;
constexpr auto word = FieldKind::word;
using Row = const FlowRow&;
}  // namespace detail

/// In the order of the columns. Columns are added at the end only.
inline constexpr std::array flow_fields{
    FlowField{"type", detail::word, "always `flow`", [](detail::Row) -> Value { return "flow"; }},
    FlowField{"protocol", detail::integer, "IANA protocol number",
              [](detail::Row row) -> Value { return row.protocol; }},
    FlowField{"protocol_name", detail::word, "its name, where the number has a usual one",
              [](detail::Row row) -> Value {
                const std::string_view name = ip_protocol_name(row.protocol);
                return name.empty() ? Value{} : Value{name};
              }},
    FlowField{"orig_addr", FieldKind::ip_address,
              "the originator: who sent the first SYN without ACK or received the first SYN with "
              "ACK, else who sent the first packet",
              [](detail::Row row) -> Value { return row.originator.address; }},
    FlowField{"orig_port", detail::integer, "0 for protocols without ports",
              [](detail::Row row) -> Value { return row.originator.port; }},
    FlowField{"resp_addr", FieldKind::ip_address, "the responder",
              [](detail::Row row) -> Value { return row.responder.address; }},
    FlowField{"resp_port", detail::integer, "0 for protocols without ports",
              [](detail::Row row) -> Value { return row.responder.port; }},
    FlowField{"vlan", FieldKind::integers,
              "VLAN identifiers, outer first, when they are part of the key (`--vlan`)",
              [](ValueVisitor& to, detail::Row row) {
                const auto vlans = row.vlan_identifiers();
                if (vlans.empty()) return;
                to.begin_array();
                for (const std::uint16_t vlan : vlans) to.value(vlan);
                to.end_array();
              }},
    FlowField{"start", FieldKind::time, "smallest time stamp of its packets",
              [](detail::Row row) -> Value { return row.start; }},
    FlowField{"start_ns", FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
              [](detail::Row row) -> Value { return detail::nanoseconds(row.start); }},
    FlowField{"end", FieldKind::time, "largest time stamp of its packets",
              [](detail::Row row) -> Value { return row.end; }},
    FlowField{"end_ns", FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
              [](detail::Row row) -> Value { return detail::nanoseconds(row.end); }},
    FlowField{"orig_packets", detail::integer, "packets the originator sent",
              [](detail::Row row) -> Value { return row.from_originator.packets; },
              FieldUnit::packets},
    FlowField{"orig_frame_bytes", detail::integer, "wire lengths of their frames",
              [](detail::Row row) -> Value { return row.from_originator.frame_bytes; },
              FieldUnit::bytes},
    FlowField{"orig_ip_bytes", detail::integer,
              "bytes from the IP header on, by its length fields, at most what the frame holds",
              [](detail::Row row) -> Value { return row.from_originator.ip_bytes; },
              FieldUnit::bytes},
    FlowField{"orig_payload_bytes", detail::integer,
              "bytes behind the transport header, by the length fields of both",
              [](detail::Row row) -> Value { return row.from_originator.payload_bytes; },
              FieldUnit::bytes},
    FlowField{"orig_tcp_flags", detail::integer,
              "OR of the TCP flags the originator sent; only for TCP",
              [](detail::Row row) -> Value {
                return row.is_tcp() ? Value{row.originator_tcp_flags} : Value{};
              }},
    FlowField{"resp_packets", detail::integer, "packets the responder sent",
              [](detail::Row row) -> Value { return row.from_responder.packets; },
              FieldUnit::packets},
    FlowField{"resp_frame_bytes", detail::integer, "wire lengths of their frames",
              [](detail::Row row) -> Value { return row.from_responder.frame_bytes; },
              FieldUnit::bytes},
    FlowField{"resp_ip_bytes", detail::integer,
              "bytes from the IP header on, by its length fields, at most what the frame holds",
              [](detail::Row row) -> Value { return row.from_responder.ip_bytes; },
              FieldUnit::bytes},
    FlowField{"resp_payload_bytes", detail::integer,
              "bytes behind the transport header, by the length fields of both",
              [](detail::Row row) -> Value { return row.from_responder.payload_bytes; },
              FieldUnit::bytes},
    FlowField{"resp_tcp_flags", detail::integer,
              "OR of the TCP flags the responder sent; only for TCP",
              [](detail::Row row) -> Value {
                return row.is_tcp() ? Value{row.responder_tcp_flags} : Value{};
              }},
    FlowField{"tcp_state", detail::word,
              "`new`, `syn_sent`, `syn_received`, `established`, `closing`, `closed` or `reset`; "
              "only for TCP",
              [](detail::Row row) -> Value {
                return row.is_tcp() ? Value{flow::name(row.tcp_state)} : Value{};
              }},
    FlowField{"end_reason", detail::word, "`fin`, `rst`, `idle`, `active`, `evicted` or `end`",
              [](detail::Row row) -> Value { return flow::name(row.end_reason); }},
    FlowField{"orig_icmp_type", detail::integer,
              "type of the first message the originator sent; only for ICMP and ICMPv6",
              [](detail::Row row) -> Value { return detail::icmp_type(row.originator_icmp); }},
    FlowField{"orig_icmp_code", detail::integer, "its code",
              [](detail::Row row) -> Value { return detail::icmp_code(row.originator_icmp); }},
    FlowField{"resp_icmp_type", detail::integer,
              "type of the first message the responder sent; only for ICMP and ICMPv6",
              [](detail::Row row) -> Value { return detail::icmp_type(row.responder_icmp); }},
    FlowField{"resp_icmp_code", detail::integer, "its code",
              [](detail::Row row) -> Value { return detail::icmp_code(row.responder_icmp); }},
    FlowField{
        "continues", FieldKind::boolean,
        "`true` if the active timeout has cut the flow before: the earlier record of the same "
        "key that ended last is the part before this one",
        [](detail::Row row) -> Value { return detail::mark(row.continues); }},
    FlowField{"midstream", FieldKind::boolean,
              "`true` if no SYN of the connection was seen; only for TCP",
              [](detail::Row row) -> Value { return detail::mark(row.midstream); }},
};

/// The index of a field in flow_fields.
[[nodiscard]] constexpr std::optional<std::size_t> flow_field(std::string_view name) noexcept {
  for (std::size_t index = 0; index < flow_fields.size(); ++index) {
    if (flow_fields[index].name == name) return index;
  }
  return std::nullopt;
}

}  // namespace weir::record
