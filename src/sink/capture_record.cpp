// The fields of an info record.
#include "sink/capture_record.h"

namespace weir::sink {
namespace {

using wire::Protocol;
using Field = RecordField<CaptureSummary>;

void write_interface(JsonWriter& json, const Interface& interface) {
  json.begin_object();
  const auto member = [&json](std::string_view key, const std::string& text) {
    if (!text.empty()) json.member(key, std::string_view{text});
  };
  member("name", interface.name);
  member("description", interface.description);
  member("filter", interface.filter);
  member("operating_system", interface.operating_system);
  member("hardware", interface.hardware);
  json.member("link_type", std::uint64_t{std::to_underlying(interface.link_type)});
  json.member("snapshot_length", std::uint64_t{interface.snapshot_length});
  json.member("ticks_per_second", interface.ticks_per_second);
  json.member("time_offset", interface.time_offset);
  json.end_object();
}

void write_protocols(JsonWriter& json, const CaptureSummary& summary) {
  if (summary.protocols == nullptr) return;
  const ProtocolCounts::Protocols counts = summary.protocols->protocols();
  json.begin_object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto protocol = static_cast<Protocol>(i);
    if (counts[i].packets == 0 || protocol == Protocol::snap) continue;
    json.key(name(protocol));
    json.begin_object();
    json.member("packets", counts[i].packets);
    json.member("bytes", counts[i].bytes);
    json.end_object();
  }
  json.end_object();
}

void write_stopped(JsonWriter& json, const CaptureSummary& summary) {
  if (summary.protocols == nullptr) return;
  const ProtocolCounts::Reasons& reasons = summary.protocols->stopped();
  json.begin_object();
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const auto reason = static_cast<wire::StopReason>(i);
    if (reasons[i] == 0 || reason == wire::StopReason::payload) continue;
    json.member(name(reason), reasons[i]);
  }
  json.end_object();
}

void write_checksums(JsonWriter& json, const CaptureSummary& summary) {
  if (summary.checksums == nullptr) return;
  json.begin_object();
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    const ChecksumCounts::Count& count = summary.checksums->protocols()[i];
    if (count == ChecksumCounts::Count{}) continue;
    json.key(name(static_cast<Protocol>(i)));
    json.begin_object();
    json.member("good", count.good);
    json.member("bad", count.bad);
    json.member("unverified", count.unverified);
    json.end_object();
  }
  json.end_object();
}

void write_time(JsonWriter& json, const std::optional<Timestamp>& time) {
  Rfc3339 times;
  if (time) json.value(*time, times);
}

void write_nanoseconds(JsonWriter& json, const std::optional<Timestamp>& time) {
  if (time) json.value(std::int64_t{time->time_since_epoch().count()});
}

constexpr std::array fields{
    Field{"type", FieldKind::word, "always `info`",
          [](JsonWriter& json, const CaptureSummary&) { json.value("info"); }},
    Field{"file", FieldKind::text, "its path as given",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.value(std::string_view{summary.file});
          }},
    Field{
        "format", FieldKind::word, "`pcap`, `pcap-ns`, `pcap-modified` or `pcapng`",
        [](JsonWriter& json, const CaptureSummary& summary) { json.value(name(summary.format)); }},
    Field{"compression", FieldKind::word, "`none`, `gzip`, `zstd`, `lz4` or `xz`",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.value(name(summary.compression));
          }},
    Field{"byte_order", FieldKind::word, "`little` or `big`; of the last section of a pcapng",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.value(byte_order_word(summary.byte_order));
          }},
    Field{"link_types", FieldKind::integers, "LINKTYPE numbers of the packets, each once",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.begin_array();
            for (const LinkType type : summary.link_types) {
              json.value(std::uint64_t{std::to_underlying(type)});
            }
            json.end_array();
          }},
    Field{"interfaces", FieldKind::objects,
          "`name`, `description`, `filter`, `operating_system`, `hardware` (where said), "
          "`link_type`, `snapshot_length` (0: no limit), `ticks_per_second`, `time_offset` "
          "(seconds)",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.begin_array();
            for (const Interface& interface : summary.interfaces) write_interface(json, interface);
            json.end_array();
          }},
    Field{"packets", FieldKind::integer, "packets that were whole",
          [](JsonWriter& json, const CaptureSummary& summary) { json.value(summary.packets); }},
    Field{"bytes", FieldKind::integer, "their bytes on the wire",
          [](JsonWriter& json, const CaptureSummary& summary) { json.value(summary.bytes); }},
    Field{"captured_bytes", FieldKind::integer, "their captured bytes",
          [](JsonWriter& json, const CaptureSummary& summary) {
            json.value(summary.captured_bytes);
          }},
    Field{"first", FieldKind::time, "smallest time stamp",
          [](JsonWriter& json, const CaptureSummary& summary) { write_time(json, summary.first); }},
    Field{"first_ns", FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](JsonWriter& json, const CaptureSummary& summary) {
            write_nanoseconds(json, summary.first);
          }},
    Field{"last", FieldKind::time, "largest time stamp",
          [](JsonWriter& json, const CaptureSummary& summary) { write_time(json, summary.last); }},
    Field{"last_ns", FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](JsonWriter& json, const CaptureSummary& summary) {
            write_nanoseconds(json, summary.last);
          }},
    Field{"backward", FieldKind::integer, "packets earlier than the largest time stamp before them",
          [](JsonWriter& json, const CaptureSummary& summary) { json.value(summary.backward); }},
    Field{"complete", FieldKind::boolean, "the file ends where it should",
          [](JsonWriter& json, const CaptureSummary& summary) { json.value(summary.complete); }},
    Field{"damage", FieldKind::object,
          "`offset` (bytes into the uncompressed stream) and `what`; absent without damage",
          [](JsonWriter& json, const CaptureSummary& summary) {
            if (!summary.damage) return;
            json.begin_object();
            json.member("offset", summary.damage->offset);
            json.member("what", std::string_view{summary.damage->what});
            json.end_object();
          }},
    Field{"skipped", FieldKind::object,
          "with `--skip-damaged`: damaged `places` that were passed over and their `bytes`; absent "
          "without damage",
          [](JsonWriter& json, const CaptureSummary& summary) {
            if (summary.skipped_places == 0) return;
            json.begin_object();
            json.member("places", summary.skipped_places);
            json.member("bytes", summary.skipped_bytes);
            json.end_object();
          }},
    Field{"protocols", FieldKind::object,
          "with `--protocols`: for each protocol `packets` and `bytes` (on the wire); a packet "
          "counts once per protocol, and not for what an ICMP error quotes",
          write_protocols},
    Field{"stopped", FieldKind::object,
          "with `--protocols`: packets by why decoding ended early (see `packet`)", write_stopped},
    Field{"checksums", FieldKind::object,
          "with `--checksums`: for each protocol headers that are `good`, `bad` and `unverified` "
          "(cut, "
          "fragmented, offloaded, or UDP without one); every header counts, in what ICMP errors "
          "quote "
          "too",
          write_checksums}};

}  // namespace

std::span<const RecordField<CaptureSummary>> capture_record_fields() noexcept { return fields; }

const char* byte_order_word(savefile::ByteOrder order) noexcept {
  return order == savefile::ByteOrder::little ? "little" : "big";
}

}  // namespace weir::sink
