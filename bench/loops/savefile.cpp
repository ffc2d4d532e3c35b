// savefile::Reader over a capture in memory: the walk without the disk.
#include <benchmark/benchmark.h>

#include "frames.h"
#include "weir/savefile/reader.h"

namespace {

constexpr std::size_t packets = 10'000;

void read_memory(benchmark::State& state) {
  const std::vector frames{bench::tcp_on_ipv4(), bench::udp_on_ipv6_in_vlan()};
  const std::vector<std::uint8_t> file = bench::pcap_of(frames, packets);
  for (auto _ : state) {
    auto reader = weir::savefile::Reader::memory(file);
    std::uint64_t bytes = 0;
    for (;;) {
      const weir::Batch batch = reader.next_batch();
      if (batch.is_last()) break;
      for (const weir::Packet& packet : batch.packets) bytes += packet.wire_length;
    }
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets));
}

BENCHMARK(read_memory)->Unit(benchmark::kMicrosecond);

}  // namespace
