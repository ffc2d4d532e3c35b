// What other threads may do to a live source: stop it, and change the adapters of a group.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "system/network.h"
#include "weir/capture/group.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using capture::Group;
using capture::Live;

using LiveThreads = LiveTest;

TEST_F(LiveThreads, OneStopsWhatAnotherReads) {
  Live live{"far"};
  Stream stream{"near", UINT64_MAX, 64};
  EXPECT_FALSE(live.next_batch().packets.empty());
  std::thread other{[&live] { live.stop(); }};
  for (const Batch& batch : live.batches()) {
    for (const Packet& packet : batch.packets) EXPECT_EQ(packet.data.size(), 64U);
  }
  other.join();
  stream.stop();
}

TEST_F(LiveThreads, SeveralChangeTheAdaptersOfAGroup) {
  Group group;
  group.add("far");
  group.add("near");
  Stream stream{"near", UINT64_MAX, 64};
  std::uint64_t packets = 0;
  while (packets == 0)
    packets += group.next_batch(Deadline::in(std::chrono::seconds{1})).packets.size();
  std::array<std::thread, 3> others;
  std::atomic<std::size_t> done = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    others[i] = std::thread{[&group, &done, i] {
      try {
        for (std::uint32_t number = 0; number < 20; ++number) {
          group.post(i % 2, {.snapshot_length = 20 + number}).get();
          ++done;
        }
      } catch (const std::future_error&) {
      }
      group.stop();
    }};
  }
  for (const Batch& batch : group.batches()) {
    for (const Packet& packet : batch.packets) EXPECT_GE(packet.data.size(), 20U);
  }
  for (std::thread& other : others) other.join();
  stream.stop();
  EXPECT_GE(done, 20U) << "one at least got through";
  EXPECT_THROW(group.post(0, {}).get(), std::future_error) << "nobody takes it up any more";
}

}  // namespace
}  // namespace weir::test
