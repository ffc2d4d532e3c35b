// The tracker against the simplest model that does what the options say: a map, walked whole
// before every packet. Random packets, times and options; every record must agree.
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <tuple>

#include "frames.h"

namespace weir::flow::test {
namespace {

/// What is compared of a record that has ended.
using Row = std::tuple<std::uint16_t, std::uint16_t, std::uint64_t, std::uint64_t, std::uint64_t,
                       std::uint64_t, int, int, TcpState, EndReason, Timestamp, Timestamp, bool>;

struct Send {
  std::uint16_t low_port;   ///< of the lower address
  std::uint16_t high_port;  ///< of the higher address
  bool from_high;
  std::uint8_t protocol;
  std::uint8_t flags;
  std::size_t payload;
};

/// Segments come in order and without SYN; what numbers are for is tested on its own.
struct ModelFlow {
  Send first{};
  std::uint64_t id = 0;
  std::uint64_t packets[2] = {0, 0};  // NOLINT: plain words
  std::uint64_t payload[2] = {0, 0};  // NOLINT: plain words
  int flags[2] = {0, 0};              // NOLINT: plain words
  bool fins[2] = {false, false};      // NOLINT: plain words
  bool seen[2] = {false, false};      // NOLINT: plain words
  bool doubtful[2] = {false, false};  // NOLINT: plain words; RSTs of a side not seen before
  TcpState state = TcpState::fresh;
  Timestamp start = Timestamp::max();
  Timestamp end = Timestamp::min();
  Timestamp last_use{};
  Timestamp created{};
  bool continues = false;
  bool kept = false;
  bool unidirectional = false;

  [[nodiscard]] bool over() const { return state == TcpState::closed || state == TcpState::reset; }
  [[nodiscard]] bool rests() const { return packets[0] + packets[1] == 0; }
  [[nodiscard]] bool worth_keeping() const {
    if (over()) return false;
    return continues || (packets[0] != 0 && packets[1] != 0) || packets[0] + packets[1] >= 4;
  }

  void count(const Send& send, Timestamp time, Timestamp now) {
    if (rests()) created = now;
    ++packets[send.from_high];
    payload[send.from_high] += send.payload;
    start = std::min(start, time);
    end = std::max(end, time);
    last_use = now;
    if (send.protocol == tcp) follow(send.from_high, send.flags);
  }

  void cut() {
    for (const bool side : {false, true}) packets[side] = payload[side] = 0;
    flags[0] = flags[1] = 0;
    start = Timestamp::max();
    end = Timestamp::min();
    continues = true;
  }

  void follow(bool high, std::uint8_t f) {
    flags[high] |= f;
    const bool doubt = doubtful[0] || doubtful[1];
    if (state == TcpState::closed || (state == TcpState::reset && !doubt)) return;
    if ((f & rst) != 0) {
      state = TcpState::reset;
      if (seen[high]) {
        doubtful[0] = doubtful[1] = false;
      } else {
        doubtful[high] = true;
      }
      return;
    }
    seen[high] = true;
    doubtful[high] = false;
    if (state == TcpState::reset && !doubtful[!high]) state = by_fins();
    if ((f & fin) == 0) return;
    fins[high] = true;
    if (state != TcpState::reset) state = by_fins();
  }
  [[nodiscard]] TcpState by_fins() const {
    if (fins[0] && (fins[1] || unidirectional)) return TcpState::closed;
    if (fins[1] && unidirectional) return TcpState::closed;
    return fins[0] || fins[1] ? TcpState::closing : TcpState::fresh;
  }

  [[nodiscard]] std::uint64_t packets_both() const { return packets[0] + packets[1]; }
  /// Of frames: Ethernet, IPv4 and the shortest transport header before each payload.
  [[nodiscard]] std::uint64_t bytes_both() const {
    return packets_both() * (14 + 20 + (first.protocol == tcp ? 20 : 8)) + payload[0] + payload[1];
  }

  [[nodiscard]] Row row(EndReason reason) const {
    const bool o = first.from_high;
    return {o ? first.high_port : first.low_port,
            o ? first.low_port : first.high_port,
            packets[o],
            packets[!o],
            payload[o],
            payload[!o],
            flags[o],
            flags[!o],
            state,
            reason,
            start,
            end,
            continues};
  }
};

class Model {
 public:
  explicit Model(const TrackerOptions& options) : options_{options} {}

