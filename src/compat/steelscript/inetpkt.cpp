// Layers of steelscript.packets, one within the other.
#include "weir/compat/steelscript/inetpkt.h"

#include <utility>

#include "weir/compat/steelscript/igmp.h"

namespace weir::compat::steelscript {
namespace {

/// A chain that goes round ends here.
constexpr int longest_chain = 10'000;

Payload null(Bytes bytes) { return std::make_shared<NullPkt>(bytes); }

/// A layer of that class, or a NullPkt where the bytes are none.
template <class Class>
Payload made(Bytes bytes, const L7Ports& ports, std::size_t depth) {
  auto layer = std::make_shared<Class>();
  if (layer->assign(bytes, ports, depth)) return layer;
  return null(bytes);
}

}  // namespace

PKT::PKT() : PKT{PktHeader::layer} {}

PKT::PKT(const LayerClass& layer) : pkt_name{layer.name}, pq_type{layer.pq_type} {
  for (const Query& query : layer.queries) query_fields.push_back(query.name);
}

template <class Matches>
PKT& PKT::find(int instance, Matches matches) {
  int steps = 0;
  for (PKT* at = this; at != nullptr && steps < longest_chain; at = at->next_layer(), ++steps) {
    if (matches(*at) && --instance == 0) return *at;
  }
  absent_ = std::make_shared<NullPkt>();
  return *absent_;
}

PKT& PKT::get_layer(std::string_view name, int instance) {
  return find(instance, [name](const PKT& layer) { return layer.pkt_name == name; });
}

PKT& PKT::get_layer_by_type(std::uint16_t type, int instance) {
  return find(instance, [type](const PKT& layer) { return layer.pq_type == type; });
}

std::optional<Value> PKT::get_field_val(std::string_view /*field*/) { return std::nullopt; }

Octets PKT::pkt2net(const Pkt2Net& told) {
  Octets out;
  append(out, told);
  return out;
}

void PKT::append(Octets& /*out*/, const Pkt2Net& /*told*/) {}

namespace header_layer {
namespace {

Payload read_port(const LayerClass& layer, const void* header, Bytes payload,
                  const L7Ports& ports) {
  for (const std::uint16_t port : l7_candidates(layer, header)) {
    const auto found = ports.find(port);
    if (found == ports.end()) continue;
    Payload made = found->second(payload);
    return made ? made : null(payload);
  }
  return null(payload);
}

}  // namespace

Payload read_payload(const LayerClass& layer, const void* header, Bytes payload,
                     const L7Ports& ports, std::size_t depth) {
  const Next next = layer.next == nullptr || payload.empty() || depth + 1 >= max_depth
                        ? Next::nothing
                        : layer.next(header, payload);
  switch (next) {
    case Next::ethernet:
      return made<Ethernet>(payload, ports, depth + 1);
    case Next::arp:
      return made<ARP>(payload, ports, depth + 1);
    case Next::ip:
      return made<IP>(payload, ports, depth + 1);
    case Next::udp:
      return made<UDP>(payload, ports, depth + 1);
    case Next::tcp:
      return made<TCP>(payload, ports, depth + 1);
    case Next::icmp:
      return made<ICMP>(payload, ports, depth + 1);
    case Next::mpls:
      return made<MPLS>(payload, ports, depth + 1);
    case Next::port:
      return read_port(layer, header, payload, ports);
    case Next::igmp:
      return made<IGMP>(payload, ports, depth + 1);
    case Next::nothing:
      return null(payload);
  }
  return null(payload);
}

void refuse(const LayerClass& layer, wire::ParseError error) {
  throw Error{ErrorCode::invalid_argument,
              "no " + std::string{layer.name} + " header: " + wire::name(error)};
}

void check_written(const LayerClass& layer, const void* header, const wire::Written& written) {
  if (written) return;
  throw Error{ErrorCode::invalid_argument, layer.refusal(header, written.error())};
}

}  // namespace header_layer

}  // namespace weir::compat::steelscript
