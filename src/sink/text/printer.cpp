// The loop over the headers of a packet, and which printer each has.
#include "printer.h"

namespace weir::sink::text {
wire::WordSum IpContext::pseudo_header(std::uint8_t protocol, std::size_t length) const noexcept {
  return version == 4
             ? wire::pseudo_header_sum(source.v4(), final_destination.v4(), protocol, length)
             : wire::pseudo_header_sum(source.v6(), final_destination.v6(), protocol, length);
}

std::size_t Printer::print(const Packet& packet, const wire::Layers& layers) {
  const Header whole{line_, packet.data,
                     std::max<std::size_t>(packet.wire_length, packet.data.size())};
  start(packet, whole, layers);
  // decode() says what the headers are; a printer says what its own number field names. Where they
  // part, the packet is printed no further, but for one header that decode() could not read.
  std::size_t index = 0;
  bool agreed = true;
  while (next_ && agreed && !line_.is_cut()) {
    const Protocol protocol = *next_;
    const auto offset = static_cast<std::size_t>(rest_.captured().data() - packet.data.data());
    const auto here = [&](const wire::Layer& layer) {
      return layer.offset == offset && layer.protocol == protocol;
    };
    while (index < layers.size() && !here(layers[index])) ++index;
    agreed = index++ < layers.size();
    next_.reset();
    dispatch(protocol, rest_);
  }
  if (!line_.is_cut() && depth_ == 0) server_name(layers, packet);
  return link_header_;
}

void Printer::start(const Packet& packet, const Header& header, const wire::Layers& layers) {
  switch (packet.link_type) {
    case LinkType::ethernet:
      return ethernet(header);
    case LinkType::linux_sll:
      return sll(header);
    case LinkType::linux_sll2:
      return sll2(header);
    case LinkType::null:
      return null(header, false);
    case LinkType::loop:
      return null(header, true);
    case LinkType::raw:
    case LinkType::ipv4:
    case LinkType::ipv6:
      return raw(header);
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return ppp(header, true);
    default:
      break;
  }
  start_behind_link(header, layers);
}

/// For link types without a printer of their own: from the first header on that has one.
void Printer::start_behind_link(const Header& header, const wire::Layers& layers) {
  for (const wire::Layer& layer : layers) {
    switch (layer.protocol) {
      case Protocol::ethernet:
      case Protocol::llc:
      case Protocol::snap:
      case Protocol::arp:
      case Protocol::mpls:
      case Protocol::ipv4:
      case Protocol::ipv6:
        link_header_ = layer.offset;
        return next(layer.protocol, header.from(layer.offset));
      default:
        break;
    }
  }
  line_.put("UNSUPPORTED");
  put_unknown(header);
}

void Printer::put_unknown(const Header& header) {
  if (options_.dump == Dump::none) put_hex_and_text(line_.out(), header.captured(), "\n\t");
}

void Printer::dispatch(Protocol protocol, const Header& header) {
  if (dispatch_link(protocol, header) || dispatch_network(protocol, header)) return;
  switch (protocol) {
    case Protocol::tcp:
      return tcp(header);
    case Protocol::udp:
      return udp(header);
    case Protocol::sctp:
      return sctp(header);
    case Protocol::icmp:
      return icmp(header);
    case Protocol::icmpv6:
      return icmpv6(header);
    case Protocol::igmp:
      return igmp(header);
    case Protocol::gre:
      return gre(header);
    case Protocol::vxlan:
      return vxlan(header);
    case Protocol::geneve:
      return geneve(header);
    default:
      break;
  }
}

bool Printer::dispatch_link(Protocol protocol, const Header& header) {
  switch (protocol) {
    case Protocol::ethernet:
      ethernet(header);
      return true;
    case Protocol::vlan:
    case Protocol::provider_vlan:
      vlan(header);
      return true;
    case Protocol::llc:
      llc(header);
      return true;
    case Protocol::snap:
      snap(header);
      return true;
    case Protocol::stp:
      stp(header);
      return true;
    case Protocol::ppp:
      ppp(header, false);
      return true;
    case Protocol::pppoe_session:
    case Protocol::pppoe_discovery:
      pppoe(header);
      return true;
    case Protocol::mpls:
      mpls(header);
      return true;
    case Protocol::arp:
      arp(header);
      return true;
    default:
      return false;
  }
}

bool Printer::dispatch_network(Protocol protocol, const Header& header) {
  switch (protocol) {
    case Protocol::ipv4:
      ipv4(header);
      return true;
    case Protocol::ipv6:
      ipv6(header);
      return true;
    case Protocol::ipv6_hop_by_hop:
      ipv6_options(header, "HBH", "hbhopt");
      return true;
    case Protocol::ipv6_destination:
      ipv6_options(header, "DSTOPT", "dstopt");
      return true;
    case Protocol::ipv6_routing:
      ipv6_routing(header);
      return true;
    case Protocol::ipv6_fragment:
      ipv6_fragment(header);
      return true;
    case Protocol::ah:
      ah(header);
      return true;
    case Protocol::esp:
      esp(header);
      return true;
    default:
      return false;
  }
}

}  // namespace weir::sink::text
