// The fields of an info record.
#include "info/record.h"

#include "info/interfaces.h"
#include "info/rates.h"

namespace weir::info {
namespace {

using record::Value;
using record::ValueVisitor;

using wire::Protocol;
using Field = record::RecordField<Summary>;

void write_protocols(ValueVisitor& to, const Summary& summary) {
  if (summary.protocols == nullptr) return;
  const ProtocolCounts::Protocols counts = summary.protocols->protocols();
  to.begin_object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto protocol = static_cast<Protocol>(i);
    if (counts[i].packets == 0 || protocol == Protocol::snap) continue;
    to.key(summary.decoders.name(protocol));
    to.begin_object();
    to.member("packets", counts[i].packets);
    to.member("bytes", counts[i].bytes);
    to.end_object();
  }
  to.end_object();
}

void write_stopped(ValueVisitor& to, const Summary& summary) {
  if (summary.protocols == nullptr) return;
  const ProtocolCounts::Reasons& reasons = summary.protocols->stopped();
  to.begin_object();
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const auto reason = static_cast<wire::StopReason>(i);
    if (reasons[i] == 0 || reason == wire::StopReason::payload) continue;
    to.member(name(reason), reasons[i]);
  }
  to.end_object();
}

void write_checksums(ValueVisitor& to, const Summary& summary) {
  if (summary.checksums == nullptr) return;
  to.begin_object();
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    const ChecksumCounts::Count& count = summary.checksums->protocols()[i];
    if (count == ChecksumCounts::Count{}) continue;
    to.key(name(static_cast<Protocol>(i)));
    to.begin_object();
    to.member("good", count.good);
    to.member("bad", count.bad);
    to.member("unverified", count.unverified);
    to.end_object();
  }
  to.end_object();
}

void write_blocks(ValueVisitor& to, const Summary& summary) {
  const CarriedBlocks& blocks = summary.blocks;
  if (blocks == CarriedBlocks{}) return;
  const auto member = [&to](std::string_view key, std::uint64_t count) {
    if (count != 0) to.member(key, count);
  };
  to.begin_object();
  member("name_resolution", blocks.name_resolution);
  member("decryption_secrets", blocks.decryption_secrets);
  member("custom", blocks.custom);
  member("journal", blocks.journal);
  to.end_object();
}

void write_lengths(ValueVisitor& to, const Summary& summary) {
  to.begin_array();
  for (const LengthHistogram::Range& range : summary.lengths.ranges()) {
    to.begin_object();
    to.member("from", std::uint64_t{range.from});
    if (range.to != std::numeric_limits<std::uint32_t>::max()) {
      to.member("to", std::uint64_t{range.to});
    }
    to.member("packets", range.packets);
    to.member("bytes", range.bytes);
    if (range.packets != 0) {
      to.member("min", std::uint64_t{range.smallest});
      to.member("max", std::uint64_t{range.largest});
    }
    to.end_object();
  }
  to.end_array();
}

void write_cut(ValueVisitor& to, const Summary& summary) {
  if (summary.cut.packets == 0) return;
  to.begin_object();
  to.member("packets", summary.cut.packets);
  to.member("min", std::uint64_t{summary.cut.least});
  to.member("max", std::uint64_t{summary.cut.most});
  to.end_object();
}

Value rate_of(const Summary& summary, double Rates::* rate) {
  const Rates rates{summary};
  return rates.seconds > 0 ? Value{rates.*rate} : Value{};
}

Value nanoseconds(const std::optional<Timestamp>& time) {
  return time ? Value{std::int64_t{time->time_since_epoch().count()}} : Value{};
}

