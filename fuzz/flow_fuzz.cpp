// Fuzzes flow::Tracker: any packets at any times under any options, in batches. Input: eight octets
// of options (bits, of which the top one lets the observer throw; timeouts; flows at most, less
// one; hash key; fields of the history, 16 bits, little endian; its budget; switches), then steps
// until the end. A step begins with an octet: the low six bits are a power of two in nanoseconds to
// let pass (63: to go back by 2^40), bit 6 says that it is advance() alone. Otherwise a packet
// follows: LINKTYPE number (the top bit: without a time stamp), captured length, and bytes missing
// from it on the wire (16 bits each, little endian), then its bytes. Bit 7 adds the packets so far
// as one batch; so does advance(), and the end.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "weir/bytes.h"
#include "weir/flow/owned_flow.h"
#include "weir/flow/tracker.h"

namespace {

using weir::Duration;
using weir::Timestamp;
using weir::flow::Counters;
using weir::flow::Flow;

void require(bool condition) {
  if (!condition) std::abort();
}

/// What an observer may throw.
struct Refusal {};

/// Whether `call` came back, not refused.
template <class Call>
bool returns(const Call& call) {
  try {
    call();
    return true;
  } catch (const Refusal&) {
    return false;
  }
}

/// Checks every flow it is told of, and adds up what they counted.
class Checker : public weir::flow::Observer {
 public:
  /// `refuses`: throws at every fifth call.
  explicit Checker(bool refuses) : refuses_{refuses} {}

  void on_start(const Flow& flow) override {
    ++started;
    check(flow);
    // More than one, where a SYN on the ports of another connection had to wait.
    require(flow.from_originator().packets + flow.from_responder().packets >= 1);
    refuse();
  }
  void on_end(const Flow& flow, weir::flow::EndReason /*reason*/) override {
    ++ended;
    check(flow);
    check_history(flow);
    require(tracker->rates(flow).has_value() == rates);
    packets += flow.from_originator().packets + flow.from_responder().packets;
    refuse();
  }
  void on_second(Timestamp begin, std::uint64_t passed) override {
    require(passed != 0);
    require(begin.time_since_epoch() % std::chrono::seconds{1} == Duration::zero());
    refuse();
  }

  const weir::flow::Tracker* tracker = nullptr;
  /// The tracker keeps rates.
  bool rates = false;
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t packets = 0;

 private:
  /// What is kept of its packets, all unless some have made room.
  void check_history(const Flow& flow) const {
    const weir::flow::FlowHistory history = tracker->history(flow);
    std::uint64_t kept = 0;
    std::uint64_t bytes = 0;
    std::uint64_t timed = 0;
    Timestamp first = Timestamp::max();
    Timestamp last = Timestamp::min();
    for (const weir::flow::HistoryPacket& packet : history) {
      ++kept;
      bytes += packet.ip_length;
      if (!packet.has(weir::flow::HistoryFields::timestamp)) continue;
      ++timed;
      first = std::min(first, packet.timestamp);
      last = std::max(last, packet.timestamp);
    }
    const Counters& from = flow.from_originator();
    const Counters& back = flow.from_responder();
    require(kept == history.size() && kept <= from.packets + back.packets);
    require(bytes <= from.ip_bytes + back.ip_bytes);
    if (kept == 0 || tracker->history_counts().dropped != 0) return;
    require(kept == from.packets + back.packets);
    require(bytes == 0 || bytes == from.ip_bytes + back.ip_bytes);
    if (timed == kept) require(first == flow.start() && last == flow.end());
  }

  void refuse() {
    if (refuses_ && (started + ended) % 5 == 0) throw Refusal{};
  }

  static void check(const Flow& flow) {
    const weir::flow::OwnedFlow copy{flow};
    require(copy.flow().originator() == flow.originator());
    require(flow.start() <= flow.end());
    require(flow.vlan_count() <= Flow::max_vlans);
    require(flow.originator().address.version() == flow.responder().address.version());
    for (const Counters& side : {flow.from_originator(), flow.from_responder()}) {
      require(side.payload_bytes <= side.ip_bytes);
      require(side.packets != 0 || side == Counters{});
    }
    const bool tcp = flow.protocol() == 6;
    require(tcp || flow.tcp_state() == weir::flow::TcpState::fresh);
    require(tcp || (flow.originator_tcp_flags() | flow.responder_tcp_flags()) == 0);
  }

  bool refuses_;
};

/// Reads the input from its front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_{data, size} {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t octet() {
    const auto bytes = take(1);
    return bytes.empty() ? std::uint8_t{0} : bytes[0];
  }
  std::uint16_t number() { return static_cast<std::uint16_t>(octet() | octet() << 8); }
  weir::Bytes take(std::size_t count) {
    const auto taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  weir::Bytes rest_;
};

