// The fields of a flow record: the one table behind JSON, CSV, SQLite, the text table and the docs.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "record/flow_row.h"
#include "record/ip_protocol_names.h"
#include "weir/record/field.h"

namespace weir::record {

/// The value of one field; its kind says which member counts.
struct FlowValue {
  std::uint64_t number =
      0;  ///< of integers and booleans; of nanoseconds and times, the bits of the signed count
  std::string_view word{};
  const IpAddress* address = nullptr;
  std::span<const std::uint16_t> numbers{};
  /// The field applies to this flow.
  bool present = true;
};

/// What a field is to a group of flows.
enum class FlowFieldRole : std::uint8_t { key, counter };

struct FlowField {
  std::string_view name;
  FieldKind kind;
  FlowFieldRole role;
  std::string_view meaning;
  /// Borrows from the row.
  FlowValue (*value)(const FlowRow& row) noexcept;
};

namespace detail {
constexpr FlowValue flow_time(Timestamp time) noexcept {
  return {.number = static_cast<std::uint64_t>(time.time_since_epoch().count())};
}
constexpr FlowValue icmp_type(const std::optional<flow::IcmpMessage>& message) noexcept {
  return message ? FlowValue{.number = message->type} : FlowValue{.present = false};
}
constexpr FlowValue icmp_code(const std::optional<flow::IcmpMessage>& message) noexcept {
  return message ? FlowValue{.number = message->code} : FlowValue{.present = false};
}
/// Absent unless it holds.
constexpr FlowValue mark(bool holds) noexcept { return {.number = 1, .present = holds}; }
constexpr auto key = FlowFieldRole::key;
constexpr auto counter = FlowFieldRole::counter;
constexpr auto integer = FieldKind::integer;
using Row = const FlowRow&;
}  // namespace detail

/// In the order of the columns. Columns are added at the end only.
inline constexpr std::array flow_fields{
    FlowField{"type", FieldKind::word, detail::key, "always `flow`",
              [](detail::Row) noexcept { return FlowValue{.word = "flow"}; }},
    FlowField{"protocol", detail::integer, detail::key, "IANA protocol number",
              [](detail::Row row) noexcept { return FlowValue{.number = row.protocol}; }},
    FlowField{"protocol_name", FieldKind::word, detail::key,
              "its name, where the number has a usual one",
              [](detail::Row row) noexcept {
                const std::string_view word = ip_protocol_name(row.protocol);
                return FlowValue{.word = word, .present = !word.empty()};
              }},
    FlowField{
        "orig_addr", FieldKind::ip_address, detail::key,
        "the originator: who sent the first SYN without ACK or received the first SYN with ACK, "
        "else "
        "who sent the first packet",
        [](detail::Row row) noexcept { return FlowValue{.address = &row.originator.address}; }},
    FlowField{"orig_port", detail::integer, detail::key, "0 for protocols without ports",
              [](detail::Row row) noexcept { return FlowValue{.number = row.originator.port}; }},
    FlowField{
        "resp_addr", FieldKind::ip_address, detail::key, "the responder",
        [](detail::Row row) noexcept { return FlowValue{.address = &row.responder.address}; }},
    FlowField{"resp_port", detail::integer, detail::key, "0 for protocols without ports",
              [](detail::Row row) noexcept { return FlowValue{.number = row.responder.port}; }},
    FlowField{"vlan", FieldKind::integers, detail::key,
              "VLAN identifiers, outer first, when they are part of the key (`--vlan`)",
              [](detail::Row row) noexcept {
                return FlowValue{.numbers = std::span{row.vlans}.first(row.vlan_count),
                                 .present = row.vlan_count != 0};
              }},
    FlowField{"start", FieldKind::time, detail::key, "smallest time stamp of its packets",
              [](detail::Row row) noexcept { return detail::flow_time(row.start); }},
    FlowField{"start_ns", FieldKind::nanoseconds, detail::key,
              "the same in nanoseconds since the epoch",
              [](detail::Row row) noexcept { return detail::flow_time(row.start); }},
    FlowField{"end", FieldKind::time, detail::key, "largest time stamp of its packets",
              [](detail::Row row) noexcept { return detail::flow_time(row.end); }},
    FlowField{"end_ns", FieldKind::nanoseconds, detail::key,
              "the same in nanoseconds since the epoch",
              [](detail::Row row) noexcept { return detail::flow_time(row.end); }},
    FlowField{
        "orig_packets", detail::integer, detail::counter, "packets the originator sent",
        [](detail::Row row) noexcept { return FlowValue{.number = row.from_originator.packets}; }},
    FlowField{"orig_frame_bytes", detail::integer, detail::counter, "wire lengths of their frames",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.from_originator.frame_bytes};
              }},
    FlowField{
        "orig_ip_bytes", detail::integer, detail::counter,
        "bytes from the IP header on, by its length fields",
        [](detail::Row row) noexcept { return FlowValue{.number = row.from_originator.ip_bytes}; }},
    FlowField{"orig_payload_bytes", detail::integer, detail::counter,
              "bytes behind the transport header, by the length fields of both",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.from_originator.payload_bytes};
              }},
    FlowField{"orig_tcp_flags", detail::integer, detail::key,
              "OR of the TCP flags the originator sent; only for TCP",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.originator_tcp_flags, .present = row.is_tcp()};
              }},
    FlowField{
        "resp_packets", detail::integer, detail::counter, "packets the responder sent",
        [](detail::Row row) noexcept { return FlowValue{.number = row.from_responder.packets}; }},
    FlowField{"resp_frame_bytes", detail::integer, detail::counter, "wire lengths of their frames",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.from_responder.frame_bytes};
              }},
    FlowField{
        "resp_ip_bytes", detail::integer, detail::counter,
        "bytes from the IP header on, by its length fields",
        [](detail::Row row) noexcept { return FlowValue{.number = row.from_responder.ip_bytes}; }},
    FlowField{"resp_payload_bytes", detail::integer, detail::counter,
              "bytes behind the transport header, by the length fields of both",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.from_responder.payload_bytes};
              }},
    FlowField{"resp_tcp_flags", detail::integer, detail::key,
              "OR of the TCP flags the responder sent; only for TCP",
              [](detail::Row row) noexcept {
                return FlowValue{.number = row.responder_tcp_flags, .present = row.is_tcp()};
              }},
    FlowField{"tcp_state", FieldKind::word, detail::key,
              "`new`, `syn_sent`, `syn_received`, `established`, `closing`, `closed` or `reset`; "
              "only for TCP",
              [](detail::Row row) noexcept {
                return row.is_tcp() ? FlowValue{.word = flow::name(row.tcp_state)}
                                    : FlowValue{.present = false};
              }},
    FlowField{
        "end_reason", FieldKind::word, detail::key,
        "`fin`, `rst`, `idle`, `active`, `evicted` or `end`",
        [](detail::Row row) noexcept { return FlowValue{.word = flow::name(row.end_reason)}; }},
    FlowField{"orig_icmp_type", detail::integer, detail::key,
              "type of the first message the originator sent; only for ICMP and ICMPv6",
              [](detail::Row row) noexcept { return detail::icmp_type(row.originator_icmp); }},
    FlowField{"orig_icmp_code", detail::integer, detail::key, "its code",
              [](detail::Row row) noexcept { return detail::icmp_code(row.originator_icmp); }},
    FlowField{"resp_icmp_type", detail::integer, detail::key,
              "type of the first message the responder sent; only for ICMP and ICMPv6",
              [](detail::Row row) noexcept { return detail::icmp_type(row.responder_icmp); }},
    FlowField{"resp_icmp_code", detail::integer, detail::key, "its code",
              [](detail::Row row) noexcept { return detail::icmp_code(row.responder_icmp); }},
    FlowField{
        "continues", FieldKind::boolean, detail::key,
        "`true` if the active timeout has cut the flow before: the earlier record of the same "
        "key that ended last is the part before this one",
        [](detail::Row row) noexcept { return detail::mark(row.continues); }},
    FlowField{"midstream", FieldKind::boolean, detail::key,
              "`true` if no SYN of the connection was seen; only for TCP",
              [](detail::Row row) noexcept { return detail::mark(row.midstream); }},
};

/// The index of a field in flow_fields.
[[nodiscard]] constexpr std::optional<std::size_t> flow_field(std::string_view name) noexcept {
  for (std::size_t index = 0; index < flow_fields.size(); ++index) {
    if (flow_fields[index].name == name) return index;
  }
  return std::nullopt;
}

}  // namespace weir::record