  void send(const Send& send, Timestamp time) {
    advance(time);
    const Key key = key_of(send);
    auto found = flows_.find(key);
    if (found == flows_.end()) {
      if (flows_.size() >= options_.max_flows) evict();
      const ModelFlow fresh{
          .first = send, .id = ++last_id_, .unidirectional = options_.unidirectional};
      found = flows_.emplace(key, fresh).first;
    }
    ModelFlow& flow = found->second;
    const bool waited = waits(flow);
    flow.count(send, time, now_);
    if (waits(flow) != waited) flow.kept = false;
  }

  void advance(Timestamp time) {
    now_ = std::max(now_, time);
    for (auto it = flows_.begin(); it != flows_.end();) {
      const auto current = it++;
      auto reason = due(current->second);
      if (reason == EndReason::active) {
        ended.push_back(current->second.row(*reason));
        current->second.cut();
        reason = due(current->second);
      }
      if (reason) end(current, *reason);
    }
  }

  void finish() {
    while (!flows_.empty()) end(flows_.begin(), EndReason::end);
  }

  /// Of ports and protocol, and of the sender where directions are apart, if it lives.
  [[nodiscard]] const ModelFlow* find(const Send& send) const {
    const auto found = flows_.find(key_of(send));
    return found == flows_.end() || found->second.rests() ? nullptr : &found->second;
  }
  [[nodiscard]] std::vector<ModelFlow> live() const {
    std::vector<ModelFlow> flows;
    for (const auto& [key, flow] : flows_) {
      if (!flow.rests()) flows.push_back(flow);
    }
    return flows;
  }

  std::vector<Row> ended;

 private:
  using Key = std::tuple<std::uint16_t, std::uint16_t, std::uint8_t, bool>;
  using Flows = std::map<Key, ModelFlow>;

  [[nodiscard]] Key key_of(const Send& send) const {
    return {send.low_port, send.high_port, send.protocol,
            options_.unidirectional && send.from_high};
  }

  static EndReason closing(const ModelFlow& flow) {
    return flow.state == TcpState::reset ? EndReason::rst : EndReason::fin;
  }
  /// For the fin timeout.
  [[nodiscard]] bool waits(const ModelFlow& flow) const {
    return options_.fin != 0s && flow.over();
  }

  [[nodiscard]] std::optional<EndReason> due(const ModelFlow& flow) const {
    std::vector<std::pair<Timestamp, EndReason>> ends;
    if (waits(flow)) ends.emplace_back(flow.last_use + options_.fin, closing(flow));
    if (options_.idle != 0s) ends.emplace_back(flow.last_use + options_.idle, EndReason::idle);
    if (options_.active != 0s && !flow.rests()) {
      ends.emplace_back(flow.created + options_.active, EndReason::active);
    }
    const auto first = std::ranges::min_element(
        ends, [](const auto& a, const auto& b) { return a.first < b.first; });
    if (first == ends.end() || first->first > now_) return std::nullopt;
    return first->second;
  }

  void evict() {
    std::vector<Flows::iterator> by_use;
    for (auto it = flows_.begin(); it != flows_.end(); ++it) by_use.push_back(it);
    std::ranges::sort(by_use, {}, [](const auto& it) { return it->second.last_use; });
    for (const auto& it : by_use) {
      ModelFlow& flow = it->second;
      if (flow.kept || waits(flow)) continue;
      if (!flow.worth_keeping()) break;
      flow.kept = true;
    }
    const auto is_kept = [](const auto& it) { return it->second.kept; };
    const auto other = std::ranges::find_if_not(by_use, is_kept);
    const auto others = std::ranges::count_if(by_use, [&](const auto& it) { return !is_kept(it); });
    const bool by_age = others <= std::max<std::ptrdiff_t>(options_.max_flows / 16, 1);
    end(by_age || other == by_use.end() ? by_use.front() : *other, EndReason::evicted);
  }

  void end(Flows::iterator flow, EndReason reason) {
    if (!flow->second.rests()) ended.push_back(flow->second.row(reason));
    flows_.erase(flow);
  }

