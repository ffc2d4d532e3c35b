// What leaves a gate, as tcpdump reads it: checksums by its reckoning, lengths, nothing more.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "support/checked_frames.h"
#include "support/temporary_folder.h"
#include "system/gate/held/holding.h"

namespace weir::test {
namespace {

using gate::HeldPacket;
using namespace std::chrono_literals;

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

class BesideTcpdump : public HoldingTest {
 protected:
  void SetUp() override {
    HoldingTest::SetUp();
    if (IsSkipped()) return;
    if (std::system("tcpdump --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs tcpdump";
  }
};

TEST_F(BesideTcpdump, WhatLeavesIsRight) {
  const TemporaryFolder folder;
  const std::string path = folder.path("text");
  const std::string ready = folder.path("ready");
  // Says that it listens, then of each packet two lines.
  run("tcpdump -Z root -i far -n -vv -l -c 7 >" + path + " 2>" + ready + " &");
  for (int i = 0; i < 500 && text_of(ready).find("listening") == std::string::npos; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  const auto table = make_table();
  const Octets udp4 = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets tcp6 = sealed(eth(0x86dd), ip6(6), tcp(), rest(1'000));
  {
    TakenBatch batch{table->add_lane(), near};
    batch.hold(left_to_adapter(udp4, 14, ipv4_transport + 6, 17, 109)).accept();
    batch.hold(left_to_adapter(tcp6, 14, ipv6_transport + 16, 6, 1'020)).accept();
    HeldPacket longer = batch.hold(udp4);
    static_cast<void>(longer.edit());
    static_cast<void>(longer.resize(udp4.size() + 9));
    longer.accept_modified(gate::Repair::checksums);
    HeldPacket wrong = batch.hold(udp4);
    wrong.edit().back() ^= 1;
    wrong.accept_modified();
    const Octets large = sealed(eth(0x0800), ip4(6), tcp(), rest(3'000));
    batch.hold(left_to_adapter(large, 14, ipv4_transport + 16, 6, 3'020), {.segment_size = 1'000})
        .accept();
  }
  std::string text;
  for (int i = 0; i < 300 && times(text, "length") < 14; ++i) {
    std::this_thread::sleep_for(20ms);
    text = text_of(path);
  }
  EXPECT_EQ(times(text, "udp sum ok"), 2U) << text;
  EXPECT_EQ(times(text, "bad udp cksum"), 1U) << text;
  EXPECT_EQ(times(text, "(correct)"), 4U) << text;
  EXPECT_EQ(times(text, "incorrect"), 0U) << text;
  EXPECT_EQ(times(text, "UDP, length 110"), 1U) << text;
  EXPECT_EQ(times(text, "length 1000"), 4U) << text;
}

}  // namespace
}  // namespace weir::test
