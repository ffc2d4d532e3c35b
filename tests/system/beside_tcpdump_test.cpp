// Live sources and tcpdump, side by side on the same adapter.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "support/frames.h"
#include "support/temporary_folder.h"
#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

namespace weir::test {
namespace {

using capture::Live;
using namespace std::chrono_literals;

/// tcpdump writing a file until it has `count` packets.
class Tcpdump {
 public:
  Tcpdump(const TemporaryFolder& folder, std::size_t count, const std::string& words)
      : path_{folder.path("tcpdump.pcap")} {
    run("tcpdump -Z root -U --nano -n -c " + std::to_string(count) + " -w " + path_ + " " + words +
        " 2>/dev/null &");
    // Its header is there once it captures.
    for (int i = 0; i < 500 && !(std::filesystem::exists(path_) && size() >= 24); ++i) {
      std::this_thread::sleep_for(10ms);
    }
  }

  /// Waits until the packets are there.
  [[nodiscard]] std::vector<OwnedPacket> packets(std::size_t count) const {
    std::vector<OwnedPacket> all;
    for (int i = 0; i < 300 && all.size() < count; ++i) {
      all.clear();
      std::this_thread::sleep_for(20ms);
      savefile::Reader reader{path_, {.skip_damaged = true}};
      for (const Packet& packet : reader) all.emplace_back(packet);
    }
    return all;
  }

 private:
  [[nodiscard]] std::uintmax_t size() const { return std::filesystem::file_size(path_); }

  std::string path_;
};

std::vector<Octets> frames_of_many_kinds(bool with_tags) {
  const Octets plain = frame(eth(0x0800), datagram());
  std::vector<Octets> frames{plain, frame(eth(0x86dd), datagram6()), numbered_frame(4)};
  if (with_tags) {
    frames.push_back(tagged(plain, 5));
    frames.push_back(tagged(tagged(plain, 5), 7, 0x88a8));
  }
  Octets longest = numbered_frame(5);
  longest.resize(1514, 0xcd);
  frames.push_back(longest);
  frames.push_back(frame(eth(20), rest(20)));  // IEEE 802.3 with LLC
  return frames;
}

void expect_the_same(const std::vector<OwnedPacket>& ours, const std::vector<OwnedPacket>& theirs) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const Packet& one = ours[i].packet();
    const Packet& other = theirs[i].packet();
    EXPECT_EQ(octets(one), octets(other)) << i;
    EXPECT_EQ(one.wire_length, other.wire_length) << i;
    EXPECT_EQ(one.link_type, other.link_type) << i;
    EXPECT_LT(std::chrono::abs(one.timestamp - other.timestamp), 100ms) << i;
  }
}

class BesideTcpdump : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (!IsSkipped() && std::system("command -v tcpdump >/dev/null") != 0) {
      GTEST_SKIP() << "needs tcpdump(8)";
    }
  }

  TemporaryFolder folder_;
};

TEST_F(BesideTcpdump, AnAdapterGivesTheSameInBothDirections) {
  const auto frames = frames_of_many_kinds(true);
  const Tcpdump tcpdump{folder_, 2 * frames.size(), "-i far"};
  Live live{"far"};
  for (const Octets& octets : frames) {
    FrameSender{"near"}.send(octets);
    FrameSender{"far"}.send(octets);
  }
  expect_the_same(collect(live, 2 * frames.size()), tcpdump.packets(2 * frames.size()));
}

TEST_F(BesideTcpdump, AllAdaptersGiveTheSame) {
  const auto frames = frames_of_many_kinds(false);
  const Tcpdump tcpdump{folder_, 2 * frames.size(), "-i any -y LINUX_SLL2"};
  Live live{"any"};
  for (const Octets& octets : frames) FrameSender{"near"}.send(octets);
  expect_the_same(collect(live, 2 * frames.size()), tcpdump.packets(2 * frames.size()));
}

TEST_F(BesideTcpdump, FilterAndSnapshotLengthGiveTheSame) {
  const auto frames = frames_of_many_kinds(true);
  const Tcpdump tcpdump{folder_, 2, "-i far -s 40 ether proto 0x88b5"};
  Live live{"far", {.snapshot_length = 40, .filter = filter::Filter{"ether proto 0x88b5"}}};
  for (const Octets& octets : frames) FrameSender{"near"}.send(octets);
  expect_the_same(collect(live, 2), tcpdump.packets(2));
}

TEST_F(BesideTcpdump, PingGivesTheSame) {
  if (std::system("command -v ping >/dev/null") != 0) GTEST_SKIP() << "needs ping(8)";
  run("ip addr add 192.0.2.1/24 dev lo");
  constexpr std::size_t count = 40;
  const Tcpdump tcpdump{folder_, count, "-i lo"};
  Live live{"lo"};
  run("ping -c 20 -i 0.002 -q 192.0.2.1 >/dev/null");
  expect_the_same(collect(live, count), tcpdump.packets(count));
}

}  // namespace
}  // namespace weir::test