  TrackerOptions options_;
  Flows flows_;
  std::uint64_t last_id_ = 0;
  Timestamp now_ = Timestamp::min();
};

/// What a flow is ranked by, the largest first.
long double rank(const ModelFlow& flow, Order order) {
  const auto seconds = static_cast<long double>((flow.end - flow.start).count());
  const auto rate = [&](std::uint64_t count) {
    return seconds == 0 ? 0 : static_cast<long double>(count) / seconds;
  };
  switch (order) {
    case Order::packets:
      return static_cast<long double>(flow.packets_both());
    case Order::bytes:
      return static_cast<long double>(flow.bytes_both());
    case Order::packet_rate:
      return rate(flow.packets_both());
    case Order::byte_rate:
      return rate(flow.bytes_both());
    case Order::start:
      return -static_cast<long double>(flow.start.time_since_epoch().count());
  }
  return 0;
}

Row row_of(const Flow& flow, EndReason reason) {
  return {flow.originator().port,
          flow.responder().port,
          flow.from_originator().packets,
          flow.from_responder().packets,
          flow.from_originator().payload_bytes,
          flow.from_responder().payload_bytes,
          flow.originator_tcp_flags(),
          flow.responder_tcp_flags(),
          flow.tcp_state(),
          reason,
          flow.start(),
          flow.end(),
          flow.continues()};
}

/// One random run of both.
class Round {
 public:
  explicit Round(std::uint64_t seed)
      : random_{seed}, options_{random_options()}, model_{options_}, feed_{options_} {}

  void run() {
    while (feed_.tracker.counts().packets < 300) {
      if (pick(20) == 0) {
        step_time();
        model_.advance(at(now_));
        feed_.tracker.advance(at(now_));
      } else {
        send_batch();
      }
      compare();
      if (pick(4) == 0) ask();
      if (testing::Test::HasFailure()) return;
    }
    model_.finish();
    feed_.tracker.finish();
    compare();
    ask();
  }

