// Checksum verdicts of the protocols that have a rule of their own.
#include <gtest/gtest.h>

#include <string>

#include "support/frames.h"
#include "support/hex.h"
#include "weir/wire/checksum.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/dccp.h"
#include "weir/wire/ipv6_extension.h"
#include "wire/crc32.h"

namespace weir::wire {
namespace {

using test::frame;
using test::hex;
using test::ip4;
using test::ip6;
using test::Octets;
using test::rest;

/// The verdict of the last header that has one.
std::string verdict(const Octets& bytes, PacketFlags flags = PacketFlags::none) {
  const Packet packet{.data = bytes,
                      .wire_length = static_cast<std::uint32_t>(bytes.size()),
                      .link_type = LinkType::raw,
                      .flags = flags};
  const Layers layers = decode(packet);
  const ChecksumVerdicts found = verify_checksums(packet, layers);
  std::string last = "nothing";
  for (std::size_t index = 0; index < layers.size(); ++index) {
    if (found[index] == ChecksumVerdict::none) continue;
    last = std::string{name(layers[index].protocol)} + " " + name(found[index]);
  }
  return last;
}

WordSum pseudo4(std::uint8_t protocol, std::size_t length) {
  return pseudo_header_sum(ip4(0).source, ip4(0).destination, protocol, length);
}
WordSum pseudo6(std::uint8_t protocol, std::size_t length) {
  return pseudo_header_sum(ip6(0).source, ip6(0).destination, protocol, length);
}

/// The bytes with the checksum of the first `covered` at `at`.
Octets summed(Octets bytes, std::size_t at, std::size_t covered, WordSum pseudo_header = {}) {
  store_be(bytes.data() + at, std::uint16_t{0});
  store_be(bytes.data() + at, internet_checksum(Bytes{bytes}.first(covered), pseudo_header));
  return bytes;
}

Octets damaged(Octets bytes) {
  bytes.back() ^= 1;
  return bytes;
}

TEST(ChecksumOfSctp, IsACrc) {
  // RFC 3720 B.4: the CRC of 32 zero bytes.
  Crc32c zeros;
  zeros.add(rest(32, 0));
  EXPECT_EQ(zeros.value(), 0x8a9136aaU);

  Octets packet = hex("00 01 00 02 00 00 00 03 00 00 00 00 0b 00 00 04");
  Crc32c crc;
  crc.add(packet);
  store_le(packet.data() + 8, crc.value());
  EXPECT_EQ(verdict(frame(ip4(132), packet)), "sctp good");
  EXPECT_EQ(verdict(frame(ip6(132), packet)), "sctp good");
  EXPECT_EQ(verdict(frame(ip4(132), damaged(packet))), "sctp bad");
  EXPECT_EQ(verdict(frame(ip4(132), packet), PacketFlags::checksum_not_ready), "sctp unverified");
}

TEST(ChecksumOfDccp, CoversWhatItSays) {
  for (const std::uint8_t coverage : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2}}) {
    const Octets plain = frame(DccpFields{.checksum_coverage = coverage, .type = 2}, rest(9));
    const std::size_t covered = coverage == 0 ? plain.size() : 16 + 4 * (coverage - 1U);
    const Octets packet = summed(plain, 6, covered, pseudo4(33, plain.size()));
    EXPECT_EQ(verdict(frame(ip4(33), packet)), "dccp good");
    EXPECT_EQ(verdict(frame(ip4(33), damaged(packet))), coverage == 0 ? "dccp bad" : "dccp good");
  }
  EXPECT_EQ(verdict(frame(ip4(33), DccpFields{.checksum_coverage = 9, .type = 2}, rest(9))),
            "dccp bad");
}

