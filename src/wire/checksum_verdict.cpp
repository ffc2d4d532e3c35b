// Verifies the checksums of the headers decode() found, outermost first.
#include "weir/wire/checksum_verdict.h"

#include <algorithm>

#include "weir/wire/checksum.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/udp.h"

namespace weir::wire {
namespace {

constexpr std::uint16_t whole_sum = 0xffff;

ChecksumVerdict judge(WordSum sum) noexcept {
  return sum.folded() == whole_sum ? ChecksumVerdict::good : ChecksumVerdict::bad;
}

// Walks the layers of one packet and keeps what the pseudo-headers need: the nearest IP header so
// far, and where its datagram ends on the wire.
class Verifier {
 public:
  explicit Verifier(const Packet& packet) noexcept
      : data_{packet.data},
        wire_end_{std::max<std::size_t>(packet.data.size(), packet.wire_length)},
        offloaded_{has(packet.flags, PacketFlags::checksum_not_ready)} {}

  ChecksumVerdict verify(const Layer& layer) noexcept {
    if (layer.offset > captured_end()) return ChecksumVerdict::none;
    switch (layer.protocol) {
      case Protocol::ipv4:
        return ipv4(layer);
      case Protocol::ipv6:
        return ipv6(layer);
      case Protocol::ipv6_hop_by_hop:
        return hop_by_hop(layer);
      case Protocol::ipv6_routing:
        return routing(layer);
      case Protocol::ipv6_destination:
        return destination_options(layer);
      case Protocol::ipv6_fragment:
        return fragment(layer);
      case Protocol::tcp:
        return tcp(layer);
      case Protocol::udp:
        return udp(layer);
      case Protocol::udp_lite:
        return udp_lite(layer);
      case Protocol::icmp:
        return plain(layer);
      case Protocol::icmpv6:
        return icmpv6(layer);
      case Protocol::igmp:
        return igmp(layer);
      default:
        return ChecksumVerdict::none;
    }
  }

 private:
  // Where what was captured of the datagram ends.
  [[nodiscard]] std::size_t captured_end() const noexcept {
    return std::min(data_.size(), wire_end_);
  }

  // Precondition: offset <= captured_end().
  [[nodiscard]] Bytes from(std::size_t offset) const noexcept {
    return data_.first(captured_end()).subspan(offset);
  }

  // Whether the checksum field `at` bytes into the header was captured and is the datagram's.
  [[nodiscard]] bool has_field(const Layer& layer, std::size_t at) const noexcept {
    return layer.offset + at + sizeof(std::uint16_t) <= captured_end();
  }

  [[nodiscard]] bool readable(std::size_t begin, std::size_t end) const noexcept {
    return version_ != 0 && length_known_ && !fragment_ && begin < end && end <= data_.size();
  }

  // Precondition: readable(begin, end).
  [[nodiscard]] WordSum sum(std::size_t begin, std::size_t end) const noexcept {
    return word_sum(data_.subspan(begin, end - begin));
  }

  [[nodiscard]] WordSum pseudo_header(std::uint8_t protocol, std::size_t length) const noexcept {
    if (version_ == 4) {
      return pseudo_header_sum(source_.v4(), destination_.v4(), protocol, length);
    }
    return pseudo_header_sum(source_.v6(), destination_.v6(), protocol, length);
  }

  [[nodiscard]] ChecksumVerdict with_pseudo_header(std::size_t begin, std::size_t end,
                                                   std::uint8_t protocol) const noexcept {
    if (!readable(begin, end)) return ChecksumVerdict::unverified;
    return judge(sum(begin, end) + pseudo_header(protocol, end - begin));
  }

  [[nodiscard]] ChecksumVerdict plain(const Layer& layer) const noexcept {
    if (!has_field(layer, 2)) return ChecksumVerdict::none;
    return readable(layer.offset, wire_end_) ? judge(sum(layer.offset, wire_end_))
                                             : ChecksumVerdict::unverified;
  }

  // Other protocols share IGMP's number (RGMP, DVMRP, PIM version 1): not IGMP's checksum.
  [[nodiscard]] ChecksumVerdict igmp(const Layer& layer) const noexcept {
    if (!has_field(layer, 2)) return ChecksumVerdict::none;
    switch (static_cast<IgmpType>(data_[layer.offset])) {
      case IgmpType::membership_query:
      case IgmpType::membership_report_v1:
      case IgmpType::membership_report_v2:
      case IgmpType::leave_group:
      case IgmpType::membership_report_v3:
        return plain(layer);
    }
    return ChecksumVerdict::none;
  }

  [[nodiscard]] ChecksumVerdict icmpv6(const Layer& layer) const noexcept {
    if (!has_field(layer, 2)) return ChecksumVerdict::none;
    return with_pseudo_header(layer.offset, wire_end_, ip_protocol::icmpv6);
  }

  [[nodiscard]] ChecksumVerdict tcp(const Layer& layer) const noexcept {
    if (!has_field(layer, 16)) return ChecksumVerdict::none;
    if (data_[layer.offset + 12] >> 4 < 5) return ChecksumVerdict::none;  // no TCP header at all
    return offloaded_ ? ChecksumVerdict::unverified
                      : with_pseudo_header(layer.offset, wire_end_, ip_protocol::tcp);
  }