 private:
  std::uint64_t pick(std::uint64_t count) { return random_() % count; }
  Duration random_timeout() {
    return pick(3) == 0 ? 0s : Duration{1 + (random_() >> pick(40) % 64) % 5'000'000'000};
  }

  TrackerOptions random_options() {
    capped_ = pick(2) == 0;
    return {.idle = random_timeout(),
            .active = random_timeout(),
            .fin = random_timeout(),
            .max_flows = static_cast<std::uint32_t>(capped_ ? 1 + pick(8) : 1000),
            .unidirectional = pick(3) == 0,
            .hash_key = {{random_(), random_()}}};
  }

  void step_time() {
    // Without ties the least recently used flow is unique.
    now_ += Duration{static_cast<std::int64_t>(capped_ ? 1 : 0) +
                     static_cast<std::int64_t>(pick(1'000'000'000) >> pick(32))};
  }

  /// Packets of one call: sometimes more than the tracker takes in one go.
  void send_batch() {
    const std::size_t count = pick(4) == 0 ? 1 + pick(150) : 1 + pick(3);
    std::vector<std::vector<std::uint8_t>> frames;
    std::vector<Packet> packets;
    frames.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      step_time();
      const bool backward = !capped_ && pick(10) == 0;
      const Timestamp time = at(now_) - (backward ? Duration{1 + pick(2'000'000'000)} : 0s);
      const Send send = random_send();
      model_.send(send, time);
      std::uint32_t& next = next_[{send.low_port, send.high_port, send.from_high}];
      FrameFields fields{.source_port = send.low_port,
                         .destination_port = send.high_port,
                         .protocol = send.protocol,
                         .tcp_flags = send.flags,
                         .sequence = next,
                         .payload = send.payload};
      // What an RST or a segment behind the FIN carries is taken for nothing.
      if (send.protocol == tcp && (send.flags & rst) == 0) {
        next += static_cast<std::uint32_t>(send.payload) + ((send.flags & fin) != 0 ? 1 : 0);
      }
      frames.push_back(make_frame(send.from_high ? fields.reversed() : fields));
      packets.push_back(packet_of(frames.back(), time));
    }
    feed_.tracker.add(packets);
  }

  Send random_send() {
    static constexpr std::uint8_t flags[] = {ack, psh | ack, ack, psh | ack, fin | ack,
                                             rst, fin,       ack, rst | ack, 0};
    const bool is_tcp = pick(3) != 0;
    return {.low_port = static_cast<std::uint16_t>(1 + pick(6)),
            .high_port = static_cast<std::uint16_t>(1 + pick(3)),
            .from_high = pick(2) == 0,
            .protocol = is_tcp ? tcp : udp,
            .flags = is_tcp ? flags[pick(std::size(flags))] : std::uint8_t{0},
            .payload = pick(30)};
  }

  void compare() {
    std::vector<Row> got;
    for (std::size_t i = compared_; i < feed_.recorder.ended.size(); ++i) {
      const EndedFlow& ended = feed_.recorder.ended[i];
      got.push_back(row_of(ended.flow(), ended.reason));
    }
    std::vector<Row> expected(model_.ended.begin() + static_cast<std::ptrdiff_t>(compared_),
                              model_.ended.end());
    std::ranges::sort(got);
    std::ranges::sort(expected);
    std::vector<Row> wrong;
    std::vector<Row> missing;
    std::ranges::set_difference(got, expected, std::back_inserter(wrong));
    std::ranges::set_difference(expected, got, std::back_inserter(missing));
    EXPECT_EQ(wrong, missing);
    compared_ = feed_.recorder.ended.size();
    const TrackerCounts& counts = feed_.tracker.counts();
    EXPECT_EQ(counts.flows_started, counts.flows_ended + feed_.tracker.size());
    EXPECT_EQ(counts.flows_ended, feed_.recorder.ended.size());
    EXPECT_EQ(counts.flows_started, feed_.recorder.started.size());
  }

  /// Of the flows that live at this moment.
  void ask() {
    std::vector<ModelFlow> live = model_.live();
    std::map<std::uint64_t, Row> expected;
    std::map<std::uint64_t, Row> got;
    for (const ModelFlow& flow : live) expected.emplace(flow.id, flow.row(EndReason::end));
    std::size_t walked = 0;
    for (const Flow& flow : feed_.tracker.flows()) {
      ++walked;
      got.emplace(flow.id(), row_of(flow, EndReason::end));
      EXPECT_EQ(feed_.tracker.find(flow.protocol(), flow.originator(), flow.responder()), &flow);
      const Flow* const other =
          feed_.tracker.find(flow.protocol(), flow.responder(), flow.originator());
      if (options_.unidirectional) {
        EXPECT_EQ(flow.from_responder(), Counters{});
        EXPECT_NE(other, &flow);
      } else {
        EXPECT_EQ(other, &flow);
      }
    }
    EXPECT_EQ(got, expected);
    EXPECT_EQ(walked, feed_.tracker.size());
    for (const std::uint8_t protocol : {tcp, udp, icmp}) {
      EXPECT_EQ(feed_.tracker.size(protocol),
                std::ranges::count(live, protocol, [](const auto& f) { return f.first.protocol; }));
    }
    for (int i = 0; i < 10; ++i) ask_for_one(random_send());
    static constexpr Order orders[] = {Order::packets, Order::bytes, Order::packet_rate,
                                       Order::byte_rate, Order::start};
    for (const Order order : orders) ask_for_top(live, order);
  }

  void ask_for_one(const Send& send) {
    const FrameFields ends;
    const Endpoint low{ends.source, send.low_port};
    const Endpoint high{ends.destination, send.high_port};
    const Flow* const got = send.from_high ? feed_.tracker.find(send.protocol, high, low)
                                           : feed_.tracker.find(send.protocol, low, high);
    const ModelFlow* const expected = model_.find(send);
    EXPECT_EQ(got == nullptr ? 0 : got->id(), expected == nullptr ? 0 : expected->id);
  }

  void ask_for_top(std::vector<ModelFlow>& live, Order order) {
    std::ranges::sort(
        live, {}, [&](const ModelFlow& flow) { return std::pair{-rank(flow, order), flow.id}; });
    const std::size_t count = pick(live.size() + 3);
    std::vector<std::uint64_t> expected;
    std::vector<std::uint64_t> got;
    for (const ModelFlow& flow : live) expected.push_back(flow.id);
    expected.resize(std::min(expected.size(), count));
    for (const Flow* const flow : feed_.tracker.top(count, order)) got.push_back(flow->id());
    EXPECT_EQ(got, expected) << static_cast<int>(order);
  }

  std::mt19937_64 random_;
  bool capped_ = false;
  TrackerOptions options_;
  Model model_;
  Feed feed_;
  Duration now_ = 0s;
  /// By ports and side.
  std::map<std::tuple<std::uint16_t, std::uint16_t, bool>, std::uint32_t> next_;
  std::size_t compared_ = 0;
};

TEST(Tracker, AgreesWithTheModel) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Round{seed}.run();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace weir::flow::test