TEST(ChecksumOfGre, CoversHeaderAndPayload) {
  const Octets packet = summed(frame(hex("80 00 08 00 00 00 00 00"), test::datagram()), 4, 40);
  EXPECT_EQ(verdict(frame(ip4(47), Octets{packet.begin(), packet.begin() + 8})), "gre bad");
  const auto of_gre = [](const Octets& bytes) {
    const Packet outer{.data = bytes,
                       .wire_length = static_cast<std::uint32_t>(bytes.size()),
                       .link_type = LinkType::ipv4};
    return verify_checksums(outer, decode(outer))[1];
  };
  EXPECT_EQ(of_gre(frame(ip4(47), packet)), ChecksumVerdict::good);
  EXPECT_EQ(of_gre(frame(ip4(47), damaged(packet))), ChecksumVerdict::bad);
  EXPECT_EQ(of_gre(frame(ip4(47), hex("00 00 08 00"), test::datagram())), ChecksumVerdict::none);
  Ipv4Fields fragment = ip4(47);
  fragment.more_fragments = true;
  EXPECT_EQ(of_gre(frame(fragment, packet)), ChecksumVerdict::unverified);
}

TEST(ChecksumOfMobility, HasThePseudoHeader) {
  const Octets header = summed(hex("3b 00 00 00 00 00 00 00"), 4, 8, pseudo6(135, 8));
  EXPECT_EQ(verdict(frame(ip6(135), header)), "mipv6 good");
  EXPECT_EQ(verdict(frame(ip6(135), damaged(header))), "mipv6 bad");
}

TEST(ChecksumOfRoutingProtocols, IsThatOfTheirVersion) {
  // OSPF version 2 leaves its authentication out, version 3 takes the pseudo-header in.
  Octets hello =
      hex("02 01 00 1c c0 00 02 01 00 00 00 00 00 00 00 01 11 22 33 44 55 66 77 88 ff ff ff 00");
  Octets without = hello;
  without.erase(without.begin() + 16, without.begin() + 24);
  store_be(hello.data() + 12, internet_checksum(without));
  EXPECT_EQ(verdict(frame(ip4(89), hello)), "ospf good");
  EXPECT_EQ(verdict(frame(ip4(89), damaged(hello))), "ospf bad");
  hello[15] = 2;  // cryptographic: there is none
  EXPECT_EQ(verdict(frame(ip4(89), hello)), "ip good");
  const Octets version_3 =
      summed(hex("03 01 00 10 c0 00 02 01 00 00 00 00 00 00 00 00"), 12, 16, pseudo6(89, 16));
  EXPECT_EQ(verdict(frame(ip6(89), version_3)), "ospf good");

  EXPECT_EQ(verdict(frame(ip4(103), summed(hex("20 00 00 00 00 01 00 02 00 69"), 2, 10))),
            "pim good");
  EXPECT_EQ(verdict(frame(ip6(103),
                          summed(hex("20 00 00 00 00 01 00 02 00 69"), 2, 10, pseudo6(103, 10)))),
            "pim good");
  const Octets registered = frame(hex("21 00 00 00 00 00 00 00"), test::datagram());
  EXPECT_EQ(verdict(frame(ip4(103), summed(registered, 2, 8))), "pim good");
  EXPECT_EQ(verdict(frame(ip4(103), summed(registered, 2, registered.size()))), "pim good");
  EXPECT_EQ(verdict(frame(ip4(103), registered)), "pim bad");

  const Octets vrrp_2 = hex("21 01 64 01 00 01 00 00 c0 00 02 01 00 00 00 00 00 00 00 00");
  EXPECT_EQ(verdict(frame(ip4(112), summed(vrrp_2, 6, 20))), "vrrp good");
  const Octets vrrp_3 = hex("31 01 64 01 00 64 00 00 c0 00 02 01");
  EXPECT_EQ(verdict(frame(ip4(112), summed(vrrp_3, 6, 12, pseudo4(112, 12)))), "vrrp good");
  EXPECT_EQ(verdict(frame(ip4(112), summed(vrrp_3, 6, 12))), "vrrp good");
  EXPECT_EQ(verdict(frame(ip4(112), vrrp_3)), "vrrp bad");

  const Octets eigrp = hex("02 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 64");
  EXPECT_EQ(verdict(frame(ip4(88), summed(eigrp, 2, 20))), "eigrp good");
  EXPECT_EQ(verdict(frame(ip4(88), eigrp)), "eigrp bad");
}

}  // namespace
}  // namespace weir::wire
