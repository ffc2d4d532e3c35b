// Fuzzes flow::Tracker: any packets at any times under any options. Input: four octets of options
// (bits; timeouts; flows at most, less one; hash key), then steps until the end. A step begins with
// an octet: the low six bits are a power of two in nanoseconds to let pass (63: to go back by
// 2^40), bit 6 says that it is advance() alone. Otherwise a packet follows: LINKTYPE number,
// captured length, and bytes missing from it on the wire (16 bits each, little endian), then its
// bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>

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

/// Checks every flow it is told of, and adds up what they counted.
class Checker : public weir::flow::Observer {
 public:
  void on_start(const Flow& flow) override {
    ++started;
    check(flow);
    require(flow.from_originator().packets + flow.from_responder().packets == 1);
    require(flow.start() == flow.end());
  }
  void on_end(const Flow& flow, weir::flow::EndReason /*reason*/) override {
    ++ended;
    check(flow);
    packets += flow.from_originator().packets + flow.from_responder().packets;
  }

  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t packets = 0;

 private:
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

weir::flow::TrackerOptions read_options(Input& input) {
  const unsigned bits = input.octet();
  const unsigned timeouts = input.octet();
  const auto timeout = [](unsigned power) {
    return power == 0 ? Duration::zero() : Duration{std::int64_t{1} << 4 * power};
  };
  return {
      .idle = timeout(timeouts & 15),
      .active = timeout(timeouts >> 4),
      .fin = timeout(bits & 15),
      .max_flows = input.octet() + 1U,
      .vlan = (bits & 16) != 0,
      .inner = (bits & 32) != 0,
      .fragments = (bits & 64) != 0 ? weir::flow::Fragments::separate : weir::flow::Fragments::join,
      .hash_key = {{input.octet(), 0}}};
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
  Checker checker;
  weir::flow::Tracker tracker{checker, options};
  Timestamp now{};
  std::uint64_t sent = 0;
  while (!input.empty()) {
    const unsigned step = input.octet();
    now = step_time(now, step & 63);
    if ((step & 64) != 0) {
      tracker.advance(now);
    } else {
      const auto link_type = weir::LinkType{input.number()};
      const std::uint16_t captured = input.number();
      const std::uint16_t missing = input.number();
      const auto bytes = input.take(captured);
      // A heap block of exactly the packet's size: the sanitizer sees a read one byte past it.
      const auto copy = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
      std::ranges::copy(bytes, copy.get());
      tracker.add({.data = {copy.get(), bytes.size()},
                   .timestamp = now,
                   .wire_length = static_cast<std::uint32_t>(bytes.size() + missing),
                   .link_type = link_type});
      ++sent;
    }
    require(tracker.size() <= options.max_flows);
  }
  tracker.finish();
  const weir::flow::TrackerCounts& counts = tracker.counts();
  require(tracker.size() == 0);
  require(counts.packets == sent);
  require(counts.packets == counts.tracked + counts.without_ip);
  require(counts.tracked == checker.packets);
  require(counts.flows_started == checker.started && counts.flows_ended == checker.ended);
  require(checker.started == checker.ended);
  return 0;
}
