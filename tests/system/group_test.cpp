// Three adapters in step: in turn, by one clock, changed and stopped from elsewhere.
#include "weir/capture/group.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "system/network.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using capture::Group;
using capture::GroupEventKind;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

/// With the pairs near and far, near1 and far1, near2 and far2.
class GroupTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    for (const std::string number : {"1", "2"}) {
      run("ip link add near" + number + " type veth peer name far" + number +
          " && ip link set near" + number + " up && ip link set far" + number + " up");
    }
    wait_for_carriers(6);
  }

  static Group three(const capture::LiveOptions& options = {}) {
    Group group;
    for (const char* name : {"far", "far1", "far2"}) group.add(name, options);
    return group;
  }
};

/// What only a failure waits for.
const Deadline patience = Deadline::in(60s);

using Counts = std::map<std::uint32_t, std::uint64_t>;

/// Packets by adapter, until there are so many of all together or the group is over.
Counts counted(Group& group, std::uint64_t all) {
  Counts counts;
  std::uint64_t sum = 0;
  while (sum < all) {
    const Batch batch = group.next_batch(patience);
    if (batch.packets.empty()) break;
    for (const Packet& packet : batch.packets) ++counts[packet.interface_index];
    sum += batch.packets.size();
  }
  return counts;
}

/// The same, and then what else the adapters had received. Stops the group.
Counts counted_to_the_end(Group& group, std::uint64_t all) {
  Counts counts = counted(group, all);
  group.stop();
  for (const Batch& batch : group.batches(patience)) {
    for (const Packet& packet : batch.packets) ++counts[packet.interface_index];
  }
  for (const auto& [adapter, packets] : counts) {
    EXPECT_EQ(group.statistics(adapter).delivered, packets);
  }
  return counts;
}

/// Until the kernel has put so many packets into the adapter's ring.
void wait_for(Group& group, std::size_t adapter, std::uint64_t packets) {
  const auto limit = steady_clock::now() + patience.wait();
  while (group.statistics(adapter).received < packets) {
    ASSERT_LT(steady_clock::now(), limit);
    std::this_thread::sleep_for(1ms);
  }
}

/// The descriptors by which adapters are asked for.
std::set<int> netlink_sockets() {
  std::set<int> found;
  for (int number = 0; number < 1024; ++number) {
    int domain = 0;
    socklen_t size = sizeof domain;
    const int wrong = ::getsockopt(number, SOL_SOCKET, SO_DOMAIN, &domain, &size);
    if (wrong == 0 && domain == AF_NETLINK) found.insert(number);
  }
  return found;
}

/// Makes every question to the kernel about an adapter fail.
void spoil(const std::set<int>& sockets) {
  const sys::FileDescriptor other{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  for (const int number : sockets) ASSERT_EQ(::dup2(other.number(), number), number);
}

void send(const std::string& adapter, std::uint64_t count) {
  const FrameSender sender{adapter};
  for (std::uint64_t number = 0; number < count; ++number) sender.send(numbered_frame(number));
}

TEST_F(GroupTest, PacketsSayWhichAdapterTheyAreOf) {
  Group group = three();
  ASSERT_EQ(group.interfaces().size(), 3U);
  EXPECT_EQ(group.interfaces()[2].name, "far2");
  send("near", 3);
  send("near1", 20);
  send("near2", 100);
  EXPECT_EQ(counted_to_the_end(group, 123), (Counts{{0, 3}, {1, 20}, {2, 100}}));
}

TEST_F(GroupTest, EachHasAFilterOfItsOwn) {
  Group group;
  group.add("far", {.filter = filter::Filter{"ether[22] = 0"}});
  group.add("far1", {.filter = filter::Filter{"ether[22] != 0"}});
  group.add("far2");
  EXPECT_EQ(group.interfaces()[1].filter, "ether[22] != 0");
  for (const char* name : {"near", "near1", "near2"}) send(name, 9);
  EXPECT_EQ(counted_to_the_end(group, 18), (Counts{{0, 3}, {1, 6}, {2, 9}}));
}

TEST_F(GroupTest, NoAdapterKeepsTheOthersWaiting) {
  Group group = three();
  // Whatever becomes of the last block, several are full.
  constexpr std::uint64_t many = 5'000;
  for (const char* name : {"near", "near1", "near2"}) send(name, many);
  for (std::size_t adapter = 0; adapter < 3; ++adapter) wait_for(group, adapter, many);
  std::vector<std::uint32_t> order;
  while (order.size() < 9) {
    const Batch batch = group.next_batch(patience);
    ASSERT_FALSE(batch.packets.empty());
    order.push_back(batch.packets.front().interface_index);
  }
  EXPECT_EQ(order, (std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2, 0, 1, 2}));
}

