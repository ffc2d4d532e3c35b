// Verifies the checksums of the headers decode() found, outermost first.
#include "weir/wire/checksum_verdict.h"

#include <algorithm>

#include "crc32.h"
#include "jumbogram.h"
#include "weir/wire/checksum.h"
#include "weir/wire/dccp.h"
#include "weir/wire/gre.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/udp.h"

namespace weir::wire {
namespace {

constexpr std::uint16_t whole_sum = 0xffff;

/// A verdict, and what the field should hold where it is bad.
struct Judgement {
  Judgement(ChecksumVerdict of) noexcept : verdict{of} {}  // NOLINT(*-explicit-*): a verdict is one

  ChecksumVerdict verdict;
  std::uint16_t expected = 0;
};

/// Of a sum over everything that holds `stored` in place of what it should.
[[gnu::cold]] Judgement bad(WordSum sum, std::uint16_t stored) noexcept {
  Judgement bad{ChecksumVerdict::bad};
  const WordSum without = WordSum::of(static_cast<std::uint16_t>(~stored));
  bad.expected = static_cast<std::uint16_t>(~(sum + without).folded());
  return bad;
}

/// Judges the sum over everything, with `stored` in it.
inline Judgement judge(WordSum sum, std::uint16_t stored) noexcept {
  return sum.folded() == whole_sum ? Judgement{ChecksumVerdict::good} : bad(sum, stored);
}

/// RFC 768, RFC 3828 3.1: a sum of 0 is sent as all ones.
inline Judgement without_zero(Judgement judgement) noexcept {
  if (judgement.verdict == ChecksumVerdict::bad && judgement.expected == 0) {
    judgement.expected = whole_sum;
  }
  return judgement;
}

// Walks the layers of one packet and keeps what the pseudo-headers need: the nearest IP header so
// far, and where its datagram ends on the wire.
class Verifier {
 public:
  Verifier(const Packet& packet, const Layers& layers) noexcept
      : packet_{packet},
        layers_{layers},
        data_{packet.data},
        wire_end_{std::max<std::size_t>(packet.data.size(), packet.wire_length)},
        offloaded_{has(packet.flags, PacketFlags::checksum_not_ready)} {}

