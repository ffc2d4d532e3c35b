// Checksum verdicts where the datagram's destination is not the last one, and where a tunnel cut
// it.
#include <gtest/gtest.h>

#include <string>

#include "support/frames.h"
#include "support/hex.h"
#include "weir/wire/checksum.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::wire {
namespace {

using test::frame;
using test::hex;
using test::Octets;
using test::rest;

const Ipv4Address here4{{192, 0, 2, 1}};
const Ipv4Address next4{{198, 51, 100, 2}};
const Ipv4Address last4{{203, 0, 113, 9}};
const Ipv6Address here6 = *parse_ipv6("2001:db8::1");
const Ipv6Address next6 = *parse_ipv6("2001:db8::2");
const Ipv6Address last6 = *parse_ipv6("2001:db8::99");

Packet raw(Bytes bytes) {
  return {.data = bytes,
          .wire_length = static_cast<std::uint32_t>(bytes.size()),
          .link_type = LinkType::raw};
}

/// The verdicts of a packet as text: "ip good, tcp bad".
std::string verdicts(const Packet& packet) {
  const Layers layers = decode(packet);
  const ChecksumVerdicts found = verify_checksums(packet, layers);
  std::string all;
  for (std::size_t index = 0; index < layers.size(); ++index) {
    if (found[index] == ChecksumVerdict::none) continue;
    if (!all.empty()) all += ", ";
    all += std::string{name(layers[index].protocol)} + " " + name(found[index]);
  }
  return all;
}
std::string verdicts(const Octets& bytes) { return verdicts(raw(bytes)); }

/// A UDP datagram of 12 bytes whose checksum is right with these addresses.
template <class Address>
Octets udp_between(const Address& from, const Address& to) {
  Octets segment = frame(test::udp(), rest(4));
  store_be(segment.data() + 6,
           internet_checksum(segment, pseudo_header_sum(from, to, 17, segment.size())));
  return segment;
}

/// From here4 to next4 with options; the checksum of UDP is right for `destination`.
Octets routed4(const Octets& options, const Ipv4Address& destination) {
  return frame(
      Ipv4Fields{.protocol = 17, .source = here4, .destination = next4, .options = options},
      udp_between(here4, destination));
}

Octets routed6(const Octets& header, const Ipv6Address& destination) {
  return frame(Ipv6Fields{.next_header = 43, .source = here6, .destination = next6}, header,
               udp_between(here6, destination));
}

Octets routing_header(std::uint8_t type, std::uint8_t left, const Octets& addresses) {
  Octets header{17, static_cast<std::uint8_t>(addresses.size() / 8), type, left, 0, 0, 0, 0};
  header.insert(header.end(), addresses.begin(), addresses.end());
  return header;
}

Octets octets_of(std::initializer_list<Ipv6Address> addresses) {
  Octets all;
  for (const Ipv6Address& address : addresses) {
    all.insert(all.end(), address.octets.begin(), address.octets.end());
  }
  return all;
}

TEST(ChecksumRoute, OfIpv4EndsAtTheLastAddressWhileItIsUnfinished) {
  for (const std::uint8_t kind : {std::uint8_t{131}, std::uint8_t{137}}) {
    Octets route = hex("83 0b 04 c6 33 64 08 cb 00 71 09 00");
    route[0] = kind;
    EXPECT_EQ(verdicts(routed4(route, last4)), "ip good, udp good");
    EXPECT_EQ(verdicts(routed4(route, next4)), "ip good, udp bad");
    route[2] = 8;  // one address left
    EXPECT_EQ(verdicts(routed4(route, last4)), "ip good, udp good");
    route[2] = 12;  // used up
    EXPECT_EQ(verdicts(routed4(route, next4)), "ip good, udp good");
    EXPECT_EQ(verdicts(routed4(route, last4)), "ip good, udp bad");
  }
  const Octets recorded =
      hex("07 0b 04 c6 33 64 08 cb 00 71 09 00");  // a record, not a source route
  EXPECT_EQ(verdicts(routed4(recorded, next4)), "ip good, udp good");
}

TEST(ChecksumRoute, OfIpv4ThatIsMalformedIsNone) {
  for (const char* const options :
       {"83 03 04 00", "83 06 04 c6 33 64 00 00", "83 02 00 00", "83 00 04 00",
        "83 0f 04 cb 00 71 09 00", "00 83 07 04 cb 00 71 09", "83 07 ff cb 00 71 09 00"}) {
    EXPECT_EQ(verdicts(routed4(hex(options), next4)), "ip good, udp good") << options;
  }
  // The first of two routes counts: there may be one.
  EXPECT_EQ(verdicts(routed4(hex("01 83 07 04 cb 00 71 09 89 07 04 c6 33 64 08 00"), last4)),
            "ip good, udp good");
}

TEST(ChecksumRoute, OfIpv6EndsAtTheLastSegmentWhileOneIsLeft) {
  const Octets addresses = octets_of({*parse_ipv6("2001:db8::5"), last6});
  const Octets reversed = octets_of({last6, *parse_ipv6("2001:db8::5")});
  for (const std::uint8_t left : {std::uint8_t{1}, std::uint8_t{2}}) {
    EXPECT_EQ(verdicts(routed6(routing_header(0, left, addresses), last6)), "udp good");
    EXPECT_EQ(verdicts(routed6(routing_header(2, left, addresses), last6)), "udp good");
    EXPECT_EQ(verdicts(routed6(routing_header(4, left, reversed), last6)), "udp good");
    EXPECT_EQ(verdicts(routed6(routing_header(4, left, reversed), next6)), "udp bad");
  }
  for (const std::uint8_t type : {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{4}}) {
    EXPECT_EQ(verdicts(routed6(routing_header(type, 0, addresses), next6)), "udp good");
    EXPECT_EQ(verdicts(routed6(routing_header(type, 9, addresses), next6)), "udp good");
  }
  // RPL: the last byte of one address, seven bytes of padding.
  const Octets rpl = hex("11 01 03 01 ff 70 00 00 99 00 00 00 00 00 00 00");
  EXPECT_EQ(verdicts(routed6(rpl, last6)), "udp good");
  EXPECT_EQ(verdicts(routed6(rpl, next6)), "udp bad");
}

TEST(ChecksumRoute, TellsWhatABadFieldShouldHold) {
  const Octets bytes = routed4({}, last4);
  const Packet packet = raw(bytes);
  const ChecksumVerdicts found = verify_checksums(packet, decode(packet));
  ASSERT_EQ(found[2], ChecksumVerdict::bad);
  EXPECT_EQ(found.expected[2], load_be<std::uint16_t>(routed4({}, next4).data() + 26));
}

TEST(ChecksumTunnel, CutByAFragmentIsUnverifiedWhateverIsInside) {
  const Octets whole = frame(Ipv4Fields{.protocol = 17, .source = here4, .destination = next4},
                             udp_between(here4, next4));
  const auto first_fragment = [](std::uint8_t protocol, const Octets& inside) {
    return frame(
        Ipv4Fields{
            .more_fragments = true, .protocol = protocol, .source = here4, .destination = next4},
        inside);
  };
  const auto cut = [](Octets bytes, std::size_t size) {
    bytes.resize(bytes.size() - size);
    return bytes;
  };
  EXPECT_EQ(verdicts(first_fragment(4, cut(whole, 4))), "ip good, ip good, udp unverified");
  EXPECT_EQ(verdicts(first_fragment(4, whole)), "ip good, ip good, udp good");
  const Octets in_gre = frame(Octets{0, 0, 8, 0}, whole);
  EXPECT_EQ(verdicts(first_fragment(47, cut(in_gre, 4))), "ip good, ip good, udp unverified");
  const Octets in_vxlan =
      frame(test::udp(4789), Octets{8, 0, 0, 0, 0, 0, 7, 0}, test::eth(0x0800), whole);
  EXPECT_EQ(verdicts(first_fragment(17, cut(in_vxlan, 4))),
            "ip good, udp not_present, ip good, udp unverified");
  // Of IPv6, and of a fragment header.
  const Octets six = frame(Ipv6Fields{.next_header = 17, .source = here6, .destination = next6},
                           udp_between(here6, next6));
  EXPECT_EQ(verdicts(first_fragment(41, cut(six, 4))), "ip good, udp unverified");
  const Octets split =
      frame(Ipv6FragmentFields{.next_header = 4, .more_fragments = true}, cut(whole, 4));
  EXPECT_EQ(
      verdicts(frame(Ipv6Fields{.next_header = 44, .source = here6, .destination = next6}, split)),
      "ip good, udp unverified");
}

TEST(ChecksumTunnel, MayLeaveOutTheChecksumOfUdpOverIpv6) {
  const auto over_ipv6 = [](std::uint16_t port, const Octets& payload) {
    return frame(Ipv6Fields{.next_header = 17, .source = here6, .destination = next6},
                 test::udp(port), payload);
  };
  const Octets inside = frame(test::eth(0x0800), test::datagram());
  // RFC 6935 5.
  EXPECT_EQ(verdicts(over_ipv6(4789, frame(Octets{8, 0, 0, 0, 0, 0, 7, 0}, inside))),
            "udp not_present, ip good, udp not_present");
  EXPECT_EQ(verdicts(over_ipv6(7777, rest(9))), "udp bad");
}

}  // namespace
}  // namespace weir::wire
