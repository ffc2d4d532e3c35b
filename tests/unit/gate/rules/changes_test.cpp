// Changes of held packets: fields, checksums, and the original destination in what comes back.
#include "gate/rules/changes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "support/allocations.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"
#include "weir/wire/quoted_packet.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::gate {
namespace {

using Octets = std::vector<std::uint8_t>;
using wire::ChecksumVerdict;

constexpr std::uint64_t start = 1'000'000'000;
const IpAddress client = *parse_ip("10.0.0.2");
const IpAddress server = *parse_ip("192.0.2.1");
const IpAddress other = *parse_ip("198.51.100.7");
const IpAddress client6 = *parse_ip("2001:db8::2");
const IpAddress server6 = *parse_ip("2001:db8:1::1");
const IpAddress other6 = *parse_ip("2001:db8:2::7");

struct End {
  IpAddress address{};
  std::uint16_t port = 0;
};

template <class... Parts>
Octets built(const Parts&... parts) {
  Octets buffer(4096);
  const Bytes frame = *wire::build(buffer, wire::EthernetFields{}, parts...);
  return {frame.begin(), frame.end()};
}

template <class... Parts>
Octets over_ip(const IpAddress& from, const IpAddress& to, const Parts&... parts) {
  if (from.version() == 4) {
    return built(wire::Ipv4Fields{.ttl = 64, .source = from.v4(), .destination = to.v4()},
                 parts...);
  }
  return built(wire::Ipv6Fields{.hop_limit = 64, .source = from.v6(), .destination = to.v6()},
               parts...);
}

const Octets payload{1, 2, 3, 4, 5};

Octets udp(const End& from, const End& to) {
  return over_ip(from.address, to.address,
                 wire::UdpFields{.source_port = from.port, .destination_port = to.port},
                 Bytes{payload});
}
Octets tcp(const End& from, const End& to, std::uint16_t flags = wire::tcp_flags::ack) {
  return over_ip(
      from.address, to.address,
      wire::TcpFields{.source_port = from.port, .destination_port = to.port, .flags = flags},
      Bytes{payload});
}

Packet packet_of(const Octets& bytes) {
  return {.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
}

class ChangesTest : public testing::Test {
 protected:
  /// Whether the rule's changes changed it.
  bool make(Octets& frame, std::vector<Change> changes) {
    const Octets original = frame;
    return changes_.make(changes, frame, packet_of(original), now_);
  }
  bool restore(Octets& frame) {
    const Octets original = frame;
    EXPECT_EQ(changes_.is_answer(packet_of(original), now_),
              changes_.restore(frame, packet_of(original), now_));
    return frame != original;
  }

  Changes changes_{{{1, 2}}};
  std::uint64_t now_ = start;
};

TEST_F(ChangesTest, SetTheTimeToLive) {
  Octets frame = udp({client, 5000}, {server, 53});
  const Octets before = frame;
  EXPECT_TRUE(make(frame, {SetTtl{5}}));
  EXPECT_EQ(frame[22], 5);
  const wire::Layers layers = wire::decode(packet_of(frame));
  const auto verdicts = wire::verify_checksums(packet_of(frame), layers);
  EXPECT_EQ(verdicts[1], ChecksumVerdict::good);
  // Nothing but that and the header's checksum.
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i == 22 || i == 24 || i == 25) continue;
    EXPECT_EQ(frame[i], before[i]) << i;
  }
  Octets frame6 = udp({client6, 5000}, {server6, 53});
  EXPECT_TRUE(make(frame6, {SetTtl{5}}));
  EXPECT_EQ(frame6[21], 5);
}

