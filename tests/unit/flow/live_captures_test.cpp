// What a tracker answers about its live flows, on every capture, against a list of them that an
// observer keeps by what it is told.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "frames.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::flow::test {
namespace {

namespace fs = std::filesystem;

struct Told {
  std::uint8_t protocol = 0;
  Endpoint originator{};
  Endpoint responder{};
  std::vector<std::uint16_t> vlans{};
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  Timestamp start{};
  Timestamp end{};
};

/// Of each live flow, by its id, and all of it as of the last packet.
class Listener final : public Observer {
 public:
  void on_start(const Flow& flow) override {
    Told& told = live[flow.id()];
    for (std::size_t i = 0; i < flow.vlan_count(); ++i) told.vlans.push_back(flow.vlan(i));
  }
  [[nodiscard]] bool wants_packets() const noexcept override { return true; }
  void on_packet(const Flow& flow, const Packet& packet, bool /*is_from_originator*/) override {
    Told& told = live.at(flow.id());
    told.protocol = flow.protocol();
    told.originator = flow.originator();
    told.responder = flow.responder();
    ++told.packets;
    told.bytes += packet.wire_length;
    told.start = flow.start();
    told.end = flow.end();
  }
  void on_end(const Flow& flow, EndReason /*reason*/) override { live.erase(flow.id()); }

  std::map<std::uint64_t, Told> live;
};

long double rank(const Told& told, Order order) {
  // Not by subtraction of time stamps, which may be as far apart as there are any.
  const auto count = [](Timestamp time) {
    return static_cast<long double>(time.time_since_epoch().count());
  };
  const long double duration = count(told.end) - count(told.start);
  const auto packets = static_cast<long double>(told.packets);
  const auto bytes = static_cast<long double>(told.bytes);
  switch (order) {
    case Order::packets:
      return packets;
    case Order::bytes:
      return bytes;
    case Order::packet_rate:
      return duration == 0 ? 0 : packets / duration;
    case Order::byte_rate:
      return duration == 0 ? 0 : bytes / duration;
    case Order::start:
      return -count(told.start);
  }
  return 0;
}

void expect_top(const Tracker& tracker, const Listener& listener, std::size_t count, Order order) {
  std::vector<std::pair<long double, std::uint64_t>> ranked;
  for (const auto& [id, told] : listener.live) ranked.emplace_back(-rank(told, order), id);
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), count));
  std::vector<std::uint64_t> expected;
  std::vector<std::uint64_t> got;
  for (const auto& [rank, id] : ranked) expected.push_back(id);
  for (const Flow* const flow : tracker.top(count, order)) got.push_back(flow->id());
  EXPECT_EQ(got, expected) << static_cast<int>(order);
}

void ask(const Tracker& tracker, const Listener& listener) {
  std::size_t walked = 0;
  for (const Flow& flow : tracker.flows()) {
    ++walked;
    const auto told = listener.live.find(flow.id());
    ASSERT_NE(told, listener.live.end());
    EXPECT_EQ(flow.from_originator().packets + flow.from_responder().packets, told->second.packets);
    EXPECT_EQ(flow.from_originator().frame_bytes + flow.from_responder().frame_bytes,
              told->second.bytes);
  }
  EXPECT_EQ(walked, listener.live.size());
  std::map<std::uint8_t, std::size_t> protocols;
  for (const auto& [id, told] : listener.live) ++protocols[told.protocol];
  for (unsigned number = 0; number < 256; ++number) {
    const auto protocol = static_cast<std::uint8_t>(number);
    EXPECT_EQ(tracker.size(protocol), protocols[protocol]);
  }
  for (const auto& [id, told] : listener.live) {
    const Flow* const flow =
        tracker.find(told.protocol, told.originator, told.responder, told.vlans);
    ASSERT_NE(flow, nullptr);
    EXPECT_EQ(flow->id(), id);
    EXPECT_EQ(tracker.find(told.protocol, told.responder, told.originator, told.vlans), flow);
  }
  for (const Order order :
       {Order::packets, Order::bytes, Order::packet_rate, Order::byte_rate, Order::start}) {
    expect_top(tracker, listener, 10, order);
  }
}

/// The packets that can be read, a few of them at a time. How many flows there were.
std::uint64_t track(const fs::path& path, const TrackerOptions& options) {
  Listener listener;
  Tracker tracker{listener, options};
  try {
    savefile::Reader reader{path.string()};
    std::size_t packets = 0;
    std::size_t next = 1;
    for (const Packet& packet : reader) {
      tracker.add(packet);
      if (++packets != next) continue;
      ask(tracker, listener);
      next += 1 + next / 4;
      if (testing::Test::HasFailure()) break;
    }
  } catch (const Error&) {  // damaged, or no capture
  }
  ask(tracker, listener);
  return tracker.counts().flows_started;
}

TEST(LiveFlows, AreThoseOfEveryCapture) {
  const TrackerOptions choices[] = {
      {.idle = 0s, .fin = 0s},
      {.idle = 5s, .active = 1s, .vlan = true},
      {.max_flows = 10, .inner = true, .fragments = Fragments::separate}};
  std::uint64_t flows = 0;
  for (const fs::path& folder : {fs::path{WEIR_CAPTURES}, fs::path{WEIR_EXPECTED_CAPTURES}}) {
    if (folder.empty()) continue;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
      if (!entry.is_regular_file()) continue;
      for (const TrackerOptions& options : choices) {
        flows += track(entry.path(), options);
        ASSERT_FALSE(testing::Test::HasFailure()) << entry.path();
      }
    }
  }
  EXPECT_GT(flows, 300U);
}

}  // namespace
}  // namespace weir::flow::test