  ChecksumVerdict ipv4(const Layer& layer) noexcept {
    version_ = 0;
    const auto header = Ipv4View::parse(from(layer.offset));
    if (!header) {
      const bool cut = header.error() == ParseError::truncated && has_field(layer, 10);
      return cut ? ChecksumVerdict::unverified : ChecksumVerdict::none;
    }
    limit(layer.offset, header->total_length());
    version_ = 4;
    source_ = header->source();
    destination_ = header->destination();
    fragment_ = header->is_fragment();
    return judge(word_sum(header->bytes().first(header->header_length())));
  }

  ChecksumVerdict ipv6(const Layer& layer) noexcept {
    version_ = 0;
    const auto header = Ipv6View::parse(from(layer.offset));
    if (!header) return ChecksumVerdict::none;
    limit(layer.offset, header->payload_field() == 0 ? 0 : header->datagram_length());
    network_offset_ = layer.offset;
    version_ = 6;
    source_ = header->source();
    destination_ = header->destination();
    fragment_ = false;
    return ChecksumVerdict::none;
  }

  // A length of 0 is one that segmentation offload left out, and the checksums with it.
  void limit(std::size_t offset, std::size_t length) noexcept {
    length_known_ = length != 0;
    if (length_known_) wire_end_ = std::min(wire_end_, offset + length);
  }

  ChecksumVerdict hop_by_hop(const Layer& layer) noexcept {
    const auto header = Ipv6OptionsView::parse(from(layer.offset));
    if (!header || version_ != 6 || length_known_) return ChecksumVerdict::none;
    if (const auto length = header->jumbo_payload_length()) {
      limit(network_offset_, Ipv6View::min_header_length + std::size_t{*length});
    }
    return ChecksumVerdict::none;
  }

  ChecksumVerdict routing(const Layer& layer) noexcept {
    if (const auto header = Ipv6RoutingView::parse(from(layer.offset)); header && version_ == 6) {
      if (const auto destination = header->final_destination()) destination_ = *destination;
    }
    return ChecksumVerdict::none;
  }

  // RFC 6275 11.3.1: the pseudo-header holds the home address, not the care-of address.
  ChecksumVerdict destination_options(const Layer& layer) noexcept {
    const auto header = Ipv6OptionsView::parse(from(layer.offset));
    if (!header || version_ != 6) return ChecksumVerdict::none;
    for (const Ipv6Option& option : header->options()) {
      if (option.type == Ipv6Option::home_address && option.data.size() == Ipv6Address::size) {
        source_ = Ipv6Address::load(option.data.data());
      }
    }
    return ChecksumVerdict::none;
  }

  ChecksumVerdict fragment(const Layer& layer) noexcept {
    const auto header = Ipv6FragmentView::parse(from(layer.offset));
    if (header && header->is_fragment()) fragment_ = true;
    return ChecksumVerdict::none;
  }

  ChecksumVerdict udp(const Layer& layer) noexcept {
    const auto header = UdpView::parse(from(layer.offset));
    if (!header) return ChecksumVerdict::none;
    // Only a jumbogram may leave its length out (RFC 2675 4).
    if (header->length() == 0 && version_ == 4) return ChecksumVerdict::none;
    const std::size_t end = header->length() == 0 ? wire_end_ : layer.offset + header->length();
    // More than its datagram holds: part of it is missing.
    const bool whole = end <= wire_end_;
    wire_end_ = std::min(wire_end_, end);  // and what a tunnel carries ends there
    if (header->checksum() == 0) {
      return version_ == 6 ? ChecksumVerdict::bad : ChecksumVerdict::not_present;
    }
    return offloaded_ || !whole ? ChecksumVerdict::unverified
                                : with_pseudo_header(layer.offset, wire_end_, ip_protocol::udp);
  }

  // RFC 3828 3.1: 0 covers all; the pseudo-header holds the length of the packet, not the coverage.
  [[nodiscard]] ChecksumVerdict udp_lite(const Layer& layer) const noexcept {
    constexpr std::size_t header_length = 8;
    if (offloaded_ || from(layer.offset).size() < header_length) return ChecksumVerdict::unverified;
    const std::size_t length = wire_end_ - std::min<std::size_t>(wire_end_, layer.offset);
    const std::size_t field = load_be<std::uint16_t>(data_.data() + layer.offset + 4);
    const std::size_t coverage = field == 0 ? length : field;
    if (coverage < header_length || coverage > length) return ChecksumVerdict::bad;
    if (!readable(layer.offset, layer.offset + coverage)) return ChecksumVerdict::unverified;
    return judge(sum(layer.offset, layer.offset + coverage) +
                 pseudo_header(ip_protocol::udp_lite, length));
  }

  Bytes data_;
  std::size_t wire_end_;
  IpAddress source_{};
  IpAddress destination_{};
  std::size_t network_offset_ = 0;
  int version_ = 0;
  bool length_known_ = false;
  bool fragment_ = false;
  bool offloaded_;
};

}  // namespace

ChecksumVerdicts verify_checksums(const Packet& packet, const Layers& layers) noexcept {
  ChecksumVerdicts verdicts{};
  Verifier verifier{packet};
  for (std::size_t index = 0; index < layers.size(); ++index) {
    verdicts[index] = verifier.verify(layers[index]);
  }
  return verdicts;
}

const char* name(ChecksumVerdict verdict) noexcept {
  switch (verdict) {
    case ChecksumVerdict::none:
      return "none";
    case ChecksumVerdict::good:
      return "good";
    case ChecksumVerdict::bad:
      return "bad";
    case ChecksumVerdict::unverified:
      return "unverified";
    case ChecksumVerdict::not_present:
      return "not_present";
  }
  return "";
}

}  // namespace weir::wire
