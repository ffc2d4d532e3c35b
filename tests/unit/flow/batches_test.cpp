// Many flows at once: how packets are cut into batches changes nothing of what is told, and memory
// that is given to a tracker is what it uses.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "frames.h"

namespace weir::flow::test {
namespace {

constexpr unsigned flow_count = 70'000;
constexpr unsigned packets_each = 4;

/// One of what an observer is told.
struct Told {
  std::uint64_t flow = 0;
  bool is_end = false;
  EndReason reason{};
  Endpoint originator{};
  Endpoint responder{};
  Counters sent{};
  Counters answered{};
  Timestamp start{};
  Timestamp end{};
  TcpState state{};
  std::vector<HistoryPacket> history{};
  bool operator==(const Told&) const = default;
};

class Listener : public Observer {
 public:
  void on_start(const Flow& flow) override { tell(flow, {}); }
  void on_end(const Flow& flow, EndReason reason) override {
    Told told_now{.is_end = true, .reason = reason};
    for (const HistoryPacket& packet : tracker->history(flow)) told_now.history.push_back(packet);
    tell(flow, std::move(told_now));
  }

  const Tracker* tracker = nullptr;
  std::vector<Told> told;

 private:
  void tell(const Flow& flow, Told told_now) {
    told_now.flow = flow.id();
    told_now.originator = flow.originator();
    told_now.responder = flow.responder();
    told_now.sent = flow.from_originator();
    told_now.answered = flow.from_responder();
    told_now.start = flow.start();
    told_now.end = flow.end();
    told_now.state = flow.tcp_state();
    told.push_back(std::move(told_now));
  }
};

/// Packet `number` of a flow: datagrams to and fro, or connections that are opened, used and reset.
FrameFields fields_of(unsigned flow, unsigned number) {
  FrameFields fields{.source = Ipv4Address{{198, 51, static_cast<std::uint8_t>(flow >> 16), 1}},
                     .source_port = static_cast<std::uint16_t>(flow),
                     .protocol = flow % 3 == 0 ? udp : tcp,
                     .tcp_flags = std::array{syn, std::uint8_t{syn | ack}, ack, rst}.at(number),
                     .sequence = std::array{100U, 500U, 101U, 101U}.at(number),
                     .acknowledgment = std::array{0U, 101U, 501U, 0U}.at(number),
                     .payload = number == 2 ? flow % 20 : 0};
  return number == 1 ? fields.reversed() : fields;
}

/// The packets of all flows, each flow's a thousand others' apart.
class Traffic {
 public:
  Traffic() {
    std::multimap<unsigned, std::pair<unsigned, unsigned>> order;
    for (unsigned flow = 0; flow < flow_count; ++flow) {
      for (unsigned i = 0; i < packets_each; ++i)
        order.emplace(flow + 1009 * i, std::pair{flow, i});
    }
    for (const auto& [when, which] : order) {
      frames_.push_back(make_frame(fields_of(which.first, which.second)));
      packets_.push_back(packet_of(frames_.back(), at(packets_.size() * 100us)));
    }
  }
  [[nodiscard]] std::span<const Packet> packets() const { return packets_; }

 private:
  std::vector<std::vector<std::uint8_t>> frames_;
  std::vector<Packet> packets_;
};

/// What is told of the packets where `size()` of them are added at a time; flows end by silence, by
/// a reset and for room.
template <class Size>
std::vector<Told> listen(std::span<const Packet> packets, Size size) {
  Listener listener;
  Tracker tracker{listener,
                  {.idle = 9s,
                   .fin = 5s,
                   .max_flows = 50'000,
                   .history = {.fields = HistoryFields::all, .budget = std::size_t{64} << 20}}};
  listener.tracker = &tracker;
  while (!packets.empty()) {
    const std::size_t count = std::min<std::size_t>(size(), packets.size());
    tracker.add(packets.first(count));
    packets = packets.subspan(count);
  }
  tracker.finish();
  EXPECT_EQ(tracker.counts().packets, flow_count * packets_each);
  return std::move(listener.told);
}

TEST(Batches, OfAnySizeTellTheSame) {
  const Traffic traffic;
  const auto whole = listen(traffic.packets(), [&] { return traffic.packets().size(); });
  std::map<EndReason, unsigned> ends;
  for (const Told& told : whole) {
    if (told.is_end) ++ends[told.reason];
  }
  EXPECT_EQ(whole.size(), 2 * flow_count);
  for (const EndReason reason : {EndReason::rst, EndReason::idle, EndReason::end}) {
    EXPECT_GT(ends[reason], 1000U) << name(reason);
  }
  for (const std::size_t size : {1U, 31U, 33U, 64U, 1024U}) {
    EXPECT_TRUE(listen(traffic.packets(), [&] { return size; }) == whole) << size;
  }
  std::mt19937 random{1};
  EXPECT_TRUE(listen(traffic.packets(), [&] { return 1 + random() % 3000; }) == whole);
}

/// The heap, counted.
class CountedMemory : public Memory {
 public:
  std::uint8_t* resize(std::uint8_t* data, std::size_t old_size, std::size_t size) override {
    std::uint8_t* const resized = heap().resize(data, old_size, size);
    in_use += size - old_size;
    return resized;
  }
  void free(std::uint8_t* data, std::size_t size) noexcept override {
    heap().free(data, size);
    in_use -= size;
  }
  std::size_t in_use = 0;
};

TEST(TrackerMemory, IsWhatIsGivenAndIsGivenBack) {
  CountedMemory memory;
  const Traffic traffic;
  {
    Observer nobody;
    Tracker tracker{nobody, {.memory = &memory, .history = {.fields = HistoryFields::timestamp}}};
    tracker.add(traffic.packets());
    EXPECT_EQ(tracker.size(), flow_count);
    const HistoryCounts history = tracker.history_counts();
    EXPECT_EQ(history.packets, flow_count * packets_each);
    EXPECT_GT(memory.in_use, flow_count * std::size_t{170} + history.bytes);
  }
  EXPECT_EQ(memory.in_use, 0U);
}

}  // namespace
}  // namespace weir::flow::test
