// FParser against a naive table: random packets, what is told of them, and what it answers
// meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "unit/compat/fparser_file.h"
#include "weir/savefile/reader.h"

namespace weir::compat::fparser {
namespace {

constexpr std::int64_t idle = 60;
constexpr std::int64_t fin_idle = 5;
constexpr std::uint16_t ports = 24;
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
constexpr std::uint8_t ack = 0x10;

/// Protocol, port, and whether it comes back.
using Key = std::tuple<std::uint8_t, std::uint16_t, bool>;

Key key_of(const Sent& sent) { return {sent.protocol, sent.port, sent.back}; }

FlowId id_of(const Key& key) {
  const auto& [protocol, port, back] = key;
  const int type = protocol == 6 ? FLOW_TYPE_TCP : FLOW_TYPE_UDP;
  if (back) return {"198.51.100.2", 80, "192.0.2.1", port, type};
  return {"192.0.2.1", port, "198.51.100.2", 80, type};
}

std::int64_t microseconds(Duration time) {
  return std::chrono::floor<std::chrono::microseconds>(1'000'000s + time).count();
}

struct ModelFlow {
  FlowId id{};
  std::vector<FlowPacket> packets{};
  /// When each was counted: the largest time so far.
  std::vector<Duration> counted{};
  Duration start{};
  Duration end{};
  bool is_over = false;

  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const FlowPacket& packet : packets) sum += packet.ip_length;
    return sum;
  }
  /// Packets and bytes a second.
  [[nodiscard]] std::pair<double, double> rates(Duration now) const {
    std::pair<double, double> rates{};
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const double seconds = std::chrono::duration<double>{now - counted[i]}.count();
      const double share = std::pow(0.65, seconds) * -std::log(0.65);
      rates.first += share;
      rates.second += share * packets[i].ip_length;
    }
    return rates;
  }
};

/// What a flow is, but for its rates.
using Row = std::tuple<std::string, int, std::string, int, int, std::uint64_t, std::uint64_t,
                       std::int64_t, std::int64_t, std::vector<std::int64_t>>;

Row row_of(const FlowId& id, const std::vector<FlowPacket>& packets, const FlowInfo& info) {
  std::vector<std::int64_t> fields;
  for (const FlowPacket& one : packets) {
    fields.insert(fields.end(), {one.timestamp, one.ip_id, one.ttl, one.ip_length, one.flags,
                                 one.seq, one.ack, one.window});
  }
  return {id.src,         id.sport,        id.dest,       id.dport,     id.type,
          info.size_pkts, info.size_bytes, info.first_rx, info.last_rx, std::move(fields)};
}

Row row_of(const ModelFlow& flow) {
  return row_of(flow.id, flow.packets,
                {.size_pkts = flow.packets.size(),
                 .size_bytes = flow.bytes(),
                 .first_rx = microseconds(flow.start),
                 .last_rx = microseconds(flow.end)});
}

Row row_of(const Flow& flow) {
  std::vector<FlowPacket> packets;
  for (const FlowPacket& packet : flow) packets.push_back(packet);
  EXPECT_EQ(flow.size(), packets.size());
  return row_of(flow.get_id(), packets, flow.get_info());
}

class Model {
 public:
  void add(const Sent& sent) {
    now_ = std::max(now_, sent.time);
    end_due();
    ModelFlow& flow = live_[key_of(sent)];
    if (flow.is_over && sent.flags == syn && sent.protocol == 6) {
      ended.insert(row_of(flow));
      flow = {};
    }
    if (flow.packets.empty())
      flow = {.id = id_of(key_of(sent)), .start = sent.time, .end = sent.time};
    count(flow, sent);
  }
  void end_all() {
    for (const auto& [key, flow] : live_) ended.insert(row_of(flow));
    live_.clear();
  }
  [[nodiscard]] const std::map<Key, ModelFlow>& live() const { return live_; }
  [[nodiscard]] Duration now() const { return now_; }
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> flows_and_packets(
      std::uint8_t protocol) const {
    std::pair<std::uint64_t, std::uint64_t> sum{};
    for (const auto& [key, flow] : live_) {
      if (std::get<0>(key) != protocol) continue;
      ++sum.first;
      sum.second += flow.packets.size();
    }
    return sum;
  }

  std::multiset<Row> ended;

