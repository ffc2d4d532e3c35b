// Checksum verdicts: every protocol, tunnels, and what cannot be verified.
#include "weir/wire/checksum_verdict.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/frames.h"
#include "support/hex.h"
#include "weir/wire/checksum.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"

namespace weir::wire {
namespace {

using test::hex;
using Octets = std::vector<std::uint8_t>;

const Ipv4Address source4{{192, 0, 2, 1}};
const Ipv4Address destination4{{198, 51, 100, 2}};
const Ipv6Address source6 = *parse_ipv6("2001:db8::1");
const Ipv6Address destination6 = *parse_ipv6("2001:db8::2");
const Ipv6Address final6 = *parse_ipv6("2001:db8:ffff::3");
const auto text = hex("68 65 6c 6c 6f");  // odd on purpose

Octets joined(Octets front, const Octets& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

/// A header that tells of `behind` bytes behind it.
template <class Fields>
Octets written(const Fields& fields, std::size_t behind = 0) {
  return test::header_bytes(fields, Octets(behind));
}

Octets with_checksum(Octets segment, std::size_t at, WordSum pseudo_header) {
  store_be(segment.data() + at, internet_checksum(segment, pseudo_header));
  return segment;
}

Octets in_ipv4(std::uint8_t protocol, const Octets& payload, bool more_fragments = false) {
  const Ipv4Fields fields{.more_fragments = more_fragments,
                          .protocol = protocol,
                          .source = source4,
                          .destination = destination4};
  return joined(written(fields, payload.size()), payload);
}

Octets in_ipv6(std::uint8_t next_header, const Octets& payload) {
  const Ipv6Fields fields{
      .next_header = next_header, .source = source6, .destination = destination6};
  return joined(written(fields, payload.size()), payload);
}

Octets tcp4() {
  const Octets segment = joined(written(TcpFields{.source_port = 1, .destination_port = 2}), text);
  return with_checksum(segment, 16, pseudo_header_sum(source4, destination4, 6, segment.size()));
}

Octets udp4() {
  const Octets segment =
      joined(written(UdpFields{.source_port = 9, .destination_port = 9}, text.size()), text);
  return with_checksum(segment, 6, pseudo_header_sum(source4, destination4, 17, segment.size()));
}

Octets udp6(const Ipv6Address& destination) {
  const Octets segment =
      joined(written(UdpFields{.source_port = 9, .destination_port = 9}, text.size()), text);
  return with_checksum(segment, 6, pseudo_header_sum(source6, destination, 17, segment.size()));
}

Octets echo6() {
  const Octets message = joined(written(Icmpv6Fields{}), text);
  return with_checksum(message, 2, pseudo_header_sum(source6, destination6, 58, message.size()));
}

Packet raw(const Octets& bytes) {
  return {.data = bytes,
          .wire_length = static_cast<std::uint32_t>(bytes.size()),
          .link_type = LinkType::raw};
}

// The verdicts of a packet as text: "ip good, tcp bad".
std::string verdicts(const Packet& packet) {
  const Layers layers = decode(packet);
  const ChecksumVerdicts found = verify_checksums(packet, layers);
  std::string all;
  for (std::size_t index = 0; index < found.size(); ++index) {
    if (found[index] == ChecksumVerdict::none) continue;
    if (!all.empty()) all += ", ";
    all += std::string{name(layers[index].protocol)} + " " + name(found[index]);
  }
  return all;
}

std::string verdicts(const Octets& bytes) { return verdicts(raw(bytes)); }

TEST(ChecksumVerdicts, AreGoodForWhatTheSenderComputed) {
  EXPECT_EQ(verdicts(in_ipv4(6, tcp4())), "ip good, tcp good");
  EXPECT_EQ(verdicts(in_ipv4(17, udp4())), "ip good, udp good");
  EXPECT_EQ(verdicts(in_ipv6(17, udp6(destination6))), "udp good");
  EXPECT_EQ(verdicts(in_ipv6(58, echo6())), "icmpv6 good");
  const Octets echo = with_checksum(joined(written(IcmpFields{}), text), 2, {});
  EXPECT_EQ(verdicts(in_ipv4(1, echo)), "ip good, icmp good");
  const Octets query = with_checksum(written(IgmpFields{}), 2, {});
  EXPECT_EQ(verdicts(in_ipv4(2, query)), "ip good, igmp good");
}

TEST(ChecksumVerdicts, AreBadWhenAnyBitOfTheSegmentChanged) {
  const Octets good = in_ipv4(6, tcp4());
  for (std::size_t at = 20; at < good.size(); ++at) {
    if (at == 32) continue;  // the data offset: no TCP header then
    Octets changed = good;
    changed[at] ^= 0x10;
    EXPECT_EQ(verdicts(changed), "ip good, tcp bad") << at;
  }
  Octets changed = in_ipv6(58, echo6());
  changed.back() ^= 1;
  EXPECT_EQ(verdicts(changed), "icmpv6 bad");
}

TEST(ChecksumVerdicts, CoverTheAddresses) {
  Octets changed = in_ipv4(17, udp4());
  changed[19] ^= 1;
  EXPECT_EQ(verdicts(changed), "ip bad, udp bad");
  changed = in_ipv6(17, udp6(destination6));
  changed[39] ^= 1;
  EXPECT_EQ(verdicts(changed), "udp bad");
}

TEST(ChecksumVerdicts, LeaveOutPaddingBehindTheDatagram) {
  EXPECT_EQ(verdicts(joined(in_ipv4(17, udp4()), hex("ff ff ff"))), "ip good, udp good");
  EXPECT_EQ(verdicts(joined(in_ipv6(58, echo6()), hex("ff ff ff"))), "icmpv6 good");
}

TEST(ChecksumVerdicts, OfHeadersTheirDatagramCutsLeaveOutThePadding) {
  // Only ten octets of the inner header belong to the outer datagram.
  const Octets inner = in_ipv4(17, udp4());
  const Octets cut{inner.begin(), inner.begin() + 10};
  const Octets padding{inner.begin() + 10, inner.end()};
  EXPECT_EQ(verdicts(joined(in_ipv4(4, cut), padding)), "ip good");
  // With its checksum inside, there is one that cannot be verified.
  const Octets more{inner.begin(), inner.begin() + 12};
  EXPECT_EQ(verdicts(joined(in_ipv4(4, more), padding)), "ip good, ip unverified");
  const Octets segment = udp4();
  const Octets start{segment.begin(), segment.begin() + 7};
  EXPECT_EQ(verdicts(joined(in_ipv4(17, start), Octets(9, 0xff))), "ip good");
}

TEST(ChecksumVerdicts, OfSnappedPacketsAreUnverified) {
  const Octets whole = in_ipv4(6, tcp4());
  Packet packet = raw(whole);
  packet.data = packet.data.first(packet.data.size() - 1);
  EXPECT_EQ(verdicts(packet), "ip good, tcp unverified");
}

TEST(ChecksumVerdicts, OfHeadersCutBehindTheirChecksumAreUnverified) {
  const Octets whole = in_ipv4(6, tcp4());
  const auto verdict = [&whole](std::size_t captured, std::size_t index) {
    Packet packet = raw(whole);
    packet.link_type = LinkType::ipv4;
    packet.data = packet.data.first(captured);
    return verify_checksums(packet, decode(packet))[index];
  };
  EXPECT_EQ(verdict(20 + 18, 1), ChecksumVerdict::unverified);
  EXPECT_EQ(verdict(20 + 17, 1), ChecksumVerdict::none);
  EXPECT_EQ(verdict(12, 0), ChecksumVerdict::unverified);
  EXPECT_EQ(verdict(11, 0), ChecksumVerdict::none);
}

TEST(ChecksumVerdicts, OfHeadersThatEndBeforeTheirChecksumAreNone) {
  Octets bytes = in_ipv4(6, tcp4());
  bytes[3] = 20 + 17;  // the rest is padding
  Layers layers;
  layers.push({0, 20, Protocol::ipv4});
  layers.push({20, 17, Protocol::tcp});
  EXPECT_EQ(verify_checksums(raw(bytes), layers)[1], ChecksumVerdict::none);
}

TEST(ChecksumVerdicts, OfHeadersThatAreNoneAreNone) {
  Octets bytes = in_ipv4(6, tcp4());
  Layers layers;
  layers.push({0, 20, Protocol::ipv4});
  layers.push({20, 20, Protocol::tcp});
  bytes[32] = 0x40;
  EXPECT_EQ(verify_checksums(raw(bytes), layers)[1], ChecksumVerdict::none);
  bytes[0] = 0x44;
  EXPECT_EQ(verify_checksums(raw(bytes), layers)[0], ChecksumVerdict::none);
}

TEST(ChecksumVerdicts, OfFragmentsAreUnverified) {
  EXPECT_EQ(verdicts(in_ipv4(17, udp4(), true)), "ip good, udp unverified");
  const Octets fragment = written(Ipv6FragmentFields{.next_header = 17, .more_fragments = true});
  EXPECT_EQ(verdicts(in_ipv6(44, joined(fragment, udp6(destination6)))), "udp unverified");
  const Octets atomic = written(Ipv6FragmentFields{.next_header = 17});
  EXPECT_EQ(verdicts(in_ipv6(44, joined(atomic, udp6(destination6)))), "udp good");
}

TEST(ChecksumVerdicts, OfOffloadedSegmentsAreUnverified) {
  Octets bytes = in_ipv4(6, tcp4());
  bytes.back() ^= 1;
  Packet packet = raw(bytes);
  packet.flags = PacketFlags::checksum_not_ready;
  EXPECT_EQ(verdicts(packet), "ip good, tcp unverified");
}

TEST(ChecksumVerdicts, OfUdpWithoutOneDependOnTheIpVersion) {
  const Octets segment = joined(written(UdpFields{}, text.size()), text);
  EXPECT_EQ(verdicts(in_ipv4(17, segment)), "ip good, udp not_present");
  EXPECT_EQ(verdicts(in_ipv6(17, segment)), "udp bad");  // RFC 8200 8.1
}

TEST(ChecksumVerdicts, UseTheFinalDestinationOfARoutingHeader) {
  Octets routing = hex("11 02 02 01 00 00 00 00");
  routing.insert(routing.end(), final6.octets.begin(), final6.octets.end());
  EXPECT_EQ(verdicts(in_ipv6(43, joined(routing, udp6(final6)))), "udp good");
  EXPECT_EQ(verdicts(in_ipv6(43, joined(routing, udp6(destination6)))), "udp bad");
  routing[3] = 0;  // no segments left: it has arrived
  EXPECT_EQ(verdicts(in_ipv6(43, joined(routing, udp6(destination6)))), "udp good");
}

TEST(ChecksumVerdicts, CountEveryHeaderOfATunnel) {
  const Octets inner = in_ipv4(6, tcp4());
  EXPECT_EQ(verdicts(in_ipv4(4, inner)), "ip good, ip good, tcp good");
  EXPECT_EQ(verdicts(in_ipv6(4, inner)), "ip good, tcp good");
  EXPECT_EQ(verdicts(in_ipv4(41, in_ipv6(58, echo6()))), "ip good, icmpv6 good");
  // The checksum of a fragment's tunnel content cannot be told either.
  EXPECT_EQ(verdicts(in_ipv4(4, in_ipv4(17, udp4(), true))), "ip good, ip good, udp unverified");
}

TEST(ChecksumVerdicts, AreUnverifiedWhereOffloadLeftTheLengthOut) {
  Octets bytes = in_ipv4(6, tcp4());
  bytes[2] = bytes[3] = bytes[10] = bytes[11] = 0;
  store_be(bytes.data() + 10, internet_checksum(Bytes{bytes}.first(20)));
  EXPECT_EQ(verdicts(bytes), "ip good, tcp unverified");
  bytes = in_ipv6(17, udp6(destination6));
  bytes[4] = bytes[5] = 0;
  EXPECT_EQ(verdicts(bytes), "udp unverified");
}

TEST(ChecksumVerdicts, OfAJumbogramCoverItsJumboLength) {
  Octets segment = joined(written(UdpFields{}, std::size_t{0}), Octets(70'000, 0x5a));
  store_be(segment.data() + 4, std::uint16_t{0});
  segment = with_checksum(segment, 6, pseudo_header_sum(source6, destination6, 17, segment.size()));
  Octets jumbo = hex("11 00 c2 04 00 00 00 00");
  store_be(jumbo.data() + 4, static_cast<std::uint32_t>(8 + segment.size()));
  Octets bytes = joined(in_ipv6(0, joined(jumbo, segment)), hex("ff ff"));  // padding
  EXPECT_EQ(verdicts(bytes), "udp good");
  bytes[60'000] ^= 1;
  EXPECT_EQ(verdicts(bytes), "udp bad");
}

TEST(ChecksumVerdicts, OfAJumbogramBetweenTunnelsCoverItsJumboLength) {
  const Octets vxlan = joined(hex("08 00 00 00 00 00 01 00"), Octets(12));
  const Octets inner = joined(joined(vxlan, hex("08 00")), in_ipv4(17, udp4()));
  Octets segment = joined(written(UdpFields{.destination_port = 4789}), inner);
  segment.resize(70'000);
  store_be(segment.data() + 4, std::uint16_t{0});
  segment = with_checksum(segment, 6, pseudo_header_sum(source6, destination6, 17, segment.size()));
  Octets jumbo = hex("11 00 c2 04 00 00 00 00");
  store_be(jumbo.data() + 4, static_cast<std::uint32_t>(8 + segment.size()));
  const Octets middle = in_ipv6(0, joined(jumbo, segment));
  EXPECT_EQ(verdicts(in_ipv6(41, joined(middle, hex("ff ff")))), "udp good, ip good, udp good");
}

TEST(ChecksumVerdicts, OfAJumbogramThatIsNoneAreUnverified) {
  Octets segment = written(UdpFields{}, 20);
  segment[6] = 1;
  const Octets behind = joined(joined(hex("11 00 c2 04 00 00 00 24"), segment), Octets(20));
  Octets bytes = in_ipv6(0, behind);
  store_be(bytes.data() + 4, std::uint16_t{0});
  EXPECT_EQ(verdicts(bytes), "udp unverified");
}

TEST(ChecksumVerdicts, OfUdpThatClaimsMoreThanItsDatagramAreUnverified) {
  Octets bytes = in_ipv4(17, udp4());
  bytes[25] += 1;
  EXPECT_EQ(verdicts(bytes), "ip good, udp unverified");
}

TEST(ChecksumVerdicts, LeaveOutOtherProtocolsUnderTheNumberOfIgmp) {
  Octets rgmp = with_checksum(written(IgmpFields{.type = static_cast<IgmpType>(0xff)}), 2, {});
  EXPECT_EQ(verdicts(in_ipv4(2, rgmp)), "ip good");
}

TEST(ChecksumVerdicts, OfUdpLiteCoverWhatItSays) {
  for (const std::uint16_t coverage : {std::uint16_t{0}, std::uint16_t{8}, std::uint16_t{10}}) {
    Octets segment = joined(written(UdpLiteFields{.checksum_coverage = coverage}), text);
    const std::size_t covered = coverage == 0 ? segment.size() : coverage;
    const WordSum pseudo = pseudo_header_sum(source4, destination4, 136, segment.size());
    store_be(segment.data() + 6, internet_checksum(Bytes{segment}.first(covered), pseudo));
    EXPECT_EQ(verdicts(in_ipv4(136, segment)), "ip good, udplite good") << coverage;
    segment.back() ^= 1;
    EXPECT_EQ(verdicts(in_ipv4(136, segment)),
              coverage == 0 ? "ip good, udplite bad" : "ip good, udplite good");
  }
  const Octets beyond = joined(written(UdpLiteFields{.checksum_coverage = 99}), text);
  EXPECT_EQ(verdicts(in_ipv4(136, beyond)), "ip good, udplite bad");
}

TEST(ChecksumVerdicts, AllocateNothing) {
  const Octets bytes = in_ipv4(6, tcp4());
  const Packet packet = raw(bytes);
  const Layers layers = decode(packet);
  const std::size_t before = test::allocation_count();
  const ChecksumVerdicts found = verify_checksums(packet, layers);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(found[1], ChecksumVerdict::good);
}

}  // namespace
}  // namespace weir::wire