TEST_F(ChangesTest, RedirectAndRestoreEveryKindOfPacket) {
  struct Case {
    std::vector<Change> changes;
    bool is_v6;
    End changed;
  };
  const std::vector<Case> cases{
      {{SetDestination{other}}, false, {other, 53}},
      {{SetDestinationPort{5353}}, false, {server, 5353}},
      {{SetDestinationPort{5353}, SetDestination{other}, SetTtl{9}}, false, {other, 5353}},
      {{SetDestination{other6}}, true, {other6, 53}},
      {{SetDestination{other6}, SetDestinationPort{5353}}, true, {other6, 5353}},
  };
  for (const Case& one : cases) {
    const End from{one.is_v6 ? client6 : client, 5000};
    const End to{one.is_v6 ? server6 : server, 53};
    const auto with = [&](const auto& make_frame) {
      SCOPED_TRACE(to_string(one.changed.address) + " " + std::to_string(one.changed.port));
      Octets frame = make_frame(from, to);
      EXPECT_TRUE(make(frame, one.changes));
      Octets wanted = make_frame(from, one.changed);
      if (one.changes.size() == 3) make(wanted, {SetTtl{9}});
      EXPECT_EQ(frame, wanted);
      Octets answer = make_frame(one.changed, from);
      EXPECT_TRUE(restore(answer));
      EXPECT_EQ(answer, make_frame(to, from));
    };
    with([](const End& a, const End& b) { return udp(a, b); });
    with([](const End& a, const End& b) { return tcp(a, b); });
  }
}

TEST_F(ChangesTest, WithoutPortsAddressesTellTheFlow) {
  const auto echo = [](const IpAddress& from, const IpAddress& to, wire::IcmpType type) {
    return over_ip(from, to, wire::IcmpFields{.type = type}, Bytes{payload});
  };
  Octets request = echo(client, server, wire::IcmpType::echo);
  EXPECT_TRUE(make(request, {SetDestination{other}, SetDestinationPort{80}}));
  EXPECT_EQ(request, echo(client, other, wire::IcmpType::echo));
  Octets reply = echo(other, client, wire::IcmpType::echo_reply);
  EXPECT_TRUE(restore(reply));
  EXPECT_EQ(reply, echo(server, client, wire::IcmpType::echo_reply));
}

TEST_F(ChangesTest, LeaveAloneWhatIsNoAnswer) {
  Octets frame = udp({client, 5000}, {server, 53});
  ASSERT_TRUE(make(frame, {SetDestination{other}}));
  for (Octets stranger : {
           udp({other, 54}, {client, 5000}),
           udp({other, 53}, {client, 5001}),
           tcp({other, 53}, {client, 5000}),
           udp({server, 53}, {client, 5000}),
           // What goes there, not what comes back.
           udp({client, 5000}, {other, 53}),
       }) {
    EXPECT_FALSE(restore(stranger));
  }
  EXPECT_EQ(changes_.counters().restored, 0U);
  Octets answer = udp({other, 53}, {client, 5000});
  EXPECT_TRUE(restore(answer));
  EXPECT_EQ(changes_.counters().restored, 1U);
}

TEST_F(ChangesTest, AFlowThatNeedsNoChangeIsForgotten) {
  Octets frame = udp({client, 5000}, {server, 53});
  ASSERT_TRUE(make(frame, {SetDestination{other}}));
  Octets direct = udp({client, 5000}, {other, 53});
  make(direct, {SetDestination{other}});
  Octets answer = udp({other, 53}, {client, 5000});
  EXPECT_FALSE(restore(answer));
}

TEST_F(ChangesTest, TheLastDestinationIsRestored) {
  Octets first = udp({client, 5000}, {server, 53});
  Octets second = udp({client, 5000}, {*parse_ip("192.0.2.99"), 53});
  ASSERT_TRUE(make(first, {SetDestination{other}}));
  ASSERT_TRUE(make(second, {SetDestination{other}}));
  Octets answer = udp({other, 53}, {client, 5000});
  EXPECT_TRUE(restore(answer));
  EXPECT_EQ(answer, udp({*parse_ip("192.0.2.99"), 53}, {client, 5000}));
}

TEST_F(ChangesTest, SilentFlowsEnd) {
  Octets frame = udp({client, 5000}, {server, 53});
  ASSERT_TRUE(make(frame, {SetDestination{other}}));
  const Octets answer = udp({other, 53}, {client, 5000});
  for (const std::uint64_t silence : {Translations::idle - 1, Translations::idle - 1}) {
    now_ += silence;
    Octets copy = answer;
    EXPECT_TRUE(restore(copy));
  }
  now_ += Translations::idle;
  Octets copy = answer;
  EXPECT_FALSE(restore(copy));
}

