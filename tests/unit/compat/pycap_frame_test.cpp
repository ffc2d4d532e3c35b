// The frames that pycap's inject() sends.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/frames.h"
#include "support/hex.h"
#include "weir/compat/pycap.h"
#include "weir/savefile/reader.h"
#include "weir/wire/checksum_verdict.h"

namespace weir::compat::pycap::inject {
namespace {

using protocol::any_header;
using test::Octets;

const any_header ethernet = Ethernet{0x0800, "02:00:5e:10:00:01", "02:00:5e:10:00:02"};

any_header ip(std::uint8_t number, std::uint16_t length = 0, std::uint16_t offset = 0) {
  return protocol::ip{4, length, 1, offset, 64, number, 0, "192.0.2.1", "192.0.2.2"};
}

Octets frame(const std::vector<any_header>& headers, const Octets& payload = {}) {
  return frame_of(headers, payload);
}

/// What it reads as; valid as long as the bytes.
item read(const Octets& octets) {
  return decoded({.data = octets, .wire_length = static_cast<std::uint32_t>(octets.size())});
}

std::string refusal(const std::vector<any_header>& headers, const Octets& payload = {}) {
  try {
    static_cast<void>(frame_of(headers, payload));
  } catch (const error& refused) {
    return refused.what();
  }
  return "nothing";
}

/// Whether the sum over a datagram of IPv4 and what it carries is right.
void expect_right_sums(const Octets& octets) {
  const auto ip = wire::Ipv4View::parse(Bytes{octets}.subspan(14));
  ASSERT_TRUE(ip);
  EXPECT_EQ(wire::internet_checksum(ip->bytes().first(ip->header_length())), 0);
  wire::WordSum pseudo{};
  if (ip->protocol() != 1) {
    pseudo = wire::pseudo_header_sum(ip->source(), ip->destination(), ip->protocol(),
                                     ip->payload_length());
  }
  EXPECT_EQ(wire::internet_checksum(ip->payload(), pseudo), 0);
}

TEST(PycapFrame, FillsInLengthsAndChecksums) {
  // C-16 XC-18 XC-20
  const Octets payload = test::rest(5);
  for (const any_header& transport :
       std::initializer_list<any_header>{protocol::udp{1, 2, 0}, protocol::tcp{1, 2, 3, 4, 2, 5, 6},
                                         protocol::icmpEchoRequest{0, 0, 7, 8}}) {
    const std::uint8_t number = std::holds_alternative<protocol::udp>(transport)   ? 17
                                : std::holds_alternative<protocol::tcp>(transport) ? 6
                                                                                   : 1;
    const Octets octets = frame({ethernet, ip(number, 9999), transport}, payload);
    expect_right_sums(octets);
    EXPECT_EQ(read(octets).find<protocol::ip>()->length, octets.size() - 14);
    EXPECT_TRUE(std::ranges::equal(read(octets).rest, payload));
  }
  const Octets octets = frame({ethernet, ip(17), protocol::udp{1, 2, 0}}, payload);
  EXPECT_EQ(read(octets).find<protocol::udp>()->length, 13);
}

TEST(PycapFrame, HoldsWhatTheHeadersDo) {
  // XC-18 XC-20
  protocol::ip datagram = std::get<protocol::ip>(ip(17, 0, 0x4000));
  datagram.typeofservice = 0xb8;
  const Octets octets = frame({ethernet, datagram, protocol::udp{1, 2, 0}});
  const protocol::ip found = *read(octets).find<protocol::ip>();
  EXPECT_EQ(std::tie(found.typeofservice, found.id, found.offset, found.timetolive),
            std::tuple(0xb8, 1, 0x4000, 64));
  const ARP asked{"02:00:5e:10:00:01", "00:00:00:00:00:00", "192.0.2.1", "192.0.2.2", 1};
  const Octets request = frame({Ethernet{0x0806, "02:00:5e:10:00:01", "ff:ff:ff:ff:ff:ff"}, asked});
  EXPECT_EQ(request.size(), 42U);
  EXPECT_EQ(to_string(*read(request).find<ARP>()), to_string(asked));
}

TEST(PycapFrame, SendsEveryMessageOfIcmp) {
  // XC-11 XC-12 XC-20
  const auto sent = [](const any_header& message, const Octets& payload) {
    const Octets octets = frame({ethernet, ip(1), message}, payload);
    expect_right_sums(octets);
    return Octets{octets.begin() + 34, octets.end()};
  };
  const auto is = [](const Octets& octets, const Octets& expected) {
    Octets without_sum = octets;
    without_sum[2] = without_sum[3] = 0;
    return without_sum == expected;
  };
  EXPECT_TRUE(is(sent(protocol::icmpEchoReply{0, 0, 1, 2}, {9}), {0, 0, 0, 0, 0, 1, 0, 2, 9}));
  EXPECT_TRUE(is(sent(protocol::icmpInfoRequest{0, 0, 1, 2}, {}), {15, 0, 0, 0, 0, 1, 0, 2}));
  EXPECT_TRUE(is(sent(protocol::icmpInfoReply{0, 0, 1, 2}, {}), {16, 0, 0, 0, 0, 1, 0, 2}));
  EXPECT_TRUE(is(sent(protocol::icmpTimestampRequest{0, 0, 1, 2, 3, 4, 5}, {}),
                 {13, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5}));
  EXPECT_TRUE(is(sent(protocol::icmpTimestampReply{}, {}),
                 {14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(is(sent(protocol::icmpRedirect{1, 0, "192.0.2.254"}, {9, 9}),
                 {5, 1, 0, 0, 192, 0, 2, 254, 9, 9}));
  EXPECT_TRUE(
      is(sent(protocol::icmpParameterProblem{0, 0, 20}, {9}), {12, 0, 0, 0, 20, 0, 0, 0, 9}));
  EXPECT_TRUE(is(sent(protocol::icmp{3, 4}, {0, 0, 5, 0xdc, 9}), {3, 4, 0, 0, 0, 0, 5, 0xdc, 9}));
  EXPECT_TRUE(is(sent(protocol::icmp{3, 4}, {1}), {3, 4, 0, 0, 1, 0, 0, 0}));
}

TEST(PycapFrame, IsTheVeryFrameThatWasCaptured) {
  // XC-18
  std::size_t same = 0;
  for (const auto& entry : std::filesystem::directory_iterator{WEIR_CAPTURES}) {
    const std::string path = entry.path().string();
    // What the adapter was to fill in or cut is not there.
    if (path.find(".pcap") == std::string::npos || path.ends_with("offload.pcap")) continue;
    for (savefile::Reader reader{path}; const Packet& packet : reader) {
      if (packet.link_type != LinkType::ethernet || packet.data.size() < packet.wire_length) {
        continue;
      }
      const item found = decoded(packet);
      const bool has_all = found.headers().size() == item::max_headers || found.find<ARP>();
      const wire::Layers layers = wire::decode(packet);
      const auto sums = wire::verify_checksums(packet, layers).verdicts;
      const auto is_wrong = [](wire::ChecksumVerdict verdict) {
        return verdict != wire::ChecksumVerdict::none && verdict != wire::ChecksumVerdict::good;
      };
      if (!has_all || std::ranges::any_of(sums, is_wrong)) continue;
      EXPECT_TRUE(std::ranges::equal(frame_of(found.headers(), found.rest), packet.data))
          << path << ' ' << to_string(found.headers().back());
      ++same;
    }
  }
  EXPECT_GT(same, 1000U);
}

TEST(PycapFrame, KeepsPaddingApartFromThePayload) {
  // XC-18
  const Octets octets =
      frame({ethernet, ip(6, 40), protocol::tcp{1, 2, 3, 4, 16, 5, 0}}, Octets(6, 0));
  EXPECT_EQ(octets.size(), 60U);
  EXPECT_EQ(read(octets).find<protocol::ip>()->length, 40);
  // Of a longer frame they are the payload.
  const Octets longer =
      frame({ethernet, ip(6, 40), protocol::tcp{1, 2, 3, 4, 16, 5, 0}}, Octets(7, 0));
  EXPECT_EQ(read(longer).find<protocol::ip>()->length, 47);
  const Ethernet link{0x0806, "02:00:5e:10:00:01", "ff:ff:ff:ff:ff:ff"};
  EXPECT_EQ(frame({link, ARP{}}, Octets(18, 0)).size(), 60U);
}

TEST(PycapFrame, LeavesTheSumsOfFragmentsAsTheyAre) {
  protocol::udp first{1, 2, 3000};
  first.checksum = 0x1234;
  const Octets octets = frame({ethernet, ip(17, 0, 0x2000), first}, test::rest(16));
  const auto found = *read(octets).find<protocol::udp>();
  EXPECT_EQ(std::tie(found.length, found.checksum), std::tuple(3000, 0x1234));
  EXPECT_EQ(read(octets).find<protocol::ip>()->length, 44);
}

TEST(PycapFrame, OfNothingElseThanAPacket) {
  // XC-5 XC-19
  const any_header udp = protocol::udp{1, 2, 0};
  const std::vector<std::vector<any_header>> wrong = {{},
                                                      {ethernet},
                                                      {udp},
                                                      {ethernet, udp},
                                                      {ip(17), ethernet},
                                                      {udp, ip(17)},
                                                      {ethernet, ip(17), udp, udp},
                                                      {ethernet, ethernet, ip(17)},
                                                      {ethernet, ARP{}, ip(17)},
                                                      {ethernet, ip(17), ARP{}}};
  for (const std::vector<any_header>& headers : wrong) {
    EXPECT_TRUE(refusal(headers).starts_with("unknown packet type")) << refusal(headers);
  }
  EXPECT_TRUE(refusal({ethernet, ip(17)}, {1}).starts_with("unknown packet type"));
  EXPECT_TRUE(refusal({ethernet, ARP{}}, {1}).starts_with("unknown packet type"));
  EXPECT_TRUE(refusal({ethernet, ARP{}}, Octets(19, 0)).starts_with("unknown packet type"));
}

TEST(PycapFrame, OfNothingThatDoesNotFit) {
  const any_header udp = protocol::udp{1, 2, 0};
  EXPECT_NE(refusal({ethernet, ip(17), udp}, Octets(65'508, 1)), "nothing");
  EXPECT_EQ(refusal({ethernet, ip(17), udp}, Octets(65'507, 1)), "nothing");
  protocol::ip wrong = std::get<protocol::ip>(ip(17));
  wrong.version = 16;
  EXPECT_EQ(refusal({ethernet, wrong, udp}),
            "version of IP(proto=0x11, 192.0.2.1 -> 192.0.2.2) is from 0 to 15, not 16");
  const std::string flags = refusal({ethernet, ip(6), protocol::tcp{1, 2, 3, 4, 512, 5, 6}});
  EXPECT_TRUE(flags.ends_with("is from 0 to 511, not 512")) << flags;
}

TEST(PycapFrame, OfNothingThatTheCaptureHasCutWithinItsOptions) {
  // XC-18
  const Octets whole = test::hex(
      "02005e100002 02005e100001 0800 4500002c00010000 40060000 c0000201 c0000202"
      "00010002 00000003 00000004 6e020005 00000006 020405b4");
  const Packet cut{.data = Bytes{whole}.first(whole.size() - 2), .wire_length = 58};
  const item found = decoded(cut);
  ASSERT_EQ(found.headers().size(), 3U);
  EXPECT_TRUE(refusal({found.headers().begin(), found.headers().end()})
                  .ends_with("were cut by the capture: 22 bytes of a header of 24"))
      << refusal({found.headers().begin(), found.headers().end()});
  const item all = read(whole);
  const Octets sent = frame_of(all.headers(), all.rest);
  EXPECT_EQ(sent[46], 0x6e) << "reserved bits go along";
  EXPECT_EQ(sent.size(), whole.size());
}

TEST(PycapFrame, UdpThatWasCapturedWithoutASumHasNone) {
  // XC-18
  const Octets none = test::hex(
      "02005e100002 02005e100001 0800 4500001d00010000 4011f6cb c0000201 c0000202"
      "00010002 0009 0000 61");
  item found = read(none);
  std::vector<any_header> headers{found.headers().begin(), found.headers().end()};
  EXPECT_EQ(frame_of(headers, found.rest)[40] << 8 | frame_of(headers, found.rest)[41], 0);
  std::get<protocol::udp>(headers[2]).checksum = 1;
  expect_right_sums(frame_of(headers, found.rest));
}

TEST(PycapFrame, OfNoIpv6) {
  // XC-19
  const Ethernet link{0x86dd, "02:00:5e:10:00:01", "02:00:5e:10:00:02"};
  EXPECT_TRUE(refusal({link}, Octets(40, 6)).contains("pycap has no header for IPv6"));
}

}  // namespace
}  // namespace weir::compat::pycap::inject
