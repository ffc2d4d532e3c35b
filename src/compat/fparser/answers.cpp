// What an FParser answers while its thread is at work.
#include <algorithm>
#include <utility>

#include "compat/fparser/microseconds.h"
#include "compat/fparser/refuse.h"
#include "compat/fparser/state.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {

namespace tcp_or_udp = wire::ip_protocol;

FlowPointer FParser::State::copy_of(const flow::Flow& flow) const {
  return std::make_shared<const Flow>(flow, tracker_.history(flow),
                                      tracker_.rates(flow).value_or(flow::Rates{}));
}

template <class Key>
std::vector<FlowPointer> FParser::State::first_by(Key key, std::size_t most) const {
  struct Ranked {
    decltype(key(std::declval<const flow::Flow&>())) value;
    std::size_t place;
    const flow::Flow* flow;
    FlowPointer copy{};
  };
  const auto comes_first = [](const Ranked& one, const Ranked& other) {
    return one.value != other.value ? one.value > other.value : one.place < other.place;
  };
  std::vector<Ranked> ranked;
  {
    const std::scoped_lock lock{guard_};
    ranked.reserve(tracker_.size(tcp_or_udp::tcp) + tracker_.size(tcp_or_udp::udp));
    for (const flow::Flow& flow : tracker_.flows()) {
      if (is_told(flow.protocol())) ranked.push_back({key(flow), ranked.size(), &flow});
    }
    if (most != 0 && most < ranked.size()) {
      const auto last = ranked.begin() + static_cast<std::ptrdiff_t>(most);
      std::ranges::nth_element(ranked, last, comes_first);
      ranked.erase(last, ranked.end());
    }
    for (Ranked& one : ranked) one.copy = copy_of(*one.flow);
  }
  std::ranges::sort(ranked, comes_first);
  std::vector<FlowPointer> copies(ranked.size());
  std::ranges::transform(ranked, copies.begin(), [](Ranked& one) { return std::move(one.copy); });
  return copies;
}

std::vector<FlowPointer> FParser::State::flows(int sort_order, std::size_t most) const {
  const auto both = [](const flow::Flow& flow, std::uint64_t flow::Counters::* count) {
    return flow.from_originator().*count + flow.from_responder().*count;
  };
  const auto rates = [this](const flow::Flow& flow) {
    return tracker_.rates(flow).value_or(flow::Rates{});
  };
  switch (sort_order) {
    case SORT_NONE:
      return first_by([](const flow::Flow&) { return 0; }, most);
    case SORT_PKTS:
      return first_by([&](const auto& flow) { return both(flow, &flow::Counters::packets); }, most);
    case SORT_BYTES:
      return first_by([&](const auto& flow) { return both(flow, &flow::Counters::ip_bytes); },
                      most);
    case SORT_PPS:
      return first_by([&](const auto& flow) { return rates(flow).packets; }, most);
    case SORT_BPS:
      return first_by([&](const auto& flow) { return rates(flow).ip_bytes; }, most);
    default:
      refuse("sort order " + std::to_string(sort_order) + ": 0 to 4");
  }
}

FlowPointer FParser::State::find(std::uint8_t protocol, const flow::Endpoint& from,
                                 const flow::Endpoint& to) const {
  const std::scoped_lock lock{guard_};
  const flow::Flow* const flow = tracker_.find(protocol, from, to);
  return flow == nullptr ? nullptr : copy_of(*flow);
}

FParserInfo FParser::State::info() const {
  const std::scoped_lock lock{guard_};
  const flow::TrackerFacts facts = tracker_.facts();
  FParserInfo info{.avg_pps = facts.packets_per_second(),
                   .tcp_flows = facts.flows_by_protocol[tcp_or_udp::tcp],
                   .udp_flows = facts.flows_by_protocol[tcp_or_udp::udp],
                   .tcp_pkts = tracker_.history_packets(tcp_or_udp::tcp),
                   .udp_pkts = tracker_.history_packets(tcp_or_udp::udp)};
  info.time_collecting = std::chrono::duration<double>{facts.reaping.value_or(Duration{})}.count();
  if (facts.first) info.first_rx = microseconds(*facts.first);
  if (!settings_.is_file) {
    info.live_captures = {{.device = settings_.source,
                           .filter = settings_.filter,
                           .snaplen = settings_.snaplen,
                           .captured_pkts = statistics_.received - statistics_.filtered,
                           .dropped_pkts = statistics_.dropped,
                           .iface_dropped_pkts = statistics_.dropped_by_adapter.value_or(0)}};
  }
  return info;
}

}  // namespace weir::compat::fparser