TEST_F(ChangesTest, ConnectionsThatCloseEndSoon) {
  const auto is_known = [&] {
    Octets answer = tcp({other, 80}, {client, 5000});
    return restore(answer);
  };
  Octets syn = tcp({client, 5000}, {server, 80}, wire::tcp_flags::syn);
  ASSERT_TRUE(make(syn, {SetDestination{other}}));
  now_ += Translations::tcp_idle - 1;
  EXPECT_TRUE(is_known());
  Octets fin = tcp({other, 80}, {client, 5000}, wire::tcp_flags::fin | wire::tcp_flags::ack);
  EXPECT_TRUE(restore(fin));
  now_ += Translations::closing - 1;
  EXPECT_TRUE(is_known());
  Octets last = tcp({client, 5000}, {server, 80});
  ASSERT_TRUE(make(last, {SetDestination{other}}));
  now_ += Translations::closing;
  EXPECT_FALSE(is_known());
  // Another connection of the same ports is open again.
  ASSERT_TRUE(
      make(fin = tcp({client, 5000}, {server, 80}, wire::tcp_flags::rst), {SetDestination{other}}));
  ASSERT_TRUE(
      make(syn = tcp({client, 5000}, {server, 80}, wire::tcp_flags::syn), {SetDestination{other}}));
  now_ += Translations::closing;
  EXPECT_TRUE(is_known());
}

/// An error about the packet in `about`, which begins with an Ethernet header; it quotes `size`
/// bytes of the datagram.
Octets error_about(const Octets& about, std::size_t size, const IpAddress& from,
                   const IpAddress& to) {
  const Bytes quote = Bytes{about}.subspan(14).first(std::min(size, about.size() - 14));
  if (from.version() == 4) {
    return over_ip(from, to,
                   wire::IcmpFields{.type = wire::IcmpType::destination_unreachable, .code = 3},
                   quote);
  }
  return over_ip(from, to,
                 wire::Icmpv6Fields{.type = wire::Icmpv6Type::destination_unreachable, .code = 4},
                 quote);
}

TEST_F(ChangesTest, ErrorsAreAboutTheOriginalAgain) {
  for (const bool is_v6 : {false, true}) {
    const End from{is_v6 ? client6 : client, 5000};
    const End to{is_v6 ? server6 : server, 53};
    const End changed{is_v6 ? other6 : other, 5353};
    const IpAddress router = *parse_ip(is_v6 ? "2001:db8:9::1" : "10.0.0.1");
    for (const auto make_frame : {+[](const End& a, const End& b) { return udp(a, b); },
                                  +[](const End& a, const End& b) { return tcp(a, b); }}) {
      Octets frame = make_frame(from, to);
      const Octets original = frame;
      ASSERT_TRUE(make(frame, {SetDestination{changed.address}, SetDestinationPort{changed.port}}));
      for (const std::size_t size : {std::size_t{is_v6 ? 48U : 28U}, std::size_t{1000}}) {
        SCOPED_TRACE(size);
        Octets nearby = error_about(frame, size, router, from.address);
        EXPECT_TRUE(restore(nearby));
        EXPECT_EQ(nearby, error_about(original, size, router, from.address));
        Octets far = error_about(frame, size, changed.address, from.address);
        EXPECT_TRUE(restore(far));
        EXPECT_EQ(far, error_about(original, size, to.address, from.address));
      }
      Octets stranger =
          error_about(make_frame(from, {changed.address, 1}), 1000, router, from.address);
      EXPECT_FALSE(restore(stranger));
      Octets about_answer = error_about(make_frame(changed, from), 1000, from.address, to.address);
      EXPECT_FALSE(restore(about_answer));
    }
  }
}