constexpr std::array fields{
    Field{"type", record::FieldKind::word, "always `info`",
          [](const Summary&) -> Value { return "info"; }},
    Field{"file", record::FieldKind::text, "its path as given",
          [](const Summary& summary) -> Value { return std::string_view{summary.file}; }},
    Field{"file_size", record::FieldKind::integer,
          "bytes of the file as it is stored; absent for standard input and pipes",
          [](const Summary& summary) -> Value {
            if (!summary.file_size) return {};
            return *summary.file_size;
          }},
    Field{"sha256", record::FieldKind::text, "with `--sha256`: of the file as it is stored",
          [](const Summary& summary) -> Value {
            if (summary.sha256.empty()) return {};
            return std::string_view{summary.sha256};
          }},
    Field{"format", record::FieldKind::word, "`pcap`, `pcap-ns`, `pcap-modified` or `pcapng`",
          [](const Summary& summary) -> Value { return name(summary.format); }},
    Field{"compression", record::FieldKind::word, "`none`, `gzip`, `zstd`, `lz4` or `xz`",
          [](const Summary& summary) -> Value { return name(summary.compression); }},
    Field{"byte_order", record::FieldKind::word,
          "`little` or `big`; of the last section of a pcapng",
          [](const Summary& summary) -> Value { return byte_order_word(summary.byte_order); }},
    Field{"link_types", record::FieldKind::integers, "LINKTYPE numbers of the packets, each once",
          [](ValueVisitor& to, const Summary& summary) {
            to.begin_array();
            for (const LinkType type : summary.link_types) {
              to.value(std::uint64_t{std::to_underlying(type)});
            }
            to.end_array();
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
          [](const Summary& summary) -> Value { return summary.packets; }},
    Field{"bytes", record::FieldKind::integer, "their bytes on the wire",
          [](const Summary& summary) -> Value { return summary.bytes; }},
    Field{"captured_bytes", record::FieldKind::integer, "their captured bytes",
          [](const Summary& summary) -> Value { return summary.captured_bytes; }},
    Field{"average_length", record::FieldKind::number, "`bytes` of a packet",
          [](const Summary& summary) -> Value {
            if (summary.packets == 0) return {};
            return static_cast<double>(summary.bytes) / static_cast<double>(summary.packets);
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
          [](const Summary& summary) -> Value { return summary.commented; }},
    Field{"first", record::FieldKind::time, "smallest time stamp",
          [](const Summary& summary) -> Value { return summary.first; }},
    Field{"first_ns", record::FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](const Summary& summary) -> Value { return nanoseconds(summary.first); }},
    Field{"last", record::FieldKind::time, "largest time stamp",
          [](const Summary& summary) -> Value { return summary.last; }},
    Field{"last_ns", record::FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](const Summary& summary) -> Value { return nanoseconds(summary.last); }},
    Field{"duration_ns", record::FieldKind::integer, "nanoseconds from `first` to `last`",
          [](const Summary& summary) -> Value {
            if (!summary.first || !summary.last) return {};
            return std::uint64_t{record::elapsed(*summary.first, *summary.last).count()};
          }},
    Field{"bytes_per_second", record::FieldKind::number,
          "`bytes` by the duration; absent where that is 0, as the next two",
          [](const Summary& summary) -> Value { return rate_of(summary, &Rates::bytes); }},
    Field{"bits_per_second", record::FieldKind::number, "eight times that",
          [](const Summary& summary) -> Value { return rate_of(summary, &Rates::bits); }},
    Field{"packets_per_second", record::FieldKind::number, "`packets` by the duration",
          [](const Summary& summary) -> Value { return rate_of(summary, &Rates::packets); }},
    Field{"backward", record::FieldKind::integer,
          "packets earlier than the largest time stamp before them",
          [](const Summary& summary) -> Value { return summary.backward; }},
    Field{"strict_time_order", record::FieldKind::boolean,
          "no packet is earlier than the one before; absent without a packet that has a time",
          [](const Summary& summary) -> Value {
            if (!summary.first) return {};
            return summary.backward == 0;
          }},
    Field{"no_timestamp", record::FieldKind::integer,
          "packets read without a time, as theirs is outside the range of 64-bit nanoseconds; "
          "absent without any",
          [](const Summary& summary) -> Value {
            if (summary.no_timestamp == 0) return {};
            return summary.no_timestamp;
          }},
    Field{"blocks", record::FieldKind::object,
          "of a pcapng: how many hold `name_resolution`, `decryption_secrets`, `custom` data (that "
          "may be copied), `journal` entries; absent without any",
          write_blocks},
    Field{"resolved_names", record::FieldKind::object,
          "how many names it gives to `ipv4` and `ipv6` addresses; absent without any",
          [](ValueVisitor& to, const Summary& summary) {
            if (summary.names == savefile::ResolvedNames{}) return;
            to.begin_object();
            to.member("ipv4", summary.names.ipv4);
            to.member("ipv6", summary.names.ipv6);
            to.end_object();
          }},
    Field{"complete", record::FieldKind::boolean, "the file ends where it should",
          [](const Summary& summary) -> Value { return summary.complete; }},
    Field{"damage", record::FieldKind::object,
          "`offset` (bytes into the uncompressed stream) and `what`; absent without damage",
          [](ValueVisitor& to, const Summary& summary) {
            if (!summary.damage) return;
            to.begin_object();
            to.member("offset", summary.damage->offset);
            to.member("what", std::string_view{summary.damage->what});
            to.end_object();
          }},
    Field{"skipped", record::FieldKind::object,
          "with `--skip-damaged`: damaged `places` that were passed over and their `bytes`; absent "
          "without damage",
          [](ValueVisitor& to, const Summary& summary) {
            if (summary.skipped_places == 0) return;
            to.begin_object();
            to.member("places", summary.skipped_places);
            to.member("bytes", summary.skipped_bytes);
            to.end_object();
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