 private:
  void end_due() {
    std::erase_if(live_, [&](const auto& one) {
      const ModelFlow& flow = one.second;
      const auto limit = std::chrono::seconds{flow.is_over ? fin_idle : idle};
      if (now_ - flow.counted.back() < limit) return false;
      ended.insert(row_of(flow));
      return true;
    });
  }
  void count(ModelFlow& flow, const Sent& sent) const {
    const bool is_tcp = sent.protocol == 6;
    const std::size_t length = is_tcp ? 40 + sent.payload : 31 + sent.payload;
    FlowPacket packet{.timestamp = microseconds(sent.time),
                      .ip_id = sent.ip_id,
                      .ttl = sent.ttl,
                      .ip_length = static_cast<std::uint32_t>(length)};
    if (is_tcp) {
      packet.flags = sent.flags;
      packet.seq = sent.sequence;
      packet.ack = sent.acknowledgment;
      packet.window = sent.window;
      flow.is_over = flow.is_over || (sent.flags & (fin | rst)) != 0;
    }
    flow.packets.push_back(packet);
    flow.counted.push_back(now_);
    flow.start = std::min(flow.start, sent.time);
    flow.end = std::max(flow.end, sent.time);
  }

  std::map<Key, ModelFlow> live_;
  Duration now_ = Duration::min();
};

/// Datagrams and connections, mostly in order of time, that close, reset, begin again or fall
/// silent.
class Traffic {
 public:
  explicit Traffic(unsigned seed) : random_{seed} {}

  Sent next() {
    now_ += Duration{below(400'000'000)};
    if (below(3000) == 0) now_ += 90s;
    Sent sent{.time = below(20) == 0 ? now_ - 1us * below(4'000'000) : now_,
              .protocol = static_cast<std::uint8_t>(below(2) == 0 ? 6 : 17),
              .port = static_cast<std::uint16_t>(1 + below(ports)),
              .back = below(2) == 0,
              .flags = ack,
              .window = static_cast<std::uint16_t>(below(8) * 1000),
              .ip_id = static_cast<std::uint16_t>(random_()),
              .ttl = static_cast<std::uint8_t>(below(10) == 0 ? below(256) : 64),
              .payload = below(4) == 0 ? 0 : below(1200)};
    if (sent.protocol == 6) number(sent);
    table_.add(sent);
    return sent;
  }

 private:
  /// A connection goes on where it was; another begins where there is none, or one that is over.
  void number(Sent& sent) {
    const auto flow = table_.live().find(key_of(sent));
    const bool may_begin = flow == table_.live().end() || flow->second.is_over;
    std::uint32_t& next = next_[key_of(sent)];
    const unsigned chance = below(12);
    sent.acknowledgment = static_cast<std::uint32_t>(random_());
    if (may_begin && chance < 6) {
      next = static_cast<std::uint32_t>(random_());
      sent.flags = syn;
    } else if (!may_begin && chance == 0) {
      sent.flags = fin | ack;
    } else if (!may_begin && chance == 1) {
      sent.flags = rst | ack;
    }
    if ((sent.flags & (syn | rst)) != 0) sent.payload = 0;
    sent.sequence = next;
    const unsigned mark = (sent.flags & (syn | fin)) != 0 ? 1 : 0;
    next += static_cast<std::uint32_t>(sent.payload) + mark;
  }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::mt19937 random_;
  Duration now_{};
  /// Knows what is live.
  Model table_;
  std::map<Key, std::uint32_t> next_;
};

/// Asks the parser everything, from within a callback, and compares it with the model.
void compare_answers(const FParser& parser, const Model& model) {
  std::multiset<Row> expected;
  for (const auto& [key, flow] : model.live()) expected.insert(row_of(flow));
  std::multiset<Row> walked;
  for (const FlowPointer& flow : parser.flow_iter()) walked.insert(row_of(*flow));
  EXPECT_EQ(walked, expected);

  const FParserInfo info = parser.get_info();
  EXPECT_EQ((std::pair{info.tcp_flows, info.tcp_pkts}), model.flows_and_packets(6));
  EXPECT_EQ((std::pair{info.udp_flows, info.udp_pkts}), model.flows_and_packets(17));

  for (std::uint16_t port = 0; port <= ports + 1; ++port) {
    for (const bool back : {false, true}) {
      for (const std::uint8_t protocol : {std::uint8_t{6}, std::uint8_t{17}}) {
        const Key key{protocol, port, back};
        const FlowId id = id_of(key);
        const FlowPointer found = protocol == 6
                                      ? parser.find_tcp_flow(id.src, id.sport, id.dest, id.dport)
                                      : parser.find_udp_flow(id.src, id.sport, id.dest, id.dport);
        const auto live = model.live().find(key);
        ASSERT_EQ(found != nullptr, live != model.live().end()) << port;
        if (found == nullptr) continue;
        EXPECT_EQ(row_of(*found), row_of(live->second));
        const auto [pps, Bps] = live->second.rates(model.now());
        EXPECT_NEAR(found->get_info().pps, pps, 1e-5 * pps + 1e-9);
        EXPECT_NEAR(found->get_info().Bps, Bps, 1e-5 * Bps + 1e-9);
      }
    }
  }
}

