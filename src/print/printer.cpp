// The loop over the headers of a packet, and which printer each has.
#include "print/printer.h"

#include <algorithm>
#include <array>

#include "weir/stored_link_type.h"

namespace weir::print {

/// The printer of each protocol; null where there is none.
struct Printers {
  using Print = void (Printer::*)(const Header&);
  struct Entry {
    Protocol protocol;
    Print print;
  };
  static constexpr Entry entries[] = {
      // link layers
      {Protocol::ethernet, &Printer::ethernet},
      {Protocol::llc, &Printer::llc},
      {Protocol::snap, &Printer::snap},
      {Protocol::sll, &Printer::sll},
      {Protocol::null, &Printer::null},
      {Protocol::raw, &Printer::raw},
      {Protocol::ppp, &Printer::ppp},
      {Protocol::c_hdlc, &Printer::c_hdlc},
      {Protocol::ipoib, &Printer::ipoib},
      // between link and network
      {Protocol::vlan, &Printer::vlan},
      {Protocol::provider_vlan, &Printer::vlan},
      {Protocol::provider_backbone, &Printer::service_tag},
      {Protocol::vn_tag, &Printer::vn_tag},
      {Protocol::e_tag, &Printer::e_tag},
      {Protocol::r_tag, &Printer::r_tag},
      {Protocol::hsr, &Printer::hsr},
      {Protocol::hsr_supervision, &Printer::hsr_supervision},
      {Protocol::macsec, &Printer::macsec},
      {Protocol::cisco_metadata, &Printer::cisco_metadata},
      {Protocol::trill, &Printer::trill},
      {Protocol::mpls, &Printer::mpls},
      {Protocol::pppoe_discovery, &Printer::pppoe},
      {Protocol::pppoe_session, &Printer::pppoe},
      {Protocol::nsh, &Printer::nsh},
      {Protocol::arp, &Printer::arp},
      {Protocol::stp, &Printer::stp},
      // network
      {Protocol::ipv4, &Printer::ipv4},
      {Protocol::ipv6, &Printer::ipv6},
      {Protocol::ipv6_hop_by_hop, &Printer::hop_by_hop},
      {Protocol::ipv6_routing, &Printer::ipv6_routing},
      {Protocol::ipv6_fragment, &Printer::ipv6_fragment},
      {Protocol::ipv6_destination, &Printer::destination_options},
      {Protocol::ah, &Printer::ah},
      {Protocol::esp, &Printer::esp},
      // transport and control
      {Protocol::tcp, &Printer::tcp},
      {Protocol::udp, &Printer::udp},
      {Protocol::udp_lite, &Printer::udp_lite},
      {Protocol::sctp, &Printer::sctp},
      {Protocol::dccp, &Printer::dccp},
      {Protocol::icmp, &Printer::icmp},
      {Protocol::icmpv6, &Printer::icmpv6},
      {Protocol::igmp, &Printer::igmp},
      // tunnels
      {Protocol::gre, &Printer::gre},
      {Protocol::erspan, &Printer::erspan},
      {Protocol::vxlan, &Printer::vxlan},
      {Protocol::geneve, &Printer::geneve},
      {Protocol::gtp, &Printer::gtp},
      {Protocol::teredo, &Printer::teredo},
      {Protocol::l2tp, &Printer::l2tp},
      {Protocol::ether_ip, &Printer::ether_ip},
      // applications: printed by what carries them
      {Protocol::dns, nullptr},
      {Protocol::tls, nullptr},
  };

