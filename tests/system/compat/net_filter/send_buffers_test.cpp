// Send buffers and senders while a filter runs: what cannot leave holds nothing back, and what has
// gone is forgotten.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/allocations.h"
#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

class NetFilterSendBuffers : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    filter().start_filter(0);
  }
  [[nodiscard]] int send(int adapter, bool buffer_only = false) {
    return refusal_of([&] { filter().send_packet(adapter, frame_of(1), 1, buffer_only); });
  }
  [[nodiscard]] int flush(int adapter) {
    return refusal_of([&] { filter().flush_send_buffer(adapter); });
  }
  static void wait_for_carrier(const std::string& adapter) {
    ASSERT_TRUE(wait_until([&] {
      return output_of_ip("-o link show " + adapter).find("state UP") != std::string::npos;
    }));
  }
};

TEST_F(NetFilterSendBuffers, HaveWhatAnAdapterCanSendOnly) {
  // B-87 B-88
  FrameWatch watch{there()};
  EXPECT_EQ(refusal_of([&] { filter().send_packet(id_of("edge"), Octets(5), 1, true); }), 87);
  EXPECT_EQ(send(id_of("edge"), true), 0);
  EXPECT_EQ(flush(id_of("edge")), 0);
  EXPECT_EQ(watch.frames(1), Frames{frame_of(1)});
}

TEST_F(NetFilterSendBuffers, AreNotMovedForEachPacketBeyondTheirFirstSize) {
  // B-87
  constexpr int megabyte = 1 << 20;
  const int id = id_of("edge");
  filter().config("InitialSendBufferSize=" + std::to_string(megabyte));
  const auto allocations_of_some = [&] {
    const std::size_t before = allocation_count();
    for (int i = 0; i < 500; ++i) EXPECT_EQ(send(id, true), 0);
    return allocation_count() - before;
  };
  const std::size_t within = allocations_of_some();
  const Octets packet = frame_of(1);
  const int more = megabyte / static_cast<int>(packet.size());
  EXPECT_EQ(refusal_of([&] { filter().send_packet(id, packet, more, true); }), 0);
  EXPECT_LE(allocations_of_some(), within + 10);
}

TEST_F(NetFilterSendBuffers, KeepWhatAnAdapterThatIsDownDoesNotTake) {
  // B-88
  EXPECT_EQ(send(id_of("edge"), true), 0);
  ip("link set edge down");
  EXPECT_EQ(flush(id_of("edge")), 31);
  ip("link set edge up");
  wait_for_carrier("edge");
  FrameWatch watch{there()};
  EXPECT_EQ(flush(id_of("edge")), 0);
  EXPECT_EQ(watch.frames(1), Frames{frame_of(1)});
}

TEST_F(NetFilterSendBuffers, FollowNamesOfAdapters) {
  // B-87 B-88: the id stays
  const int id = id_of("edge");
  EXPECT_EQ(send(id), 0);
  EXPECT_EQ(send(id, true), 0);
  ip("link set edge down");
  ip("link set edge name other");
  ip("link set other up");
  wait_for_carrier("other");
  FrameWatch watch{there()};
  EXPECT_EQ(flush(id), 0);
  EXPECT_EQ(send(id), 0);
  EXPECT_EQ(watch.frames(2), (Frames{frame_of(1), frame_of(1)}));
}

TEST_F(NetFilterSendBuffers, GoWithTheirAdapters) {
  // B-87 B-88: no error of an adapter that has gone comes twice, and no socket stays
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
  };
  const auto come_and_go = [&](bool sends) {
    ip("link add late type veth peer name later");
    ip("link set late up");
    ip("link set later up");
    const int id = id_of("late");
    if (sends) {
      EXPECT_EQ(send(id, true), 0);
      EXPECT_TRUE(wait_until([&] { return send(id) == 0; }));
    }
    ip("link del late");
    return id;
  };
  EXPECT_EQ(send(come_and_go(true)), 1'168);
  const int id = come_and_go(true);
  EXPECT_EQ(flush(-1), 1'168);
  EXPECT_EQ(flush(-1), 0);
  EXPECT_EQ(send(id), 1'168);
  // The gate keeps sockets of adapters that have gone lately.
  for (int i = 0; i < 20; ++i) come_and_go(true);
  const auto before = open_files();
  for (int i = 0; i < 20; ++i) come_and_go(true);
  EXPECT_TRUE(wait_until([&] { return open_files() <= before + 8; }))
      << before << " and " << open_files();
}

}  // namespace
}  // namespace weir::test