template <class Key>
void compare_order(const FParser& parser, int order, const Model& model, Key key) {
  std::vector<double> expected;
  for (const auto& [ends, flow] : model.live()) expected.push_back(key(flow));
  std::ranges::sort(expected, std::greater{});
  std::vector<double> sorted;
  for (const FlowPointer& flow : parser.flow_iter(order)) {
    const FlowInfo info = flow->get_info();
    const double keys[] = {static_cast<double>(info.size_pkts),
                           static_cast<double>(info.size_bytes), info.pps, info.Bps};
    sorted.push_back(keys[order - 1]);
  }
  ASSERT_EQ(sorted.size(), expected.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_NEAR(sorted[i], expected[i], 1e-5 * expected[i] + 1e-9) << order;
  }
}

void compare_orders(const FParser& parser, const Model& model) {
  compare_order(parser, SORT_PKTS, model,
                [](const ModelFlow& flow) { return static_cast<double>(flow.packets.size()); });
  compare_order(parser, SORT_BYTES, model,
                [](const ModelFlow& flow) { return static_cast<double>(flow.bytes()); });
  compare_order(parser, SORT_PPS, model,
                [&](const ModelFlow& flow) { return flow.rates(model.now()).first; });
  compare_order(parser, SORT_BPS, model,
                [&](const ModelFlow& flow) { return flow.rates(model.now()).second; });
}

/// The model as it is behind each batch of the file, with what has ended in that.
std::vector<Model> model_of(const std::string& path, const std::vector<Sent>& packets) {
  std::vector<Model> states(1);
  auto next = packets.begin();
  savefile::Reader reader{path};
  for (const Batch& batch : reader.batches()) {
    Model state = states.back();
    state.ended.clear();
    for (std::size_t i = 0; i < batch.packets.size(); ++i) state.add(*next++);
    states.push_back(std::move(state));
  }
  EXPECT_EQ(next, packets.end());
  states.erase(states.begin());
  Model state = states.back();
  state.ended.clear();
  state.end_all();
  states.push_back(std::move(state));
  // Nobody asks where nothing ends.
  std::erase_if(states, [](const Model& one) { return one.ended.empty(); });
  return states;
}

using FParserModel = FParserFile;

TEST_F(FParserModel, TellsAndAnswersAsANaiveTable) {
  // D-4 D-5 D-9 D-10 D-17 D-18 D-19 D-22 D-23 D-24 D-25 XD-2 XD-4 XD-5 XD-7 XD-10 XD-13 XD-14 XD-15
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Traffic traffic{seed};
    std::vector<Sent> packets;
    for (int i = 0; i < 12'000; ++i) packets.push_back(traffic.next());
    const std::string path = file(packets);
    const std::vector<Model> states = model_of(path, packets);
    ASSERT_GT(states.size(), 5U);

    std::promise<FParser*> made;
    const auto parser_of = made.get_future().share();
    auto state = states.begin();
    std::multiset<Row> told;
    const auto on_flow = [&](const FlowPointer& flow) {
      if (HasFailure()) return;
      ASSERT_NE(state, states.end());
      if (told.empty()) {
        compare_answers(*parser_of.get(), *state);
        compare_orders(*parser_of.get(), *state);
      }
      told.insert(row_of(*flow));
      if (told.size() < state->ended.size()) return;
      EXPECT_EQ(told, state->ended);
      told.clear();
      ++state;
    };
    Told end;
    FParser parser{path, true, idle, fin_idle, "ip", 100, LOG_ERR, on_flow, on_flow, end.on_kill()};
    made.set_value(&parser);
    end.wait();
    parser.stop();
    EXPECT_EQ(state, states.end());
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace weir::compat::fparser
