// Adapters, batches and sums for tests of held packets.
#include "system/gate/held/holding.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "weir/capture/adapter.h"

namespace weir::test {

std::int64_t monotonic_now() noexcept {
  return Duration{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

void HoldingTest::SetUp() {
  LiveTest::SetUp();
  if (IsSkipped()) return;
  run("ip link add inner type veth peer name outer");
  run("ip link set inner mtu 9000 && ip link set outer mtu 9000");
  run("ip link set inner up && ip link set outer up");
  wait_for_carriers(4);
  run("for i in near inner; do ethtool -K $i tso off gso off tx off > /dev/null 2>&1; done");
  near = port_of("near");
  inner = port_of("inner");
  far = std::make_unique<capture::Live>("far");
  outer = std::make_unique<capture::Live>("outer");
}

std::shared_ptr<const gate::Port> HoldingTest::port_of(const std::string& adapter) {
  return std::make_shared<const gate::Port>(capture::adapter(adapter));
}

std::shared_ptr<gate::HoldTable> HoldingTest::make_table(gate::HoldOptions options,
                                                         gate::FlowTable* flows) {
  if (options.most_held == 0) options.most_held = 1'000;
  return std::make_shared<gate::HoldTable>(options, inner, flows);
}

std::mutex TakenBatch::spent_mutex;
std::list<TakenBatch::Taken> TakenBatch::spent;

gate::Arrival TakenBatch::arrival(const Octets& frame, const Came& came) {
  Taken& taken = ring_.emplace_back(Taken{.frame = frame});
  gate::Record& record = taken.record;
  record.when = static_cast<std::uint64_t>(monotonic_now());
  record.length = record.wire_length = static_cast<std::uint32_t>(frame.size());
  record.adapter = port_->index();
  record.mark = came.mark;
  record.priority = came.priority;
  record.segment_size = came.segment_size;
  record.outgoing = came.outgoing ? 1 : 0;
  record.link = port_->link_type() == LinkType::ethernet ? 0 : 1;
  record.is_segment = came.is_segment ? 1 : 0;
  return {.record = record,
          .frame = taken.frame,
          .rule = rule_,
          .port = port_,
          .snapshot_length = came.snapshot_length};
}

gate::Slot* TakenBatch::take(const Octets& frame, const Came& came) {
  return lane_->hold(arrival(frame, came));
}

gate::HeldPacket TakenBatch::hold(const Octets& frame, const Came& came) {
  gate::Slot* const slot = take(frame, came);
  if (slot == nullptr) throw std::runtime_error{"no room to hold a packet"};
  return gate::Slot::handle(*slot);
}

void TakenBatch::decide(const Octets& frame, gate::Fate fate) {
  lane_->decide(arrival(frame, {}), fate);
}

void TakenBatch::end() {
  batch_.reset();
  for (Taken& taken : ring_) std::ranges::fill(taken.frame, std::uint8_t{0xdd});
  // Whoever still looks there sees that, and nothing newer.
  const std::lock_guard lock{spent_mutex};
  spent.splice(spent.end(), ring_);
}

std::vector<Octets> frames_of(PacketSource& source, std::size_t count) {
  std::vector<Octets> frames;
  for (const OwnedPacket& owned : collect(source, count)) frames.push_back(octets(owned.packet()));
  return frames;
}

void expect_sums(const gate::HoldTable& table) {
  const gate::HeldCounters counters = table.counters();
  gate::Tally sum = counters.decided();
  sum += counters.waiting;
  EXPECT_EQ(counters.arrived, sum);
  EXPECT_EQ(counters.waiting.packets, table.waiting());
}

void expect_sums_while_moving(const gate::HoldTable& table) {
  const gate::HeldCounters counters = table.counters();
  const gate::Tally decided = counters.decided();
  EXPECT_LE(decided.packets, counters.arrived.packets);
  EXPECT_LE(decided.bytes, counters.arrived.bytes);
  EXPECT_LE(counters.waiting.packets, counters.arrived.packets);
}

}  // namespace weir::test
