// Checksums that build() fills in, by the rule each protocol has, against the verdicts on them.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "weir/packet.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/dccp.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/gre.h"
#include "weir/wire/icmp.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"
#include "weir/wire/sctp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"

namespace weir::wire {
namespace {

const EthernetFields ethernet{};
const Ipv4Fields ipv4{.source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
const Ipv6Fields ipv6{.source = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
                      .destination = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
const std::vector<std::uint8_t> text(41, 0xa7);  // odd on purpose

/// The verdict on the first header of `protocol`.
template <class... Layers>
ChecksumVerdict verdict(Protocol protocol, const Layers&... layers) {
  std::array<std::uint8_t, 512> buffer{};
  const auto frame = build(buffer, ethernet, layers...);
  if (!frame) return ChecksumVerdict::none;
  const Packet packet{.data = *frame, .wire_length = static_cast<std::uint32_t>(frame->size())};
  const auto found = decode(packet);
  const ChecksumVerdicts verdicts = verify_checksums(packet, found);
  for (std::size_t index = 0; index < found.size(); ++index) {
    if (found[index].protocol == protocol) return verdicts[index];
  }
  return ChecksumVerdict::none;
}

TEST(Seal, OfUdpLiteCoversWhatTheHeaderSays) {
  for (const std::uint16_t coverage : {std::uint16_t{0}, std::uint16_t{8}, std::uint16_t{21}}) {
    const UdpLiteFields fields{.checksum_coverage = coverage};
    EXPECT_EQ(verdict(Protocol::udp_lite, ipv4, fields, text), ChecksumVerdict::good) << coverage;
    EXPECT_EQ(verdict(Protocol::udp_lite, ipv6, fields, text), ChecksumVerdict::good) << coverage;
  }
  EXPECT_EQ(verdict(Protocol::udp_lite, ipv4, UdpLiteFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::udp_lite, ipv4, UdpLiteFields{.checksum = 1}, text),
            ChecksumVerdict::bad);
}

TEST(Seal, OfDccpCoversWhatTheHeaderSays) {
  for (std::uint8_t coverage = 0; coverage < 8; ++coverage) {
    const DccpFields fields{.checksum_coverage = coverage, .type = 2};
    EXPECT_EQ(verdict(Protocol::dccp, ipv4, fields, text), ChecksumVerdict::good) << +coverage;
    EXPECT_EQ(verdict(Protocol::dccp, ipv6, fields, text), ChecksumVerdict::good) << +coverage;
  }
  EXPECT_EQ(verdict(Protocol::dccp, ipv4, DccpFields{.checksum = 1}, text), ChecksumVerdict::bad);
}

TEST(Seal, OfSctpAndIgmpHasNoPseudoHeader) {
  EXPECT_EQ(verdict(Protocol::sctp, ipv4, SctpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::sctp, ipv6, SctpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::sctp, ipv4, SctpFields{.checksum = 1}, text), ChecksumVerdict::bad);
  EXPECT_EQ(verdict(Protocol::igmp, ipv4, IgmpFields{}), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::igmp, ipv4, IgmpFields{.checksum = 1}), ChecksumVerdict::bad);
}

TEST(Seal, OfGreIsWrittenWhereThereIsOne) {
  const GreFields checked{.has_checksum = true};
  EXPECT_EQ(verdict(Protocol::gre, ipv4, checked, ipv4, UdpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::gre, ipv4, GreFields{.has_checksum = true, .checksum = 1}, ipv4),
            ChecksumVerdict::bad);
  std::array<std::uint8_t, 64> buffer{};
  const auto frame = build(buffer, GreFields{}, ipv4);
  ASSERT_TRUE(frame);
  EXPECT_EQ((*frame)[4], 0x45) << "a checksum was written into what GRE carries";
}

TEST(Seal, HoldsTheHomeAddressAndTheLastAddressOfARoute) {
  std::vector<std::uint8_t> home(22);  // PadN, then RFC 6275 6.3
  home[0] = 1;
  home[1] = 2;
  home[4] = Ipv6Option::home_address;
  home[5] = Ipv6Address::size;
  home[21] = 0x55;
  std::vector<std::uint8_t> route(22);  // type 0, one segment left
  route[1] = 1;
  route[21] = 0x77;
  const Ipv6ExtensionFields options{.body = home};
  const Ipv6ExtensionFields routing{.protocol = ip_protocol::ipv6_routing, .body = route};
  const Ipv6ExtensionFields padding{};
  EXPECT_EQ(verdict(Protocol::udp, ipv6, options, UdpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::udp, ipv6, options, padding, UdpFields{}, text),
            ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::tcp, ipv6, routing, options, TcpFields{}, text),
            ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::tcp, ipv6, routing, TcpFields{}, text), ChecksumVerdict::good);
}

TEST(Seal, LooksPastBytesBeforeTheMessage) {
  const std::vector<std::uint8_t> options{ip_protocol::udp, 0, 1, 4, 0, 0, 0, 0};  // PadN
  Ipv6Fields with_options = ipv6;
  with_options.next_header = ip_protocol::ipv6_destination;
  EXPECT_EQ(verdict(Protocol::udp, with_options, options, UdpFields{}, text),
            ChecksumVerdict::good);
}

TEST(Seal, CoversWhatTheStatedLengthsCover) {
  EXPECT_EQ(verdict(Protocol::udp, ipv4, UdpFields{.length = 20}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::udp, ipv6, UdpFields{.length = 20}, text), ChecksumVerdict::good);
  Ipv4Fields shorter = ipv4;
  shorter.total_length = 50;
  EXPECT_EQ(verdict(Protocol::tcp, shorter, TcpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::icmp, shorter, IcmpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::sctp, shorter, SctpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::gre, shorter, GreFields{.has_checksum = true}, ipv4, text),
            ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::udp, shorter, UdpFields{.length = 20}, text), ChecksumVerdict::good);
  Ipv6Fields short_payload = ipv6;
  short_payload.payload_length = 33;
  EXPECT_EQ(verdict(Protocol::tcp, short_payload, TcpFields{}, text), ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::tcp, short_payload, Ipv6ExtensionFields{}, TcpFields{}, text),
            ChecksumVerdict::good);
}

TEST(Seal, CoversAllWhereTheStatedLengthsAreNotThere) {
  std::array<std::uint8_t, 512> first{};
  std::array<std::uint8_t, 512> second{};
  const auto sealed = [&](std::array<std::uint8_t, 512>& buffer, const UdpFields& fields) {
    const auto frame = build(buffer, ipv4, fields, text);
    return load_be<std::uint16_t>(frame->data() + 26);
  };
  // Not even the header, and more than is there: the sums differ by the length field alone.
  EXPECT_EQ(sealed(first, UdpFields{.length = 5}) - 2, sealed(second, UdpFields{.length = 7}));
  EXPECT_EQ(sealed(first, UdpFields{.length = 50}) - 2, sealed(second, UdpFields{.length = 52}));
}

TEST(Seal, OfMobilityIsOfItsHeader) {
  const std::vector<std::uint8_t> data(10, 3);
  EXPECT_EQ(verdict(Protocol::ipv6_mobility, ipv6,
                    Ipv6MobilityFields{.message_type = 1, .message_data = data}),
            ChecksumVerdict::good);
  EXPECT_EQ(verdict(Protocol::ipv6_mobility, ipv6, Ipv6MobilityFields{.checksum = 1}),
            ChecksumVerdict::bad);
}

}  // namespace
}  // namespace weir::wire
