// flow::Tracker: full batches over tables of several sizes, from in cache to far beyond it.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "frames.h"
#include "weir/flow/tracker.h"

namespace {

// Every batch takes each flow once, in order, until all have had their turn.
void tracker_add(benchmark::State& state) {
  const auto flows = static_cast<std::uint32_t>(state.range(0));
  std::vector<bench::Frame> frames;
  std::vector<weir::Packet> packets;
  frames.reserve(flows);
  for (std::uint32_t flow = 0; flow < flows; ++flow) {
    frames.push_back(bench::tcp_on_ipv4(flow));
    packets.push_back(bench::packet_of(frames.back(), flow));
  }
  weir::flow::Observer nobody;
  weir::flow::Tracker tracker{nobody};
  const std::span<const weir::Packet> all{packets};
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

}  // namespace
