// The fields of a flow_packet record: the one table behind rows, JSON, Python and the docs.
#pragma once

#include <array>

#include "record/record_field.h"
#include "weir/record/history_row.h"

namespace weir::record {

/// A field, and what a tracker keeps for it.
struct HistoryField : RecordField<HistoryRow> {
  constexpr HistoryField(flow::HistoryFields what, std::string_view its_name, FieldKind its_kind,
                         std::string_view its_meaning, Read how,
                         FieldUnit its_unit = FieldUnit::none)
      : RecordField{its_name, its_kind, its_meaning, how, its_unit}, kept{what} {}

  /// Absent where it was not kept, or the packet has none.
  [[nodiscard]] Value value(const HistoryRow& row) const noexcept {
    const bool is_there = kept == flow::HistoryFields::none || row.packet.has(kept);
    return is_there ? read(row) : Value{};
  }

  flow::HistoryFields kept;
};

namespace detail {
using Kept = flow::HistoryFields;
using Sent = const HistoryRow&;
}  // namespace detail

/// In the order of the keys. Fields are added at the end only.
inline constexpr std::array history_packet_fields{
    HistoryField{detail::Kept::none, "type", FieldKind::word, "always `flow_packet`",
                 [](detail::Sent) -> Value { return "flow_packet"; }},
    HistoryField{detail::Kept::timestamp, "time", FieldKind::time, "time stamp",
                 [](detail::Sent row) -> Value { return row.packet.timestamp; }},
    HistoryField{
        detail::Kept::timestamp, "time_ns", FieldKind::nanoseconds,
        "the same in nanoseconds since the epoch",
        [](detail::Sent row) -> Value { return row.packet.timestamp.time_since_epoch().count(); }},
    HistoryField{
        detail::Kept::direction, "sender", FieldKind::word,
        "`orig` or `resp`, as the flow was known when it was told",
        [](detail::Sent row) -> Value { return row.packet.is_from_originator ? "orig" : "resp"; }},
    HistoryField{detail::Kept::direction, "src", FieldKind::ip_address, "its address",
                 [](detail::Sent row) -> Value { return row.source().address; }},
    HistoryField{detail::Kept::direction, "src_port", FieldKind::integer,
                 "0 for protocols without ports",
                 [](detail::Sent row) -> Value { return row.source().port; }},
    HistoryField{detail::Kept::direction, "dst", FieldKind::ip_address, "the receiver's address",
                 [](detail::Sent row) -> Value { return row.destination().address; }},
    HistoryField{detail::Kept::direction, "dst_port", FieldKind::integer,
                 "0 for protocols without ports",
                 [](detail::Sent row) -> Value { return row.destination().port; }},
    HistoryField{detail::Kept::ip_id, "ip_id", FieldKind::integer,
                 "identification of the IPv4 header; IPv6 has none",
                 [](detail::Sent row) -> Value { return row.packet.ip_id; }},
    HistoryField{detail::Kept::ttl, "ttl", FieldKind::integer, "time to live, or hop limit",
                 [](detail::Sent row) -> Value { return row.packet.ttl; }},
    HistoryField{detail::Kept::ip_length, "ip_length", FieldKind::integer,
                 "bytes from the IP header on, by its length fields, at most what the frame holds",
                 [](detail::Sent row) -> Value { return row.packet.ip_length; }, FieldUnit::bytes},
    HistoryField{detail::Kept::tcp_flags, "tcp_flags", FieldKind::integer,
                 "flags of the TCP header, low eight bits; only for TCP",
                 [](detail::Sent row) -> Value { return row.packet.tcp_flags; }},
    HistoryField{detail::Kept::sequence, "sequence_number", FieldKind::integer,
                 "of the TCP header, as it stands",
                 [](detail::Sent row) -> Value { return row.packet.sequence; }},
    HistoryField{detail::Kept::acknowledgment, "acknowledgment_number", FieldKind::integer,
                 "of the TCP header, as it stands",
                 [](detail::Sent row) -> Value { return row.packet.acknowledgment; }},
    HistoryField{detail::Kept::window, "window", FieldKind::integer,
                 "of the TCP header, not scaled",
                 [](detail::Sent row) -> Value { return row.packet.window; }},
    HistoryField{detail::Kept::icmp, "icmp_type", FieldKind::integer,
                 "type of the message; only for ICMP and ICMPv6",
                 [](detail::Sent row) -> Value { return row.packet.icmp.type; }},
    HistoryField{detail::Kept::icmp, "icmp_code", FieldKind::integer, "its code",
                 [](detail::Sent row) -> Value { return row.packet.icmp.code; }},
    HistoryField{detail::Kept::payload, "payload_bytes", FieldKind::integer,
                 "bytes behind the transport header, by the length fields of both",
                 [](detail::Sent row) -> Value { return row.packet.payload_bytes; },
                 FieldUnit::bytes},
};

}  // namespace weir::record
