// flow::Tracker: full batches over tables of several sizes, from in cache to far beyond it; what
// the table is asked. Its memory is in huge pages, as that of the command.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>
#include <vector>

#include "frames.h"
#include "weir/flow/tracker.h"
#include "weir/memory/huge_pages.h"
#include "weir/wire/ip_protocol.h"

namespace {

/// A tracker's input: one packet a flow.
struct Frames {
  explicit Frames(std::uint32_t flows) {
    frames.reserve(flows);
    for (std::uint32_t flow = 0; flow < flows; ++flow) {
      frames.push_back(bench::tcp_on_ipv4(flow));
      packets.push_back(bench::packet_of(frames.back(), flow));
    }
  }
  std::vector<bench::Frame> frames;
  std::vector<weir::Packet> packets;
};

// Every batch takes each flow once, in order, until all have had their turn.
void tracker_add(benchmark::State& state) {
  const auto flows = static_cast<std::uint32_t>(state.range(0));
  const Frames input{flows};
  weir::flow::Observer nobody;
  weir::flow::Tracker tracker{nobody, {.memory = &weir::memory::huge_pages()}};
  const std::span<const weir::Packet> all{input.packets};
  const std::size_t size = std::min(all.size(), weir::Batch::max_packets);
  for (std::size_t at = 0; at + size <= all.size(); at += size) tracker.add(all.subspan(at, size));
  std::size_t at = 0;
  for (auto _ : state) {
    tracker.add(all.subspan(at, size));
    at += size;
    if (at + size > all.size()) at = 0;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
  state.counters["bytes/flow"] =
      static_cast<double>(tracker.memory()) / static_cast<double>(tracker.size());
}

BENCHMARK(tracker_add)->Arg(1024)->Arg(65'536)->Arg(524'288)->Unit(benchmark::kMicrosecond);

/// 1,000,000 flows of random addresses, or (argument 1) of those that collide where the hash key is
/// zero, in a tracker with another key. Begins each flow anew: a pass is one packet of each.
void tracker_begin(benchmark::State& state) {
  constexpr std::uint32_t flows = 1'000'000;
  // What the first word of a key is masked with under the zero key: the product is 0, whatever the
  // second word is.
  constexpr std::uint64_t mask = 0x405a144667bec26d;
  std::mt19937_64 random{1};
  std::vector<bench::Frame> frames;
  std::vector<weir::Packet> packets;
  for (std::uint32_t flow = 0; flow < flows; ++flow) {
    const std::uint64_t high = state.range(0) != 0 ? mask : random() >> 1;
    frames.push_back(bench::udp_on_ipv6(high, random()));
    packets.push_back(bench::packet_of(frames.back(), flow));
  }
  weir::flow::Observer nobody;
  for (auto _ : state) {
    weir::flow::Tracker tracker{
        nobody, {.hash_key = {{random(), random()}}, .memory = &weir::memory::huge_pages()}};
    tracker.add(packets);
    if (tracker.size() != flows) state.SkipWithError("not all flows began");
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{flows});
}

BENCHMARK(tracker_begin)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

/// Looks live flows up one at a time, in no order that the cache could follow.
void tracker_find(benchmark::State& state) {
  const auto flows = static_cast<std::uint32_t>(state.range(0));
  const Frames input{flows};
  weir::flow::Observer nobody;
  weir::flow::Tracker tracker{nobody, {.memory = &weir::memory::huge_pages()}};
  tracker.add(input.packets);
  std::vector<std::pair<weir::flow::Endpoint, weir::flow::Endpoint>> ends;
  for (const weir::flow::Flow& flow : tracker.flows()) {
    ends.emplace_back(flow.responder(), flow.originator());
  }
  std::ranges::shuffle(ends, std::mt19937{1});
  std::size_t at = 0;
  for (auto _ : state) {
    const auto& [one, other] = ends[at];
    benchmark::DoNotOptimize(tracker.find(weir::wire::ip_protocol::tcp, one, other));
    if (++at == ends.size()) at = 0;
  }
  state.counters["flows"] = static_cast<double>(ends.size());
}

BENCHMARK(tracker_find)->Arg(1024)->Arg(1'000'000);

/// Ranks all live flows and keeps twenty; walking them all is most of the work.
void tracker_top(benchmark::State& state) {
  const Frames input{static_cast<std::uint32_t>(state.range(0))};
  weir::flow::Observer nobody;
  weir::flow::Tracker tracker{nobody, {.memory = &weir::memory::huge_pages()}};
  tracker.add(input.packets);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tracker.top(20, weir::flow::Order::byte_rate));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(tracker.size()));
}

BENCHMARK(tracker_top)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