TEST_F(ChangesTest, LaterFragmentsOfAnAnswerFollowItsFirst) {
  Octets frame = udp({client, 5000}, {server, 53});
  ASSERT_TRUE(make(frame, {SetDestination{other}}));
  const auto fragment = [](const IpAddress& from, std::uint16_t offset, bool more,
                           const Octets& rest) {
    return built(wire::Ipv4Fields{.identification = 77,
                                  .more_fragments = more,
                                  .fragment_offset = offset,
                                  .ttl = 64,
                                  .protocol = 17,
                                  .source = from.v4(),
                                  .destination = client.v4()},
                 Bytes{rest});
  };
  Octets beginning = udp({other, 53}, {client, 5000});
  beginning.erase(beginning.begin(), beginning.begin() + 34);
  beginning.resize(16);
  Octets first = fragment(other, 0, true, beginning);
  EXPECT_TRUE(restore(first));
  Octets later = fragment(other, 16, false, payload);
  EXPECT_TRUE(restore(later));
  EXPECT_EQ(later, fragment(server, 16, false, payload));
}

TEST_F(ChangesTest, WhatHasNotTheFieldIsLeftAsItIs) {
  Octets arp(60);
  arp[12] = 0x08;
  arp[13] = 0x06;
  const Octets before = arp;
  EXPECT_FALSE(make(arp, {SetTtl{5}, SetDestination{other}, SetDestinationPort{1}}));
  EXPECT_EQ(arp, before);
  Octets frame = udp({client, 5000}, {server, 53});
  const Octets original = frame;
  EXPECT_FALSE(make(frame, {SetDestination{other6}}));
  EXPECT_EQ(frame, original);
  EXPECT_EQ(changes_.counters().unchanged, 2U);
  EXPECT_EQ(changes_.counters().changed, 0U);
}

TEST_F(ChangesTest, WrongChecksumsStayAsWrong) {
  Octets frame = udp({client, 5000}, {server, 53});
  Octets wanted = udp({client, 5000}, {other, 53});
  frame[40] = static_cast<std::uint8_t>(frame[40] + 1);
  wanted[40] = static_cast<std::uint8_t>(wanted[40] + 1);
  ASSERT_TRUE(make(frame, {SetDestination{other}}));
  const Packet packet = packet_of(frame);
  EXPECT_EQ(wire::verify_checksums(packet, wire::decode(packet))[2], ChecksumVerdict::bad);
}

TEST_F(ChangesTest, SegmentsKeptTogetherHoldThePseudoHeadersSum) {
  const auto segments = [](const End& from, const End& to) {
    Octets frame = tcp(from, to);
    const wire::WordSum sum =
        wire::pseudo_header_sum(from.address.v4(), to.address.v4(), 6, frame.size() - 34);
    store_be(&frame[34 + 16], sum.folded());
    return frame;
  };
  Octets frame = segments({client, 5000}, {server, 80});
  const Octets original = frame;
  Packet packet = packet_of(original);
  packet.flags = PacketFlags::several_segments | PacketFlags::checksum_not_ready;
  const std::array<Change, 3> changes{SetDestination{other}, SetDestinationPort{81}, SetTtl{64}};
  EXPECT_TRUE(changes_.make(changes, frame, packet, now_));
  EXPECT_EQ(frame, segments({client, 5000}, {other, 81}));
}

TEST_F(ChangesTest, TheTableIsBounded) {
  constexpr std::size_t flows = 3 * Changes::most_flows;
  for (std::size_t i = 0; i < flows; ++i) {
    const Ipv4Address address{{10, static_cast<std::uint8_t>(i >> 16),
                               static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}};
    Octets frame = udp({address, 5000}, {server, 53});
    ASSERT_TRUE(make(frame, {SetDestination{other}}));
  }
  const std::uint64_t evicted = changes_.counters().flows_evicted;
  EXPECT_GE(evicted, flows - Changes::most_flows);
  EXPECT_LT(evicted, flows - Changes::most_flows * 9 / 10);
}

TEST_F(ChangesTest, NothingIsAllocatedAfterTheFirstFlow) {
  Octets frame = udp({client, 5000}, {server, 53});
  Octets answer = udp({other, 53}, {client, 5000});
  const std::array<Change, 1> changes{SetDestination{other}};
  const Octets frame_before = frame;
  const Octets answer_before = answer;
  ASSERT_TRUE(changes_.make(changes, frame, packet_of(frame_before), now_));
  const std::size_t before = test::allocation_count();
  changes_.make(changes, frame, packet_of(frame_before), now_);
  changes_.restore(answer, packet_of(answer_before), now_);
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::gate