/// Asks for the live flows one by one, all, and in order.
void ask(const weir::flow::Tracker& tracker) {
  const weir::flow::TrackerFacts facts = tracker.facts();
  require(facts.counts.hits + facts.counts.misses >= facts.counts.tracked);
  require(facts.flows == tracker.size());
  std::size_t live = 0;
  std::array<std::size_t, 256> live_of{};
  for (const Flow& flow : tracker.flows()) {
    ++live;
    ++live_of[flow.protocol()];
    std::array<std::uint16_t, Flow::max_vlans> vlans{};
    for (std::size_t i = 0; i < flow.vlan_count(); ++i) vlans[i] = flow.vlan(i);
    const bool is_one_way = flow.key().is_unidirectional();
    require(tracker.find(flow.protocol(), is_one_way ? flow.originator() : flow.responder(),
                         is_one_way ? flow.responder() : flow.originator(),
                         std::span{vlans}.first(flow.vlan_count())) == &flow);
  }
  require(live == tracker.size());
  for (std::size_t protocol = 0; protocol < live_of.size(); ++protocol) {
    require(tracker.size(static_cast<std::uint8_t>(protocol)) == live_of[protocol]);
  }
  const auto top = tracker.top(live / 2, weir::flow::Order::byte_rate);
  require(top.size() == live / 2);
}

weir::flow::TrackerOptions read_options(Input& input) {
  const unsigned bits = input.octet();
  const unsigned timeouts = input.octet();
  const auto timeout = [](unsigned power) {
    return power == 0 ? Duration::zero() : Duration{std::int64_t{1} << 4 * power};
  };
  weir::flow::TrackerOptions options{
      .idle = timeout(timeouts & 15),
      .active = timeout(timeouts >> 4),
      .fin = timeout(bits & 15),
      .max_flows = input.octet() + 1U,
      .vlan = (bits & 16) != 0,
      .inner = (bits & 32) != 0,
      .fragments = (bits & 64) != 0 ? weir::flow::Fragments::separate : weir::flow::Fragments::join,
      .hash_key = {{input.octet(), 0}}};
  const std::uint16_t fields = input.number();
  const std::size_t budget = std::size_t{input.octet()} << 8;
  const unsigned switches = input.octet();
  options.unidirectional = (switches & 1) != 0;
  options.rates = (switches & 2) != 0 ? Duration{std::chrono::seconds{1}} : Duration::zero();
  options.seconds = (switches & 4) != 0;
  options.history = {.fields = static_cast<weir::flow::HistoryFields>(fields & 0x7ff),
                     .budget = budget};
  return options;
}

/// Packets waiting to be added at once. The bytes of each are a heap block of exactly its size, so
/// that the sanitizer sees a read one byte past it.
class PacketBatch {
 public:
  void append(weir::Packet packet) {
    auto& copy =
        blocks_.emplace_back(std::make_unique_for_overwrite<std::uint8_t[]>(packet.data.size()));
    std::ranges::copy(packet.data, copy.get());
    packet.data = {copy.get(), packet.data.size()};
    packets_.push_back(packet);
  }
  void add_to(weir::flow::Tracker& tracker) {
    returns([&] { tracker.add(packets_); });
    packets_.clear();
    blocks_.clear();
  }

 private:
  std::vector<weir::Packet> packets_;
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
};

/// The packet at the front of the input.
weir::Packet read_packet(Input& input, Timestamp now) {
  const std::uint16_t link_type = input.number();
  const std::uint16_t captured = input.number();
  const std::uint16_t missing = input.number();
  const auto bytes = input.take(captured);
  using weir::PacketFlags;
  return {.data = bytes,
          .timestamp = now,
          .wire_length = static_cast<std::uint32_t>(bytes.size() + missing),
          .link_type = weir::LinkType{static_cast<std::uint16_t>(link_type & 0x7fff)},
          .flags = (link_type & 0x8000) != 0 ? PacketFlags::no_timestamp : PacketFlags::none};
}

Timestamp step_time(Timestamp now, unsigned power) {
  const auto count = now.time_since_epoch().count();
  constexpr std::int64_t back = std::int64_t{1} << 40;
  if (power == 63) {
    const bool room = count >= std::numeric_limits<std::int64_t>::min() + back;
    return Timestamp{Duration{room ? count - back : count}};
  }
  const std::int64_t step = std::int64_t{1} << power;
  const bool room = count <= std::numeric_limits<std::int64_t>::max() - step;
  return Timestamp{Duration{room ? count + step : std::numeric_limits<std::int64_t>::min()}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input{data, size};
  const weir::flow::TrackerOptions options = read_options(input);
  const bool refuses = size != 0 && (data[0] & 128) != 0;
  Checker checker{refuses};
  weir::flow::Tracker tracker{checker, options};
  checker.tracker = &tracker;
  checker.rates = options.rates != Duration::zero();
  Timestamp now{};
  std::uint64_t sent = 0;
  PacketBatch batch;
  while (!input.empty()) {
    const unsigned step = input.octet();
    now = step_time(now, step & 63);
    const bool is_packet = (step & 64) == 0;
    if (is_packet) {
      batch.append(read_packet(input, now));
      ++sent;
    }
    if (!is_packet || (step & 128) != 0) batch.add_to(tracker);
    if (!is_packet) returns([&] { tracker.advance(now); });
    if (!is_packet || (step & 128) != 0) ask(tracker);
    require(tracker.size() <= options.max_flows);
  }
  batch.add_to(tracker);
  while (!returns([&] { tracker.finish(); })) {
  }
  const weir::flow::TrackerCounts& counts = tracker.counts();
  require(tracker.size() == 0);
  require(tracker.history_counts().packets == 0 && tracker.history_counts().bytes == 0);
  require(refuses ? counts.packets <= sent : counts.packets == sent);
  require(counts.packets == counts.tracked + counts.without_ip);
  require(counts.tracked == checker.packets);
  require(counts.flows_started == checker.started && counts.flows_ended == checker.ended);
  require(checker.started == checker.ended);
  return 0;
}