TEST_F(GroupTest, NowIsBehindNobodysPackets) {
  // Blocks of a slow adapter come late, and nobody waits less than that for those on their way.
  Group group = three({.retire = 1s});
  Stream streams[] = {{"near", 20'000, 64}, {"near1", 20'000, 512}, {"near2", 2'000, 8}};
  Timestamp now{};
  std::uint64_t packets = 0;
  const auto limit = steady_clock::now() + patience.wait();
  while (packets < 42'000 && steady_clock::now() < limit) {
    const Batch batch = group.next_batch(Deadline::in(50ms));
    for (const Packet& packet : batch.packets) {
      ASSERT_GE(packet.timestamp + 1s, now) << "a processor may overtake another, one that is busy";
    }
    packets += batch.packets.size();
    EXPECT_GE(batch.now, now);
    now = batch.now;
  }
  EXPECT_EQ(packets, 42'000U);
  // In silence it goes on.
  const Timestamp sent = wall_clock();
  while (now < sent && steady_clock::now() < limit) {
    now = group.next_batch(Deadline::in(50ms)).now;
  }
  EXPECT_GE(now, sent);
  EXPECT_LE(now, wall_clock());
}

TEST_F(GroupTest, OneThatGoesIsToldAndTheOthersGoOn) {
  Group group = three();
  send("near1", 5);
  wait_for(group, 1, 5);
  run("ip link del near1");
  std::uint64_t packets = 0;
  bool is_told = false;
  for (const Batch& batch : group.batches(patience)) {
    packets += batch.packets.size();
    for (const auto& [kind, adapter] : group.events()) {
      EXPECT_EQ(kind, GroupEventKind::gone);
      EXPECT_EQ(adapter, 1U);
      EXPECT_EQ(packets, 5U) << "after all it had";
      is_told = true;
    }
    if (is_told || (batch.packets.empty() && group.events().empty())) break;
  }
  EXPECT_TRUE(is_told);
  send("near2", 4);
  EXPECT_EQ(counted(group, 4), (Counts{{2, 4}}));
  run("ip link del near && ip link del near2");
  std::size_t events = 0;
  for (;;) {
    const Batch batch = group.next_batch(patience);
    events += group.events().size();
    if (batch.is_last()) {
      EXPECT_EQ(batch.state, SourceState::gone);
      break;
    }
    ASSERT_FALSE(group.events().empty());
  }
  EXPECT_EQ(events, 2U);
}

TEST_F(GroupTest, EventsAreToldAlsoWhereAnotherAdapterFails) {
  Group group;
  group.add("far");
  const std::set<int> healthy = netlink_sockets();
  group.add("far1");
  std::set<int> others = netlink_sockets();
  for (const int number : healthy) others.erase(number);
  ASSERT_EQ(others.size(), 1U);
  spoil(others);
  run("ip link set far down && ip link set far1 down");
  std::vector<capture::GroupEvent> told;
  int failures = 0;
  for (bool goes_on = true; goes_on && (told.empty() || failures == 0);) {
    try {
      const Batch batch = group.next_batch(patience);
      told.insert(told.end(), group.events().begin(), group.events().end());
      goes_on = !batch.is_last() && !group.events().empty();
    } catch (const SystemError&) {
      ++failures;
    }
  }
  EXPECT_EQ(failures, 1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, GroupEventKind::gone);
  EXPECT_EQ(told[0].adapter, 0U);
}

TEST_F(GroupTest, OneThatIsWaitedForComesBack) {
  Group group = three({.resume = true});
  const auto next_event = [&group] {
    for (const Batch& batch : group.batches(patience)) {
      if (!group.events().empty()) return group.events().front();
      if (batch.packets.empty()) break;
    }
    return capture::GroupEvent{GroupEventKind::gone, 99};
  };
  run("ip link set far1 down");
  const auto away = next_event();
  EXPECT_EQ(away.kind, GroupEventKind::away);
  EXPECT_EQ(away.adapter, 1U);
  run("ip link set far1 up");
  const auto resumed = next_event();
  EXPECT_EQ(resumed.kind, GroupEventKind::resumed);
  EXPECT_EQ(resumed.adapter, 1U);
}

TEST_F(GroupTest, AnotherThreadChangesAFilterWhileItWaits) {
  Group group = three();
  std::thread other{[&group] {
    std::this_thread::sleep_for(100ms);
    std::future<void> done = group.post(1, {.filter = filter::Filter{"ether[22] = 1"}});
    std::future<void> refused = group.post(0, {.filter = filter::Filter{"ifindex 1"}});
    done.get();
    EXPECT_THROW(refused.get(), FilterError);
    send("near1", 9);
    send("near", 9);
  }};
  Counts counts;
  for (const Batch& batch : group.batches(patience)) {
    for (const Packet& packet : batch.packets) ++counts[packet.interface_index];
    if (counts[0] == 9 && counts[1] == 3) break;
    if (batch.packets.empty()) break;
  }
  other.join();
  EXPECT_EQ(counts, (Counts{{0, 9}, {1, 3}}));
  EXPECT_THROW(static_cast<void>(group.post(3, {})), Error);
}

TEST_F(GroupTest, WhatWasReceivedBeforeAStopIsDelivered) {
  Group group = three({.retire = 100ms});
  send("near", 3'000);
  send("near1", 2'000);
  wait_for(group, 0, 3'000);
  wait_for(group, 1, 2'000);
  group.stop();
  std::uint64_t packets = 0;
  SourceState state{};
  do {
    const Batch batch = group.next_batch();
    packets += batch.packets.size();
    state = batch.state;
  } while (state == SourceState::packets);
  EXPECT_EQ(state, SourceState::stopped);
  EXPECT_EQ(packets, 5'000U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto counted = group.statistics(i);
    EXPECT_EQ(counted.received, counted.delivered);
  }
  EXPECT_EQ(group.next_batch().state, SourceState::stopped);
}

TEST_F(GroupTest, OnceStoppedItAsksTheKernelNoMore) {
  Group group = three();
  send("near", 3'000);
  wait_for(group, 0, 3'000);
  group.stop();
  std::uint64_t packets = group.next_batch().packets.size();
  spoil(netlink_sockets());
  for (const Batch& batch : group.batches()) packets += batch.packets.size();
  EXPECT_EQ(packets, 3'000U);
}

TEST_F(GroupTest, AStopEndsUnderLoad) {
  Group group = three();
  Stream stream{"near", UINT64_MAX, 256};
  EXPECT_FALSE(group.next_batch(patience).packets.empty());
  std::thread other{[&group] { group.stop(); }};
  for (const Batch& batch : group.batches()) static_cast<void>(batch);
  other.join();
  stream.stop();
}

TEST_F(GroupTest, ADeadlineIsKept) {
  Group group = three();
  EXPECT_EQ(group.next_batch(Deadline::none()).state, SourceState::would_block);
  const auto start = steady_clock::now();
  EXPECT_EQ(group.next_batch(Deadline::in(50ms)).state, SourceState::timeout);
  EXPECT_GE(steady_clock::now() - start, 50ms);
}

TEST_F(GroupTest, OneThatCannotBeOpenedLeavesTheOthers) {
  Group group;
  group.add("far");
  EXPECT_THROW(group.add("nowhere"), SystemError);
  EXPECT_EQ(group.add("far1"), 1U);
  send("near1", 2);
  EXPECT_EQ(counted_to_the_end(group, 2), (Counts{{1, 2}}));
}

TEST_F(GroupTest, GoesOnWithOneThatIsAddedOnceAllAreGone) {
  Group group;
  EXPECT_EQ(group.next_batch().state, SourceState::gone);
  group.add("far");
  std::future<void> done = group.post(0, {.filter = filter::Filter{"ether[22] = 1"}});
  EXPECT_EQ(group.next_batch(Deadline::none()).state, SourceState::would_block);
  done.get();
  send("near", 9);
  EXPECT_EQ(counted_to_the_end(group, 3), (Counts{{0, 3}}));
  group.add("far1");
  EXPECT_THROW(group.post(1, {}).get(), std::future_error) << "it was stopped";
}

TEST(Group, RefusesAdaptersThatAreNone) {
  Group group;
  EXPECT_THROW(static_cast<void>(group.statistics(0)), Error);
  EXPECT_THROW(static_cast<void>(group.post(0, {})), Error);
}

TEST(Group, WithoutAdaptersIsGone) {
  Group group;
  EXPECT_EQ(group.next_batch().state, SourceState::gone);
}

}  // namespace
}  // namespace weir::test
