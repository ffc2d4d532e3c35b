// The fields of an info record.
#include "info/record.h"

#include "info/interfaces.h"
#include "info/rates.h"

namespace weir::info {
namespace {

using record::JsonWriter;

using wire::Protocol;
using Field = record::RecordField<Summary>;

void write_protocols(JsonWriter& json, const Summary& summary) {
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

void write_stopped(JsonWriter& json, const Summary& summary) {
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

void write_checksums(JsonWriter& json, const Summary& summary) {
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

void write_blocks(JsonWriter& json, const Summary& summary) {
  const CarriedBlocks& blocks = summary.blocks;
  if (blocks == CarriedBlocks{}) return;
  const auto member = [&json](std::string_view key, std::uint64_t count) {
    if (count != 0) json.member(key, count);
  };
  json.begin_object();
  member("name_resolution", blocks.name_resolution);
  member("decryption_secrets", blocks.decryption_secrets);
  member("custom", blocks.custom);
  member("journal", blocks.journal);
  json.end_object();
}

void write_lengths(JsonWriter& json, const Summary& summary) {
  json.begin_array();
  for (const LengthHistogram::Range& range : summary.lengths.ranges()) {
    json.begin_object();
    json.member("from", std::uint64_t{range.from});
    if (range.to != std::numeric_limits<std::uint32_t>::max()) {
      json.member("to", std::uint64_t{range.to});
    }
    json.member("packets", range.packets);
    json.member("bytes", range.bytes);
    if (range.packets != 0) {
      json.member("min", std::uint64_t{range.smallest});
      json.member("max", std::uint64_t{range.largest});
    }
    json.end_object();
  }
  json.end_array();
}

void write_cut(JsonWriter& json, const Summary& summary) {
  if (summary.cut.packets == 0) return;
  json.begin_object();
  json.member("packets", summary.cut.packets);
  json.member("min", std::uint64_t{summary.cut.least});
  json.member("max", std::uint64_t{summary.cut.most});
  json.end_object();
}

void write_rate(JsonWriter& json, const Summary& summary, double Rates::* rate) {
  const Rates rates{summary};
  if (rates.seconds > 0) json.value(rates.*rate);
}

void write_time(JsonWriter& json, const std::optional<Timestamp>& time) {
  Rfc3339 times;
  if (time) json.value(*time, times);
}

void write_nanoseconds(JsonWriter& json, const std::optional<Timestamp>& time) {
  if (time) json.value(std::int64_t{time->time_since_epoch().count()});
}

constexpr std::array fields{
    Field{"type", record::FieldKind::word, "always `info`",
          [](JsonWriter& json, const Summary&) { json.value("info"); }},
    Field{"file", record::FieldKind::text, "its path as given",
          [](JsonWriter& json, const Summary& summary) {
            json.value(std::string_view{summary.file});
          }},
    Field{"file_size", record::FieldKind::integer,
          "bytes of the file as it is stored; absent for standard input and pipes",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.file_size) json.value(*summary.file_size);
          }},
    Field{"sha256", record::FieldKind::text, "with `--sha256`: of the file as it is stored",
          [](JsonWriter& json, const Summary& summary) {
            if (!summary.sha256.empty()) json.value(std::string_view{summary.sha256});
          }},
    Field{"format", record::FieldKind::word, "`pcap`, `pcap-ns`, `pcap-modified` or `pcapng`",
          [](JsonWriter& json, const Summary& summary) { json.value(name(summary.format)); }},
    Field{"compression", record::FieldKind::word, "`none`, `gzip`, `zstd`, `lz4` or `xz`",
          [](JsonWriter& json, const Summary& summary) { json.value(name(summary.compression)); }},
    Field{"byte_order", record::FieldKind::word,
          "`little` or `big`; of the last section of a pcapng",
          [](JsonWriter& json, const Summary& summary) {
            json.value(byte_order_word(summary.byte_order));
          }},
    Field{"link_types", record::FieldKind::integers, "LINKTYPE numbers of the packets, each once",
          [](JsonWriter& json, const Summary& summary) {
            json.begin_array();
            for (const LinkType type : summary.link_types) {
              json.value(std::uint64_t{std::to_underlying(type)});
            }
            json.end_array();
          }},
    Field{"sections", record::FieldKind::objects,
          "of a pcapng: `comment` (several are joined by newlines), `hardware`, "
          "`operating_system`, `application`, where said",
          write_sections},
    Field{"interfaces", record::FieldKind::objects,
          "`section` (index into `sections`), `name`, `description`, `comment`, `filter`, "
          "`operating_system`, `hardware` (where said), `link_type`, `snapshot_length` (0: no "
          "limit), `ticks_per_second`, `time_offset` (seconds), `packets`, `statistics` (where "
          "there are any): `blocks` (how many; what follows is the last one's), `time`, "
          "`time_ns`, `start`, `start_ns`, `end`, `end_ns`, `received`, `dropped`, "
          "`filter_accepted`, `system_dropped`, `delivered`, `comment` (where said)",
          write_interfaces},
    Field{"packets", record::FieldKind::integer, "packets that were whole",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.packets); }},
    Field{"bytes", record::FieldKind::integer, "their bytes on the wire",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.bytes); }},
    Field{"captured_bytes", record::FieldKind::integer, "their captured bytes",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.captured_bytes); }},
    Field{"average_length", record::FieldKind::number, "`bytes` of a packet",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.packets == 0) return;
            json.value(static_cast<double>(summary.bytes) / static_cast<double>(summary.packets));
          }},
    Field{"lengths", record::FieldKind::objects,
          "the packets by their bytes on the wire, in ranges that double: `from`, `to` (included; "
          "absent in the last), `packets`, their `bytes`, `min` and `max` (where there are any)",
          write_lengths},
    Field{"cut", record::FieldKind::object,
          "`packets` of which fewer bytes were captured than were on the wire, and `min` and `max` "
          "of what was captured of them; absent without any",
          write_cut},
    Field{"commented", record::FieldKind::integer, "packets with a comment",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.commented); }},
    Field{"first", record::FieldKind::time, "smallest time stamp",
          [](JsonWriter& json, const Summary& summary) { write_time(json, summary.first); }},
    Field{"first_ns", record::FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](JsonWriter& json, const Summary& summary) { write_nanoseconds(json, summary.first); }},
    Field{"last", record::FieldKind::time, "largest time stamp",
          [](JsonWriter& json, const Summary& summary) { write_time(json, summary.last); }},
    Field{"last_ns", record::FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](JsonWriter& json, const Summary& summary) { write_nanoseconds(json, summary.last); }},
    Field{"duration_ns", record::FieldKind::integer, "nanoseconds from `first` to `last`",
          [](JsonWriter& json, const Summary& summary) {
            if (!summary.first || !summary.last) return;
            json.value(std::uint64_t{record::elapsed(*summary.first, *summary.last).count()});
          }},
    Field{
        "bytes_per_second", record::FieldKind::number,
        "`bytes` by the duration; absent where that is 0, as the next two",
        [](JsonWriter& json, const Summary& summary) { write_rate(json, summary, &Rates::bytes); }},
    Field{
        "bits_per_second", record::FieldKind::number, "eight times that",
        [](JsonWriter& json, const Summary& summary) { write_rate(json, summary, &Rates::bits); }},
    Field{"packets_per_second", record::FieldKind::number, "`packets` by the duration",
          [](JsonWriter& json, const Summary& summary) {
            write_rate(json, summary, &Rates::packets);
          }},
    Field{"backward", record::FieldKind::integer,
          "packets earlier than the largest time stamp before them",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.backward); }},
    Field{"strict_time_order", record::FieldKind::boolean,
          "no packet is earlier than the one before; absent without a packet that has a time",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.first) json.value(summary.backward == 0);
          }},
    Field{"no_timestamp", record::FieldKind::integer,
          "packets read without a time, as theirs is outside the range of 64-bit nanoseconds; "
          "absent without any",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.no_timestamp != 0) json.value(summary.no_timestamp);
          }},
    Field{"blocks", record::FieldKind::object,
          "of a pcapng: how many hold `name_resolution`, `decryption_secrets`, `custom` data (that "
          "may be copied), `journal` entries; absent without any",
          write_blocks},
    Field{"resolved_names", record::FieldKind::object,
          "how many names it gives to `ipv4` and `ipv6` addresses; absent without any",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.names == savefile::ResolvedNames{}) return;
            json.begin_object();
            json.member("ipv4", summary.names.ipv4);
            json.member("ipv6", summary.names.ipv6);
            json.end_object();
          }},
    Field{"complete", record::FieldKind::boolean, "the file ends where it should",
          [](JsonWriter& json, const Summary& summary) { json.value(summary.complete); }},
    Field{"damage", record::FieldKind::object,
          "`offset` (bytes into the uncompressed stream) and `what`; absent without damage",
          [](JsonWriter& json, const Summary& summary) {
            if (!summary.damage) return;
            json.begin_object();
            json.member("offset", summary.damage->offset);
            json.member("what", std::string_view{summary.damage->what});
            json.end_object();
          }},
    Field{"skipped", record::FieldKind::object,
          "with `--skip-damaged`: damaged `places` that were passed over and their `bytes`; absent "
          "without damage",
          [](JsonWriter& json, const Summary& summary) {
            if (summary.skipped_places == 0) return;
            json.begin_object();
            json.member("places", summary.skipped_places);
            json.member("bytes", summary.skipped_bytes);
            json.end_object();
          }},
    Field{"protocols", record::FieldKind::object,
          "with `--protocols`: for each protocol `packets` and `bytes` (on the wire); a packet "
          "counts once per protocol, and not for what an ICMP error quotes",
          write_protocols},
    Field{"stopped", record::FieldKind::object,
          "with `--protocols`: packets by why decoding ended early (see `packet`)", write_stopped},
    Field{"checksums", record::FieldKind::object,
          "with `--checksums`: for each protocol headers that are `good`, `bad` and `unverified` "
          "(cut, "
          "fragmented, offloaded, or UDP without one); every header counts, in what ICMP errors "
          "quote "
          "too",
          write_checksums}};

}  // namespace

std::span<const record::RecordField<Summary>> summary_fields() noexcept { return fields; }

const char* byte_order_word(savefile::ByteOrder order) noexcept {
  return order == savefile::ByteOrder::little ? "little" : "big";
}

}  // namespace weir::info
