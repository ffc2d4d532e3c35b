// Addresses, ports, time to live, MAC addresses, VLAN: in this order.
#include "inject/rewriter.h"

#include <algorithm>

#include "weir/wire/ethernet.h"
#include "weir/wire/protocol.h"
#include "weir/wire/vlan.h"

namespace weir::inject {
namespace {

using wire::Edited;
using wire::EditError;
using wire::Editor;
using wire::Protocol;

/// Whether a frame can go: what it has no header for need not be changed.
bool is_done(const Edited& edited) noexcept {
  return edited || edited.error() == EditError::no_such_header;
}

/// Of the outermost datagram; no address where there is none.
IpAddress destination_of(const Editor& editor) noexcept {
  const wire::IpDatagram& outer = editor.layers().outer;
  if (!outer.present()) return {};
  const wire::Layer& layer = editor.layers()[outer.network];
  const std::uint8_t* const header = editor.bytes().data() + layer.offset;
  if (layer.protocol == Protocol::ipv4) return Ipv4Address::load(header + 16);
  return Ipv6Address::load(header + 24);
}

bool is_to_group(const Editor& editor) noexcept {
  const MutableBytes bytes = editor.bytes();
  return !bytes.empty() && (bytes[0] & 1) != 0;
}

}  // namespace

Rewriter::Rewriter(const Rewriting& rewriting, const std::string& adapter, bool asks)
    : rewriting_{rewriting} {
  using enum MacChange::Kind;
  const bool needs_own = rewriting_.source_mac.kind == automatic;
  if (!needs_own && rewriting_.destination_mac.kind != automatic) return;
  next_hops_ = std::make_unique<NextHops>(adapter, asks);
  if (!needs_own) return;
  if (!next_hops_->own()) {
    throw Error{ErrorCode::invalid_argument, adapter + ": it has no MAC address"};
  }
  rewriting_.source_mac = {.kind = set, .address = *next_hops_->own()};
}

void Rewriter::begin_loop(std::uint64_t number) noexcept {
  if (rewriting_.unique_addresses) rewriting_.addresses.set_shift(number);
}

std::expected<Packet, Refusal> Rewriter::rewritten(const Packet& packet,
                                                   MutableBytes room) noexcept {
  is_asking_ = false;
  std::ranges::copy(packet.data, room.begin() + headroom);
  Editor editor{room, headroom, packet};
  const bool is_mapped =
      (rewriting_.addresses.is_empty() || is_done(editor.map_addresses(rewriting_.addresses))) &&
      (rewriting_.ports.is_empty() || is_done(map_ports(editor))) &&
      (!rewriting_.ttl || is_done(editor.set_ttl(*rewriting_.ttl)));
  if (!is_mapped) return std::unexpected{Refusal::not_rewritten};
  if (const Refusal refusal = change_macs(editor); refusal != Refusal::none) {
    return std::unexpected{refusal};
  }
  if (!is_done(change_vlan(editor))) return std::unexpected{Refusal::not_rewritten};
  return editor.packet();
}

Edited Rewriter::map_ports(Editor& editor) const noexcept {
  const wire::IpDatagram& outer = editor.layers().outer;
  if (!outer.present() || outer.transport == wire::IpDatagram::absent) return {};
  const wire::Layer& layer = editor.layers()[outer.transport];
  if (!wire::has_ports(layer.protocol)) return {};
  const std::uint8_t* const header = editor.bytes().data() + layer.offset;
  const auto source = load_be<std::uint16_t>(header);
  const auto destination = load_be<std::uint16_t>(header + 2);
  const wire::Which which = wire::at_layer(outer.transport);
  if (const std::uint16_t to = rewriting_.ports.map(source); to != source) {
    if (const Edited edited = editor.set_source_port(to, which); !edited) return edited;
  }
  if (const std::uint16_t to = rewriting_.ports.map(destination); to != destination) {
    return editor.set_destination_port(to, which);
  }
  return {};
}

Refusal Rewriter::change_macs(Editor& editor) noexcept {
  if (rewriting_.source_mac.kind == MacChange::Kind::set &&
      !is_done(editor.set_mac_source(rewriting_.source_mac.address))) {
    return Refusal::not_rewritten;
  }
  std::optional<MacAddress> to;
  if (rewriting_.destination_mac.kind == MacChange::Kind::set) {
    to = rewriting_.destination_mac.address;
  } else if (rewriting_.destination_mac.kind == MacChange::Kind::automatic) {
    const IpAddress destination = destination_of(editor);
    if (destination.version() == 0 || is_to_group(editor)) return Refusal::none;
    const NextHops::NextHop next = next_hops_->find(destination);
    is_asking_ = next.is_asked;
    if (!next.mac) return Refusal::no_neighbor;
    to = next.mac;
  }
  const bool is_changed = !to || is_done(editor.set_mac_destination(*to));
  return is_changed ? Refusal::none : Refusal::not_rewritten;
}

Edited Rewriter::change_vlan(Editor& editor) const noexcept {
  const wire::VlanFields tag{.identifier = rewriting_.vlan.identifier};
  switch (rewriting_.vlan.kind) {
    case VlanChange::Kind::put: {
      const Edited edited = editor.set_vlan_identifier(rewriting_.vlan.identifier);
      return is_done(edited) && !edited ? editor.push_vlan(tag) : edited;
    }
    case VlanChange::Kind::push:
      return editor.push_vlan(tag);
    case VlanChange::Kind::pop:
      return editor.pop_vlan();
    case VlanChange::Kind::keep:
      break;
  }
  return {};
}

}  // namespace weir::inject
