// Writes packets again: each header alone with every field given, or the whole from its payload
// outwards with what can be filled in left open.
#include "rebuild.h"

#include <algorithm>
#include <concepts>
#include <variant>

#include "weir/wire/checksum_verdict.h"
#include "weir/wire/frame_writer.h"

namespace weir::differential {
namespace {

using wire::AnyFields;
using wire::ChecksumVerdict;
using wire::Layer;

constexpr std::uint8_t pattern = 0xa5;

// Runs what resets an optional on those Fields that have it.
template <class Fields, class Reset>
void where_there_is_one(Fields& fields, Reset reset) {
  if constexpr (std::invocable<Reset, Fields&>) reset(fields);
}

template <class Fields>
void leave_lengths_open(Fields& fields) {
  // A record goes on in the segments that follow.
  if constexpr (std::same_as<Fields, wire::TlsRecordFields>) return;
  where_there_is_one(fields,
                     [](auto& f) -> decltype(f.total_length.reset()) { f.total_length.reset(); });
  where_there_is_one(
      fields, [](auto& f) -> decltype(f.payload_length.reset()) { f.payload_length.reset(); });
  where_there_is_one(
      fields, [](auto& f) -> decltype(f.message_length.reset()) { f.message_length.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.length.reset()) { f.length.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.internet_header_length.reset()) {
    f.internet_header_length.reset();
  });
  where_there_is_one(fields,
                     [](auto& f) -> decltype(f.data_offset.reset()) { f.data_offset.reset(); });
}

template <class Fields>
void leave_checksum_open(Fields& fields) {
  where_there_is_one(fields, [](auto& f) -> decltype(f.checksum.reset()) { f.checksum.reset(); });
  where_there_is_one(
      fields, [](auto& f) -> decltype(f.header_checksum.reset()) { f.header_checksum.reset(); });
}

template <class Fields>
void leave_next_open(Fields& fields) {
  where_there_is_one(
      fields, [](auto& f) -> decltype(f.type_or_length.reset()) { f.type_or_length.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.protocol.reset()) { f.protocol.reset(); });
  where_there_is_one(fields,
                     [](auto& f) -> decltype(f.next_header.reset()) { f.next_header.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.has_next_protocol, f.next_protocol.reset()) {
    if (f.has_next_protocol) f.next_protocol.reset();
  });
  where_there_is_one(
      fields, [](auto& f) -> decltype(f.bottom_of_stack.reset()) { f.bottom_of_stack.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.type.reset()) { f.type.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.dsap.reset()) { f.dsap.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.nlpid.reset()) { f.nlpid.reset(); });
  where_there_is_one(fields,
                     [](auto& f) -> decltype(f.ether_type.reset()) { f.ether_type.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.family.reset()) { f.family.reset(); });
  where_there_is_one(fields, [](auto& f) -> decltype(f.dlt.reset()) { f.dlt.reset(); });
}

std::size_t end_of(const Layer& layer) { return std::size_t{layer.offset} + layer.header_length; }

// Whether the header behind this one is written from Fields, and begins where this one ends.
bool is_followed_by_fields(const Dissected& of, std::size_t index) {
  return index + 1 < of.layers.size() && of.fields[index + 1].has_value() &&
         of.layers[index + 1].offset == end_of(of.layers[index]);
}

// A checksum left open is filled in by the IP header before it, if all between is written.
bool is_within_written_ip(const Dissected& of, std::size_t index) {
  while (index > 0) {
    if (!is_followed_by_fields(of, index - 1)) return false;
    --index;
    const wire::Protocol protocol = of.layers[index].protocol;
    if (protocol == wire::Protocol::ipv4 || protocol == wire::Protocol::ipv6) {
      return of.fields[index].has_value();
    }
  }
  return false;
}

AnyFields left_open(const Dissected& of, std::size_t index, ChecksumVerdict verdict) {
  AnyFields fields = *of.fields[index];
  std::visit(
      [&](auto& header) {
        leave_lengths_open(header);
        const bool is_open = verdict == ChecksumVerdict::good && (!requires {
                               header.pseudo_header;
                             } || is_within_written_ip(of, index));
        if (is_open) leave_checksum_open(header);
        if (is_followed_by_fields(of, index)) leave_next_open(header);
      },
      fields);
  return fields;
}

}  // namespace

Dissected::Dissected(const Packet& captured) : packet{captured}, layers{wire::decode(captured)} {
  for (const Layer& layer : layers) {
    fields.push_back(wire::fields_of(packet, layers, layer));
    // Options that the snapshot length cut.
    const bool is_cut = end_of(layer) == packet.data.size() &&
                        packet.data.size() < packet.wire_length && fields.back() &&
                        wire::header_length(*fields.back()) > layer.header_length;
    if (is_cut) fields.back().reset();
  }
}

std::vector<std::uint8_t> rewritten(const Dissected& dissected) {
  const Bytes data = dissected.packet.data;
  std::vector<std::uint8_t> bytes{data.begin(), data.end()};
  for (std::size_t i = 0; i < dissected.layers.size(); ++i) {
    if (!dissected.fields[i]) continue;
    const Layer& layer = dissected.layers[i];
    const MutableBytes header = MutableBytes{bytes}.subspan(layer.offset, layer.header_length);
    std::ranges::fill(header, pattern);
    (void)std::visit(
        [&](const auto& fields) { return fields.write(header, data.subspan(end_of(layer))); },
        *dissected.fields[i]);
  }
  return bytes;
}

bool can_be_rebuilt(const Dissected& dissected) {
  const Packet& packet = dissected.packet;
  if (packet.data.empty() || packet.data.size() < packet.wire_length) return false;
  const auto verdicts = wire::verify_checksums(packet, dissected.layers);
  return std::ranges::none_of(verdicts.verdicts, [](ChecksumVerdict verdict) {
    return verdict == ChecksumVerdict::bad || verdict == ChecksumVerdict::unverified;
  });
}

std::optional<std::vector<std::uint8_t>> rebuilt(const Dissected& dissected) {
  const wire::Layers& layers = dissected.layers;
  const Bytes data = dissected.packet.data;
  const auto verdicts = wire::verify_checksums(dissected.packet, layers);
  std::size_t end = std::size_t{layers.payload_offset} + layers.payload_length;
  std::vector<std::uint8_t> bytes(end, pattern);
  wire::FrameWriter writer{bytes};
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Layer& layer = layers[i];
    if (end != end_of(layer)) (void)writer.add(data.subspan(end_of(layer), end - end_of(layer)));
    const wire::Written written =
        dissected.fields[i] ? std::visit([&](const auto& fields) { return writer.add(fields); },
                                         left_open(dissected, i, verdicts[i]))
                            : writer.add(data.subspan(layer.offset, layer.header_length));
    if (!written) return std::nullopt;
    end = layer.offset;
  }
  (void)writer.add(data.first(end));
  return bytes;
}

std::optional<std::size_t> first_difference(const Dissected& dissected, Bytes other) {
  const auto [mine, theirs] = std::ranges::mismatch(dissected.packet.data, other);
  if (theirs == other.end()) return std::nullopt;
  const auto offset = static_cast<std::size_t>(theirs - other.begin());
  for (std::size_t i = 0; i < dissected.layers.size(); ++i) {
    if (offset < end_of(dissected.layers[i])) return i;
  }
  return dissected.layers.size();
}

}  // namespace weir::differential