  static Print of(Protocol protocol) noexcept {
    static constexpr auto table = [] {
      std::array<Print, wire::protocol_count> by_protocol{};
      for (const Entry& entry : entries) {
        by_protocol[static_cast<std::size_t>(entry.protocol)] = entry.print;
      }
      return by_protocol;
    }();
    const auto index = static_cast<std::size_t>(protocol);
    return index < table.size() ? table[index] : nullptr;
  }
};

bool has_printer(Protocol protocol) noexcept {
  return std::ranges::find(Printers::entries, protocol, &Printers::Entry::protocol) !=
         std::ranges::end(Printers::entries);
}

std::size_t Printer::print() {
  const Header whole{line_, packet_.data,
                     std::max<std::size_t>(packet_.wire_length, packet_.data.size())};
  start(whole);
  // decode() says what the headers are. One that it could not read is printed, and none behind it.
  std::size_t index = 0;
  while (next_ && agreed_ && !line_.is_cut()) {
    const Protocol protocol = *next_;
    const auto offset = static_cast<std::size_t>(rest_.captured().data() - packet_.data.data());
    const auto here = [&](const wire::Layer& layer) {
      return layer.offset == offset && layer.protocol == protocol;
    };
    while (index < layers_.size() && !here(layers_[index])) ++index;
    agreed_ = index < layers_.size();
    layer_ = index++;
    next_.reset();
    if (is_user_protocol(protocol)) {
      user(protocol, Header{rest_});
    } else if (const auto print = Printers::of(protocol)) {
      (this->*print)(Header{rest_});
    }
  }
  if (!line_.is_cut()) line_.out().append(open_braces_, '}');
  if (!line_.is_cut() && depth_ == 0) server_name();
  return link_header_;
}

Checksum Printer::checksum() noexcept {
  if (!agreed_) return {};
  if (!verdicts_) verdicts_ = wire::verify_checksums(packet_, layers_);
  return {verdicts_->verdicts[layer_], verdicts_->expected[layer_]};
}

std::optional<Protocol> Printer::following(const Header& rest) const noexcept {
  if (!agreed_) return std::nullopt;
  const std::size_t following = layer_ + 1;
  const auto offset = static_cast<std::size_t>(rest.captured().data() - packet_.data.data());
  if (following < layers_.size()) {
    if (layers_[following].offset == offset) return layers_[following].protocol;
  } else if (layers_.payload_offset == offset) {
    return layers_.missing;
  }
  return std::nullopt;
}

bool Printer::follow(const Header& rest) noexcept {
  const auto protocol = following(rest);
  if (!protocol) return false;
  if (Printers::of(*protocol) == nullptr && !is_user_protocol(*protocol)) return false;
  next(*protocol, rest);
  return true;
}

bool Printer::carries_dns(wire::NumberSpace space, std::uint16_t source,
                          std::uint16_t destination) const noexcept {
  constexpr std::uint16_t port_dns = 53;
  const wire::Decoders& decoders = options_.decoders;
  const auto is_dns = [&](std::uint16_t port) {
    return port == port_dns && !decoders.holds(space, port);
  };
  if (is_dns(source) || is_dns(destination)) return true;
  const std::size_t following = layer_ + 1;
  return (decoders.holds(space, source) || decoders.holds(space, destination)) && agreed_ &&
         following < layers_.size() && layers_[following].protocol == Protocol::dns;
}

std::size_t Printer::datagram_length(std::size_t stated, const Header& header) const noexcept {
  if (stated != 0) return stated;
  if (!agreed_) return header.length();
  return wire::extent_of(packet_, layers_, layers_[layer_]).wire_length;
}

Header Printer::behind(const Header& header) const noexcept {
  const bool known = agreed_ && layer_ < layers_.size();
  return header.from(known ? layers_[layer_].header_length : header.length());
}

void Printer::start(const Header& header) {
  switch (packet_.link_type) {
    case LinkType::ethernet:
      return ethernet(header);
    case LinkType::linux_sll:
      return sll(header);
    case LinkType::linux_sll2:
      return sll2(header);
    case LinkType::null:
    case LinkType::loop:
      return null(header);
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6:
      return raw(header);
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return serial(header);
    case LinkType::c_hdlc:
      return c_hdlc(header);
    default:
      break;
  }
  if (packet_.link_type == link_types::hdlc) return c_hdlc(header);
  if (packet_.link_type == link_types::ipoib) return ipoib(header);
  start_behind_link(header);
}

/// For link types without a printer of their own: from the first header on that has one.
void Printer::start_behind_link(const Header& header) {
  for (const wire::Layer& layer : layers_) {
    if (Printers::of(layer.protocol) == nullptr) continue;
    link_header_ = layer.offset;
    return next(layer.protocol, header.from(layer.offset));
  }
  line_.put("UNSUPPORTED");
  put_unknown(header);
}

void Printer::user(Protocol protocol, const Header& header) {
  const std::string_view name = options_.decoders.name(protocol);
  line_.reading(name.empty() ? "unknown" : name.data());  // of a std::string
  line_.put(name);
  ip_.direct = false;
  inner(behind(header));
}

void Printer::put_unknown(const Header& header) {
  if (options_.dump == Dump::none) put_hex_and_text(line_.out(), header.captured(), "\n\t");
}

}  // namespace weir::print
