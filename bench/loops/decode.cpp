// decode(): one packet, in cache.
#include <benchmark/benchmark.h>

#include "frames.h"
#include "weir/wire/layers.h"

namespace {

void decode(benchmark::State& state, const bench::Frame& frame, weir::wire::Depth depth) {
  const weir::Packet packet = bench::packet_of(frame);
  for (auto _ : state) {
    const weir::wire::Layers layers = weir::wire::decode(packet, depth);
    benchmark::DoNotOptimize(layers.payload_offset);
  }
  state.SetItemsProcessed(state.iterations());
}

constexpr auto all = weir::wire::Depth::all;
constexpr auto transport = weir::wire::Depth::transport;

BENCHMARK_CAPTURE(decode, ethernet_ipv4_tcp, bench::tcp_on_ipv4(), all);
BENCHMARK_CAPTURE(decode, ethernet_ipv4_tcp_transport, bench::tcp_on_ipv4(), transport);
BENCHMARK_CAPTURE(decode, vlan_ipv6_udp, bench::udp_on_ipv6_in_vlan(), all);
BENCHMARK_CAPTURE(decode, vxlan_ethernet_ipv4_tcp, bench::tcp_in_vxlan(), all);

}  // namespace
