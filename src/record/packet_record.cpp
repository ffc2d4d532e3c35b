// The members of a packet record that stand before and behind its protocols.
#include "record/packet_record.h"

#include "record/packet_endpoints.h"
#include "weir/wire/direction.h"
#include "weir/wire/linux_sll2.h"

namespace weir::record {
namespace {

using wire::Protocol;

Value address(Bytes octets) {
  if (octets.size() == Ipv4Address::size) return Ipv4Address::load(octets.data());
  if (octets.size() == Ipv6Address::size) return Ipv6Address::load(octets.data());
  return {};
}

Value number_as_text(const PacketRecord& record, std::size_t number) {
  return record.scratch.assign(std::to_string(number));
}

Value interface(const PacketRecord& record) {
  if (record.packet.link_type == LinkType::linux_sll2) {
    if (const auto cooked = wire::Sll2View::parse(record.packet.data)) {
      const std::uint32_t number = cooked->interface_index();
      const std::string_view name = record.interfaces.of(number);
      return name.empty() ? number_as_text(record, number) : Value{name};
    }
  }
  const std::size_t index = record.packet.interface_index;
  const auto interfaces = record.place.interfaces;
  if (index < interfaces.size() && !interfaces[index].name.empty()) {
    return interfaces[index].name;
  }
  return interfaces.size() > 1 ? number_as_text(record, index) : Value{};
}

const char* direction_word(Direction direction) noexcept {
  switch (direction) {
    case Direction::in:
      return "in";
    case Direction::out:
      return "out";
    case Direction::unknown:
      break;
  }
  return "unknown";
}

bool has_time(const PacketRecord& record) noexcept {
  return !has(record.packet.flags, PacketFlags::no_timestamp);
}

// tshark has no name for SNAP: it is part of LLC there.
std::string_view innermost_name(const wire::Layers& layers,
                                const wire::Decoders& decoders) noexcept {
  for (std::size_t i = layers.size(); i > 0; --i) {
    if (layers[i - 1].protocol != Protocol::snap) return decoders.name(layers[i - 1].protocol);
  }
  return {};
}

using Field = RecordField<PacketRecord>;

constexpr std::array before_protocols{
    Field{"type", FieldKind::word, "always `packet`",
          [](const PacketRecord&) -> Value { return "packet"; }},
    Field{"number", FieldKind::integer, "position in its file from 1, before filtering",
          [](const PacketRecord& record) -> Value {
            if (record.place.number != 0) return record.place.number;
            const PacketMeta* const meta = record.packet.meta;
            return meta == nullptr || meta->ordinal == 0 ? Value{} : Value{meta->ordinal};
          }},
    Field{"file", FieldKind::text, "its file",
          [](const PacketRecord& record) -> Value {
            if (record.place.file.empty()) return {};
            return record.place.file;
          }},
    Field{"time", FieldKind::time, "time stamp; absent where the medium records none",
          [](const PacketRecord& record) -> Value {
            if (!has_time(record)) return {};
            return record.packet.timestamp;
          }},
    Field{"time_ns", FieldKind::nanoseconds, "the same in nanoseconds since the epoch",
          [](const PacketRecord& record) -> Value {
            if (!has_time(record)) return {};
            return std::int64_t{record.packet.timestamp.time_since_epoch().count()};
          }},
    Field{"interface", FieldKind::text,
          "name of the capture interface; its number if it has none but is one of several, or if a "
          "cooked packet says no more",
          interface},
    Field{"direction", FieldKind::word, "`in`, `out` or `unknown`, also as link headers say it",
          [](const PacketRecord& record) -> Value {
            return direction_word(wire::direction_of(record.packet));
          }},
    Field{"len", FieldKind::integer, "bytes on the wire",
          [](const PacketRecord& record) -> Value {
            return std::uint64_t{record.packet.wire_length};
          },
          FieldUnit::bytes, FieldRange::bits32},
    Field{"caplen", FieldKind::integer, "bytes captured",
          [](const PacketRecord& record) -> Value {
            return std::uint64_t{record.packet.data.size()};
          },
          FieldUnit::bytes, FieldRange::bits32},
    Field{"link_type", FieldKind::integer, "LINKTYPE number",
          [](const PacketRecord& record) -> Value {
            return std::uint64_t{std::to_underlying(record.packet.link_type)};
          },
          FieldUnit::none, FieldRange::bits16},
    Field{"src", FieldKind::ip_address, "source address of the innermost IP header",
          [](const PacketRecord& record) -> Value {
            return address(ip_endpoints(record.packet, record.layers).source);
          }},
    Field{"dst", FieldKind::ip_address, "destination address of the innermost IP header",
          [](const PacketRecord& record) -> Value {
            return address(ip_endpoints(record.packet, record.layers).destination);
          }},
    Field{"src_port", FieldKind::integer, "source port behind it (TCP, UDP, UDP-Lite, SCTP, DCCP)",
          [](const PacketRecord& record) -> Value {
            return source_port(record.packet, record.layers);
          },
          FieldUnit::none, FieldRange::bits16},
    Field{"dst_port", FieldKind::integer, "destination port behind it",
          [](const PacketRecord& record) -> Value {
            return destination_port(record.packet, record.layers);
          },
          FieldUnit::none, FieldRange::bits16},
    Field{"protocol", FieldKind::word, "name of the innermost protocol",
          [](const PacketRecord& record) -> Value {
            const std::string_view word = innermost_name(record.layers, record.decoders);
            if (word.empty()) return {};
            return word;
          }}};

constexpr std::array behind_protocols{
    Field{"stopped", FieldKind::word,
          "why decoding ended before the application's payload: `unknown_link_type`, "
          "`unknown_protocol`, `later_fragment`, `snapped`, `truncated`, `bad_version`, "
          "`bad_header_length`, `bad_length`, `bad_field`, `encrypted` or `nesting_limit`",
          [](const PacketRecord& record) -> Value {
            if (record.layers.stop == wire::StopReason::payload) return {};
            return name(record.layers.stop);
          }}};

}  // namespace

std::span<const RecordField<PacketRecord>> packet_record_fields() noexcept {
  return before_protocols;
}

std::span<const RecordField<PacketRecord>> packet_record_end_fields() noexcept {
  return behind_protocols;
}

}  // namespace weir::record