  /// `next`: what the header carries; none behind the last.
  Judgement verify(const Layer& layer, const Layer* next) noexcept {
    if (layer.offset > captured_end()) return ChecksumVerdict::none;
    switch (layer.protocol) {
      case Protocol::ipv4:
        return ipv4(layer);
      case Protocol::ipv6:
        return ipv6(layer);
      case Protocol::ipv6_routing:
      case Protocol::ipv6_destination:
        return rerouted(layer);
      case Protocol::ipv6_fragment:
        return fragment(layer);
      case Protocol::tcp:
        return tcp(layer);
      case Protocol::udp:
        return udp(layer, next);
      case Protocol::udp_lite:
        return udp_lite(layer);
      case Protocol::icmp:
      case Protocol::eigrp:
        return plain(layer);
      case Protocol::icmpv6:
        return icmpv6(layer);
      case Protocol::igmp:
        return igmp(layer);
      case Protocol::sctp:
        return sctp(layer);
      case Protocol::dccp:
        return dccp(layer);
      case Protocol::ipv6_mobility:
        return mobility(layer);
      case Protocol::gre:
        return gre(layer);
      case Protocol::ospf:
        return ospf(layer);
      case Protocol::pim:
        return pim(layer);
      case Protocol::vrrp:
        return vrrp(layer);
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

  // Whether all of the datagram is there to be summed: not a fragment, of known length, and not
  // cut by what carries it.
  [[nodiscard]] bool whole_datagram() const noexcept {
    return version_ != 0 && length_known_ && !cut_ && !fragment_;
  }

  [[nodiscard]] bool readable(std::size_t begin, std::size_t end) const noexcept {
    return whole_datagram() && begin < end && end <= captured_end();
  }

  // Precondition: has_field(layer, at).
  [[nodiscard]] std::uint16_t stored(const Layer& layer, std::size_t at) const noexcept {
    return load_be<std::uint16_t>(data_.data() + layer.offset + at);
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

  // `end`: where what is covered ends; the field stands `at` bytes into the header.
  [[nodiscard]] Judgement plain(const Layer& layer, std::size_t at,
                                std::size_t end) const noexcept {
    if (!has_field(layer, at)) return ChecksumVerdict::none;
    if (!readable(layer.offset, end)) return ChecksumVerdict::unverified;
    return judge(sum(layer.offset, end), stored(layer, at));
  }
  [[nodiscard]] Judgement plain(const Layer& layer) const noexcept {
    return plain(layer, 2, wire_end_);
  }

  // Inlined by force: what most packets need.
  [[nodiscard, gnu::always_inline]] Judgement with_pseudo_header(
      const Layer& layer, std::size_t at, std::size_t end, std::uint8_t protocol) const noexcept {
    if (!has_field(layer, at)) return ChecksumVerdict::none;
    if (!readable(layer.offset, end)) return ChecksumVerdict::unverified;
    return judge(sum(layer.offset, end) + pseudo_header(protocol, end - layer.offset),
                 stored(layer, at));
  }

  // The same over the first `coverage` bytes only; the pseudo-header holds the whole length.
  [[nodiscard]] Judgement with_coverage(const Layer& layer, std::size_t coverage,
                                        std::uint8_t protocol) const noexcept {
    if (!readable(layer.offset, layer.offset + coverage)) return ChecksumVerdict::unverified;
    return judge(sum(layer.offset, layer.offset + coverage) +
                     pseudo_header(protocol, wire_end_ - layer.offset),
                 stored(layer, 6));
  }

  // Other protocols share IGMP's number (RGMP, DVMRP, PIM version 1): not IGMP's checksum.
  [[nodiscard]] Judgement igmp(const Layer& layer) const noexcept {
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

  [[nodiscard]] Judgement icmpv6(const Layer& layer) const noexcept {
    return with_pseudo_header(layer, 2, wire_end_, ip_protocol::icmpv6);
  }

  [[nodiscard]] Judgement tcp(const Layer& layer) const noexcept {
    if (!has_field(layer, 16)) return ChecksumVerdict::none;
    if (data_[layer.offset + 12] >> 4 < 5) return ChecksumVerdict::none;  // no TCP header at all
    return offloaded_ ? ChecksumVerdict::unverified
                      : with_pseudo_header(layer, 16, wire_end_, ip_protocol::tcp);
  }

  Judgement ipv4(const Layer& layer) noexcept {
    version_ = 0;
    const auto header = Ipv4View::parse(from(layer.offset));
    if (!header) {
      const bool cut = header.error() == ParseError::truncated && has_field(layer, 10);
      return cut ? ChecksumVerdict::unverified : ChecksumVerdict::none;
    }
    begin_datagram(layer, header->stated_length());
    version_ = 4;
    source_ = header->source();
    destination_ = header->final_destination();
    fragment_ = header->is_fragment();
    return judge(word_sum(header->bytes().first(header->header_length())),
                 header->header_checksum());
  }

  Judgement ipv6(const Layer& layer) noexcept {
    version_ = 0;
    const auto header = Ipv6View::parse(from(layer.offset));
    if (!header) return ChecksumVerdict::none;
    begin_datagram(layer, stated_length(*header));
    version_ = 6;
    source_ = header->source();
    destination_ = header->destination();
    fragment_ = false;
    return ChecksumVerdict::none;
  }

  // As extent_of() says; of the innermost, which is mostly the only one, at once.
  [[nodiscard]] std::size_t datagram_length(const Layer& layer) const noexcept {
    const auto index = static_cast<std::size_t>(&layer - layers_.begin());
    return index == layers_.inner.network ? layers_.inner.length
                                          : extent_of(packet_, layers_, layer).wire_length;
  }

  // One without a stated length has no checksums to verify either: segmentation offload left both
  // out.
  void begin_datagram(const Layer& layer, std::size_t stated_length) noexcept {
    wire_end_ = std::min(wire_end_, layer.offset + datagram_length(layer));
    length_known_ = stated_length != 0;
    cut_ = layer.offset + stated_length > wire_end_;
  }

  Judgement rerouted(const Layer& layer) noexcept {
    if (version_ != 6) return ChecksumVerdict::none;
    Ipv6Ends ends{.source = source_.v6(), .destination = destination_.v6()};
    ends.pass(layer.protocol, from(layer.offset));
    source_ = ends.source;
    destination_ = ends.destination;
    return ChecksumVerdict::none;
  }

  Judgement fragment(const Layer& layer) noexcept {
    const auto header = Ipv6FragmentView::parse(from(layer.offset));
    if (header && header->is_fragment()) fragment_ = true;
    return ChecksumVerdict::none;
  }

  Judgement udp(const Layer& layer, const Layer* next) noexcept {
    const auto header = UdpView::parse(from(layer.offset));
    if (!header) return ChecksumVerdict::none;
    // Only a jumbogram may leave its length out (RFC 2675 4).
    if (header->length() == 0 && version_ == 4) return ChecksumVerdict::none;
    const std::size_t end = header->length() == 0 ? wire_end_ : layer.offset + header->length();
    // More than its datagram holds: part of it is missing.
    const bool whole = end <= wire_end_;
    if (header->length() != 0) cut_ = !whole;
    wire_end_ = std::min(wire_end_, end);  // and what a tunnel carries ends there
    if (header->checksum() == 0) {
      // RFC 6935 5: over IPv6 only tunnels may leave it out.
      const bool tunnel = next != nullptr && !is_application(next->protocol);
      if (version_ != 6 || tunnel) return ChecksumVerdict::not_present;
      // What it should hold can be told only where all of the datagram is there.
      if (!whole || !readable(layer.offset, wire_end_)) return ChecksumVerdict::bad;
      return without_zero(bad(
          sum(layer.offset, wire_end_) + pseudo_header(ip_protocol::udp, wire_end_ - layer.offset),
          0));
    }
    if (offloaded_ || !whole) return ChecksumVerdict::unverified;
    return without_zero(with_pseudo_header(layer, 6, wire_end_, ip_protocol::udp));
  }

  // RFC 3828 3.1: 0 covers all; the pseudo-header holds the length of the packet, not the coverage.
  [[nodiscard]] Judgement udp_lite(const Layer& layer) const noexcept {
    constexpr std::size_t header_length = 8;
    if (offloaded_ || from(layer.offset).size() < header_length) return ChecksumVerdict::unverified;
    if (!whole_datagram()) return ChecksumVerdict::unverified;
    const std::size_t length = wire_end_ - layer.offset;
    const std::size_t field = stored(layer, 4);
    const std::size_t coverage = field == 0 ? length : field;
    if (coverage < header_length || coverage > length) return ChecksumVerdict::bad;
    return without_zero(with_coverage(layer, coverage, ip_protocol::udp_lite));
  }

  // RFC 4340 9.2: 0 covers all, 1 the header, each more four bytes of what follows.
  [[nodiscard]] Judgement dccp(const Layer& layer) const noexcept {
    const auto header = DccpView::parse(from(layer.offset));
    if (!header) return has_field(layer, 6) ? ChecksumVerdict::unverified : ChecksumVerdict::none;
    if (!whole_datagram()) return ChecksumVerdict::unverified;
    const std::size_t length = wire_end_ - layer.offset;
    const std::size_t words = header->checksum_coverage();
    const std::size_t coverage = words == 0 ? length : header->header_length() + 4 * (words - 1);
    return coverage > length ? ChecksumVerdict::bad
                             : with_coverage(layer, coverage, ip_protocol::dccp);
  }

  // RFC 9260 6.8: CRC32c with the field as zero.
  [[nodiscard]] Judgement sctp(const Layer& layer) const noexcept {
    constexpr std::size_t field = 8;
    constexpr std::size_t field_end = field + sizeof(std::uint32_t);
    if (layer.offset + field_end > captured_end()) return ChecksumVerdict::none;
    if (offloaded_ || !readable(layer.offset, wire_end_)) return ChecksumVerdict::unverified;
    const Bytes packet = data_.subspan(layer.offset, wire_end_ - layer.offset);
    return sctp_checksum(packet) == load_le<std::uint32_t>(packet.data() + field)
               ? ChecksumVerdict::good
               : ChecksumVerdict::bad;
  }

  // RFC 6275 6.1.1: of the mobility header alone.
  [[nodiscard]] Judgement mobility(const Layer& layer) const noexcept {
    const auto header = Ipv6MobilityView::parse(from(layer.offset));
    if (!header) return has_field(layer, 4) ? ChecksumVerdict::unverified : ChecksumVerdict::none;
    return with_pseudo_header(layer, 4, layer.offset + header->header_length(),
                              ip_protocol::ipv6_mobility);
  }

  // RFC 2784 2.3: of header and payload.
  [[nodiscard]] Judgement gre(const Layer& layer) const noexcept {
    const auto header = GreView::parse(from(layer.offset));
    return header && header->has_checksum() ? plain(layer, 4, wire_end_) : ChecksumVerdict::none;
  }

  // RFC 2328 D.4: without the authentication field; none with cryptographic authentication.
  // RFC 5340 A.3.1: version 3 with the pseudo-header.
  [[nodiscard]] Judgement ospf(const Layer& layer) const noexcept {
    constexpr std::size_t field = 12;
    if (!has_field(layer, field)) return ChecksumVerdict::none;
    const std::size_t end = layer.offset + stored(layer, 2);
    const std::uint8_t version = data_[layer.offset];
    if (version == 3) return with_pseudo_header(layer, field, end, ip_protocol::ospf);
    constexpr std::size_t authentication = 16;
    constexpr std::size_t header_length = 24;
    constexpr std::uint16_t cryptographic = 2;
    if (version != 2 || end < layer.offset + header_length) return ChecksumVerdict::none;
    if (!readable(layer.offset, end)) return ChecksumVerdict::unverified;
    if (stored(layer, 14) == cryptographic) return ChecksumVerdict::none;
    WordSum covered = sum(layer.offset, layer.offset + authentication);
    if (end > layer.offset + header_length) covered += sum(layer.offset + header_length, end);
    return judge(covered, stored(layer, field));
  }

  // RFC 7761 4.9: a register message without the packet it carries, though some cover that too.
  [[nodiscard]] Judgement pim(const Layer& layer) const noexcept {
    constexpr std::uint8_t version_2 = 0x20;
    constexpr std::uint8_t type_register = 1;
    constexpr std::size_t register_length = 8;
    if (!has_field(layer, 2)) return ChecksumVerdict::none;
    const std::uint8_t first = data_[layer.offset];
    if ((first & 0xf0) != version_2) return ChecksumVerdict::none;
    const auto up_to = [&](std::size_t end) {
      return version_ == 6 ? with_pseudo_header(layer, 2, end, ip_protocol::pim)
                           : plain(layer, 2, end);
    };
    if ((first & 0x0f) == type_register) {
      const Judgement header = up_to(layer.offset + register_length);
      if (header.verdict != ChecksumVerdict::bad) return header;
    }
    return up_to(wire_end_);
  }

  // RFC 3768 5.3.8: over the message; RFC 5798 5.2.8: version 3 with the pseudo-header, which
  // some leave out over IPv4.
  [[nodiscard]] Judgement vrrp(const Layer& layer) const noexcept {
    constexpr std::size_t field = 6;
    if (!has_field(layer, field)) return ChecksumVerdict::none;
    const Judgement alone = plain(layer, field, wire_end_);
    const int version = data_[layer.offset] >> 4;
    if (version == 2 || (version_ == 4 && alone.verdict == ChecksumVerdict::good)) return alone;
    return with_pseudo_header(layer, field, wire_end_, ip_protocol::vrrp);
  }

  const Packet& packet_;
  const Layers& layers_;
  Bytes data_;
  std::size_t wire_end_;
  IpAddress source_{};
  IpAddress destination_{};
  int version_ = 0;
  bool length_known_ = false;
  bool cut_ = false;
  bool fragment_ = false;
  bool offloaded_;
};

}  // namespace

ChecksumVerdicts verify_checksums(const Packet& packet, const Layers& layers) noexcept {
  ChecksumVerdicts verdicts{};
  Verifier verifier{packet, layers};
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const Layer* const next = index + 1 < layers.size() ? &layers[index + 1] : nullptr;
    const Judgement found = verifier.verify(layers[index], next);
    verdicts.verdicts[index] = found.verdict;
    if (found.verdict == ChecksumVerdict::bad) verdicts.expected[index] = found.expected;
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
