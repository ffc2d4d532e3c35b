// The helper adapter: what is sent there with a tag is received elsewhere, the rest is cut.
#include "gate/attach/helper_adapter.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <cerrno>
#include <optional>

#include "gate/kernel/dispatcher.h"
#include "gate/kernel/layout.h"
#include "support/frames.h"
#include "sys/send_batch.h"
#include "system/gate/attach/attached_gate.h"
#include "system/network.h"
#include "system/sys/programs.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using gate::Attachment;
using gate::HelperAdapter;

class HelperAdapterTest : public AttachTest {
 protected:
  void SetUp() override {
    AttachTest::SetUp();
    if (IsSkipped()) return;
    if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
    run("ip link set near up && ip link set far up");
    wait_for_carriers(2);
    counted.emplace(1, 1);
    const sys::TrafficControlProgram turning{as_bytes(gate::turning_program(0))};
    const sys::SocketFilterProgram segments{as_bytes(counting(*counted, 0))};
    helper.emplace(turning, segments, GetParam());
    port = helper->port();
  }

  [[nodiscard]] int send(Bytes frame, std::uint64_t time, const sys::Offload* offload = nullptr) {
    sys::SendBatch batch{helper->index(), true, sys::DepartureLimits{}};
    batch.add(frame, 0, offload, {.time = time});
    return batch.send(port->socket(), 0).error;
  }
  [[nodiscard]] std::uint64_t segments() const { return counted->words()[0]; }

  std::optional<sys::MappedArray> counted{};
  std::optional<HelperAdapter> helper{};
  std::shared_ptr<const gate::Port> port{};
};
INSTANTIATE_TEST_SUITE_P(Attach, HelperAdapterTest,
                         ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

TEST_P(HelperAdapterTest, WhatIsTaggedIsReceivedElsewhereHoweverLongItIs) {
  capture::Live live{"near"};
  for (const std::size_t length : {64U, 3'000U, 65'535U}) {
    Octets frame = numbered_frame(length);
    frame.resize(length, 0x5a);
    EXPECT_EQ(send(frame, gate::tag::going_in(::if_nametoindex("near"))), 0);
    const auto packets = collect(live, 1);
    ASSERT_EQ(packets.size(), 1U);
    EXPECT_EQ(octets(packets[0].packet()), frame);
    EXPECT_EQ(packets[0].packet().direction, Direction::in);
  }
  EXPECT_EQ(segments(), 0U);
}

TEST_P(HelperAdapterTest, TheRestIsCutShownAndNotKept) {
  const Octets whole = frame(eth(0x0800), ip4(6), tcp(), rest(50'000));
  const sys::Offload offload{.segments = sys::Offload::Segments::tcp_ipv4,
                             .header_length = 54,
                             .segment_size = 1000,
                             .checksum_start = 34,
                             .checksum_offset = 16};
  EXPECT_EQ(send(whole, 0, &offload), 0);
  EXPECT_EQ(segments(), 50U);
  // What is not kept counts as dropped.
  EXPECT_EQ(send(numbered_frame(1), 0), ENOBUFS);
  EXPECT_EQ(segments(), 51U);
  const std::string statistics = output_of_ip("-s link show dev weir0");
  EXPECT_NE(statistics.find("mtu 65521 qdisc noqueue"), std::string::npos) << statistics;
}

TEST_P(HelperAdapterTest, ItSaysNothingByItselfAndGoes) {
  EXPECT_EQ(segments(), 0U);
  EXPECT_NE(output_of_ip("link show dev weir0").find("alias weir gate"), std::string::npos);
  helper.reset();
  EXPECT_EQ(output_of_ip("link show type tun"), "");
  sys::SendBatch batch{0, true};
  const Octets frame = numbered_frame(1);
  batch.add(frame);
  EXPECT_EQ(batch.send(port->socket(), 0).error, ENXIO);
}

TEST_P(HelperAdapterTest, OnlyOurOwnAreOfWeir) {
  const sys::Tap other{{.name = "weirdo"}};
  ip("link add weir9 type veth peer name weir10");
  for (const capture::Adapter& adapter : capture::adapters()) {
    EXPECT_EQ(gate::is_of_weir(adapter), adapter.name == "weir0") << adapter.name;
  }
}

}  // namespace
}  // namespace weir::test
