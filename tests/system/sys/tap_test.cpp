// TAP and TUN adapters: what is written is received, what is sent can be read.
#include "sys/tap.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <optional>

#include "support/frames.h"
#include "system/network.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using sys::Tap;
using sys::TapOptions;

class TapTest : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (!IsSkipped() && !Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  }
};

TEST_F(TapTest, WhatIsWrittenTheAdapterReceives) {
  const Tap tap;
  EXPECT_EQ(tap.name(), "weir0");
  const Octets frame = numbered_frame(1);
  EXPECT_EQ(tap.write(frame), EIO);
  tap.set_up();
  capture::Live live{tap.name()};
  EXPECT_EQ(tap.write(frame), 0);
  EXPECT_EQ(tap.write(Bytes{frame}.first(14), Bytes{frame}.subspan(14)), 0);
  EXPECT_EQ(tap.write(Octets(13)), EINVAL);
  const auto packets = collect(live);
  ASSERT_EQ(packets.size(), 2U);
  for (const OwnedPacket& packet : packets) {
    EXPECT_EQ(octets(packet.packet()), frame);
    EXPECT_EQ(packet.packet().direction, Direction::in);
  }
}

TEST_F(TapTest, WhatTheAdapterSendsIsRead) {
  const Tap tap{{.name = "ours"}};
  tap.set_up();
  std::array<std::uint8_t, 2000> room;
  EXPECT_TRUE(tap.read(room).empty());
  const Octets frame = numbered_frame(1);
  FrameSender{"ours"}.send(frame);
  const Bytes read = tap.read(room);
  EXPECT_EQ(Octets(read.begin(), read.end()), frame);
  EXPECT_TRUE(tap.read(room).empty());
}

TEST_F(TapTest, ItSaysNothingOfItselfAndGoesWithItsObject) {
  std::optional<Tap> tap{std::in_place, TapOptions{.name = "ours"}};
  tap->set_up();
  EXPECT_EQ(output_of_ip("addr show dev ours").find("inet6"), std::string::npos);
  std::array<std::uint8_t, 2000> room;
  EXPECT_TRUE(tap->read(room).empty());
  EXPECT_NE(output_of_ip("link show type tun"), "");
  tap.reset();
  EXPECT_EQ(output_of_ip("link show type tun"), "");
}

TEST_F(TapTest, ItHasTheLengthAndHeadersAskedFor) {
  const Tap tap{{.name = "ours", .mtu = 9000, .packet_header = true}};
  tap.set_up();
  EXPECT_NE(output_of_ip("link show dev ours").find("mtu 9000"), std::string::npos);
  capture::Live live{"ours"};
  const Octets frame = numbered_frame(1);
  const std::array<std::uint8_t, 10> header{};
  EXPECT_EQ(tap.write(header, frame), 0);
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), frame);
  FrameSender{"ours"}.send(frame);
  std::array<std::uint8_t, 2000> room;
  EXPECT_EQ(tap.read(room).size(), header.size() + frame.size());
}

TEST_F(TapTest, AnIpAdapterHasNoEthernetHeader) {
  const Tap tun{{.kind = TapOptions::Kind::ip}};
  tun.set_up();
  capture::Live live{tun.name()};
  EXPECT_EQ(live.link_type(), LinkType::raw);
  const Octets packet = frame(ip4(17), udp(), rest(4));
  EXPECT_EQ(tun.write(packet), 0);
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), packet);
}

TEST_F(TapTest, NamesAreTakenOnceAndHaveALength) {
  const Tap tap{{.name = "ours"}};
  try {
    const Tap again{{.name = "ours"}};
    ADD_FAILURE() << "made twice";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EBUSY);
  }
  EXPECT_THROW(Tap{{.name = "a-name-of-sixteen"}}, Error);
}

}  // namespace
}  // namespace weir::test
