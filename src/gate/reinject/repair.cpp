// repair(): lengths from the outermost header on, then checksums the other way.
#include "gate/reinject/repair.h"

#include <algorithm>
#include <cstdint>

#include "gate/reinject/outline.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"
#include "weir/wire/sctp.h"
#include "weir/wire/udp.h"
#include "wire/edit_checksums.h"

namespace weir::gate {
namespace {

using wire::Protocol;

constexpr std::size_t longest = 65'535;

/// Writes what the option of RFC 2675 tells of `size` bytes behind an IPv6 header, if there is one.
/// False if it holds it.
bool write_jumbo_length(MutableBytes behind, std::size_t size) noexcept {
  const auto header = wire::Ipv6OptionsView::parse(behind);
  if (!header) return false;
  for (const wire::Ipv6Option& option : header->options()) {
    if (option.type != wire::Ipv6Option::jumbo_payload || option.data.size() != 4) continue;
    std::uint8_t* const field = behind.data() + (option.data.data() - behind.data());
    const auto length = static_cast<std::uint32_t>(size);
    if (load_be<std::uint32_t>(field) == length) return false;
    store_be(field, length);
    return true;
  }
  return false;
}

/// The length of a header that tells one, for `size` bytes from its first on. False if it holds it.
bool write_length(MutableBytes frame, const wire::Layer& layer, std::size_t size) noexcept {
  std::size_t offset = 0;
  if (layer.protocol == Protocol::ipv4 &&
      layer.header_length >= wire::Ipv4View::min_header_length) {
    offset = 2;
  } else if (layer.protocol == Protocol::ipv6 &&
             layer.header_length >= wire::Ipv6View::min_header_length) {
    offset = 4;
    size -= wire::Ipv6View::min_header_length;
  } else if (layer.protocol == Protocol::udp &&
             layer.header_length >= wire::UdpView::min_header_length) {
    offset = 4;
  } else {
    return false;
  }
  // As segments are kept together beyond what the field can tell, and jumbograms (RFC 2675).
  const auto length = static_cast<std::uint16_t>(size > longest ? 0 : size);
  std::uint8_t* const field = frame.data() + layer.offset + offset;
  const bool holds_it = load_be<std::uint16_t>(field) == length;
  store_be(field, length);
  const std::size_t behind = layer.offset + wire::Ipv6View::min_header_length;
  const bool has_options = layer.protocol == Protocol::ipv6 && size > longest &&
                           frame[layer.offset + 6] == wire::ip_protocol::hop_by_hop;
  return (has_options && write_jumbo_length(frame.subspan(behind), size)) || !holds_it;
}

void write_lengths(MutableBytes frame, LinkType link_type, std::size_t trailer) noexcept {
  const std::size_t end = frame.size() - std::min(trailer, frame.size());
  wire::Layers layers = wire::decode(as_packet(frame, link_type));
  // What stands behind a header may be found only once its length is right.
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const wire::Layer layer = layers[i];
    if (layer.offset + std::size_t{layer.header_length} > end) return;
    // The length of UDP is that of all fragments.
    const bool is_cut = layers.outer.fragment != wire::Fragment::none && i > layers.outer.network;
    if (is_cut || (layers.inner.fragment != wire::Fragment::none && i > layers.inner.network)) {
      return;
    }
    if (write_length(frame, layer, end - layer.offset)) {
      layers = wire::decode(as_packet(frame, link_type));
    }
  }
}

void write_checksum(MutableBytes frame, const Packet& packet, const wire::Layers& layers,
                    const wire::Layer& layer, std::uint16_t expected) noexcept {
  if (layer.protocol == Protocol::sctp) {
    const wire::Extent extent = wire::extent_of(packet, layers, layer);
    wire::SctpFields::seal(frame.subspan(layer.offset, extent.captured.size()), {});
    return;
  }
  const Bytes header = frame.subspan(layer.offset, layer.header_length);
  const std::optional<std::size_t> offset =
      layer.protocol == Protocol::ipv4 ? std::size_t{10}
                                       : wire::edit::checksum_offset(layer.protocol, header);
  // Of these two 0 means that no checksum can be right.
  const bool has_coverage =
      layer.protocol == Protocol::udp_lite || layer.protocol == Protocol::dccp;
  if (!offset || *offset + 2 > header.size() || (has_coverage && expected == 0)) return;
  store_be(frame.data() + layer.offset + *offset, expected);
}

}  // namespace

void repair(MutableBytes frame, LinkType link_type, std::size_t trailer,
            bool several_segments) noexcept {
  write_lengths(frame, link_type, trailer);
  Packet packet = as_packet(frame, link_type);
  if (several_segments) {
    packet.flags = PacketFlags::several_segments | PacketFlags::checksum_not_ready;
  }
  const wire::Layers layers = wire::decode(packet);
  wire::ChecksumVerdicts verdicts = wire::verify_checksums(packet, layers);
  for (std::size_t i = layers.size(); i-- > 0;) {
    if (verdicts[i] != wire::ChecksumVerdict::bad) continue;
    write_checksum(frame, packet, layers, layers[i], verdicts.expected[i]);
    // Those around it may cover it.
    const bool is_within = i > layers.outer.transport && layers[i].protocol != Protocol::ipv4;
    if (is_within) verdicts = wire::verify_checksums(packet, layers);
  }
}

}  // namespace weir::gate
