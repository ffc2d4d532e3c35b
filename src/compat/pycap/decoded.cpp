// A packet as pycap's headers, out of what decode() finds.
#include "weir/compat/pycap/capture.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/layers.h"
#include "weir/wire/null_loopback.h"

namespace weir::compat::pycap {
namespace {

using wire::Layer;
using wire::Layers;
using wire::Protocol;
using wire::StopReason;

constexpr std::uint16_t ethernet_hardware = 1;
/// Of the three times of a message.
constexpr std::size_t times_length = 12;
/// Of a message that has no members of its own.
constexpr std::size_t least_icmp_length = 4;

/// Puts headers into an item as long as each is where the one before ends.
class Decoding {
 public:
  explicit Decoding(const Packet& packet) noexcept
      : packet_{packet}, layers_{wire::decode(packet, wire::Depth::transport)} {
    found_.time = packet.timestamp;
    found_.rest = packet.data;
  }

  item found() {
    const std::optional<std::uint16_t> type = link();
    // Of ARP's kin, RARP say, pycap knows nothing.
    if (has(Protocol::arp) && type.value_or(wire::ether_type::arp) == wire::ether_type::arp) {
      add_arp();
    } else if (has(Protocol::ipv4) && add<protocol::ip, wire::Ipv4View>()) {
      transport();
    } else if (has(Protocol::ipv4) || type == wire::ether_type::ipv4) {
      refuse_ip();
    }
    return found_;
  }

 private:
  /// Whether the next of the layers is of that protocol.
  [[nodiscard]] bool has(Protocol protocol) const noexcept {
    return at_ < layers_.size() && layers_[at_].protocol == protocol;
  }

  /// Goes past the link header. The EtherType that it names, or would.
  std::optional<std::uint16_t> link() noexcept {
    if (has(Protocol::ethernet)) {
      if (!add<protocol::ethernet, wire::EthernetView>()) return std::nullopt;
      return std::get<protocol::ethernet>(found_.headers()[0]).type;
    }
    const bool has_none = has(Protocol::ipv4) || has(Protocol::ipv6) || has(Protocol::arp);
    if (layers_.size() == 0 || has_none) return std::nullopt;
    const auto loopback = wire::view<wire::NullView>(packet_, layers_, layers_[at_]);
    ++at_;
    if (loopback && loopback->ip_version() == 4) return wire::ether_type::ipv4;
    return std::nullopt;
  }

  /// False where it is cut or malformed.
  template <class Header, class View>
  bool add() noexcept {
    const auto view = wire::view<View>(packet_, layers_, layers_[at_]);
    if (view) add(Header{*view, from_here()}, view->header_length());
    return view.has_value();
  }
  void add(const protocol::any_header& header, std::size_t length) noexcept {
    found_.add(header);
    found_.rest = from_here();
    found_.rest = found_.rest.subspan(std::min(length, found_.rest.size()));
    ++at_;
  }
  [[nodiscard]] Bytes from_here() const noexcept {
    return packet_.data.subspan(layers_[at_].offset);
  }

  void add_arp() {
    const auto view = wire::view<wire::ArpView>(packet_, layers_, layers_[at_]);
    if (!view) return;
    if (view->protocol_type() != wire::ether_type::ipv4 ||
        view->protocol_length() != Ipv4Address::size) {
      throw protocol::not_implemented{ErrorCode::unsupported_format,
                                      "of ARP only that of IPv4 addresses is decoded"};
    }
    if (view->hardware_type() != ethernet_hardware || view->hardware_length() != MacAddress::size) {
      throw protocol::not_implemented{ErrorCode::unsupported_format,
                                      "of ARP only that of Ethernet addresses is decoded"};
    }
    add(protocol::arp{*view, from_here()}, view->header_length());
  }

  void transport() noexcept {
    if (has(Protocol::tcp))
      add<protocol::tcp, wire::TcpView>();
    else if (has(Protocol::udp))
      add<protocol::udp, wire::UdpView>();
    else if (has(Protocol::icmp))
      add_icmp();
  }

  void add_icmp() noexcept {
    const auto view = wire::view<wire::IcmpView>(packet_, layers_, layers_[at_]);
    if (!view) return;
    const auto add_as = [&]<class Header>(std::size_t length) {
      add(Header{*view, from_here()}, length);
    };
    constexpr std::size_t usual = wire::IcmpView::min_header_length;
    const bool has_times = view->payload().size() >= times_length;
    switch (view->type()) {
      case wire::IcmpType::echo:
        return add_as.operator()<protocol::icmpEchoRequest>(usual);
      case wire::IcmpType::echo_reply:
        return add_as.operator()<protocol::icmpEchoReply>(usual);
      case wire::IcmpType::information_request:
        return add_as.operator()<protocol::icmpInfoRequest>(usual);
      case wire::IcmpType::information_reply:
        return add_as.operator()<protocol::icmpInfoReply>(usual);
      case wire::IcmpType::redirect:
        return add_as.operator()<protocol::icmpRedirect>(usual);
      case wire::IcmpType::parameter_problem:
        return add_as.operator()<protocol::icmpParameterProblem>(usual);
      case wire::IcmpType::timestamp:
        if (has_times) return add_as.operator()<protocol::icmpTimestampRequest>(20);
        break;
      case wire::IcmpType::timestamp_reply:
        if (has_times) return add_as.operator()<protocol::icmpTimestampReply>(20);
        break;
      default:
        break;
    }
    add_as.operator()<protocol::icmp>(least_icmp_length);
  }

  void refuse_ip() const {
    const auto refused = [](const char* words) {
      return protocol::error{ErrorCode::damaged, words};
    };
    switch (layers_.stop) {
      case StopReason::snapped:
      case StopReason::truncated:
        throw refused("incomplete IP header");
      case StopReason::bad_version:
        throw refused("wrong IP version");
      case StopReason::bad_header_length:
        throw refused("bad IP header length");
      case StopReason::bad_length:
        throw refused("bad IP length");
      default:
        break;
    }
  }

  const Packet& packet_;
  const Layers layers_;
  std::size_t at_ = 0;
  item found_{};
};

}  // namespace

item decoded(const Packet& packet) { return Decoding{packet}.found(); }

}  // namespace weir::compat::pycap
