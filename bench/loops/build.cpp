// build(): a 64-byte UDP frame out of its fields, and one in a tunnel.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/udp.h"
#include "weir/wire/vxlan.h"

namespace {

using namespace weir::wire;  // NOLINT(google-build-using-namespace): one loop about one folder

const EthernetFields ethernet{.destination = {{2, 0, 0, 0, 0, 1}}, .source = {{2, 0, 0, 0, 0, 2}}};
const Ipv4Fields ipv4{.source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
// With the frame check sequence that the adapter appends, 64 bytes.
constexpr std::array<std::uint8_t, 18> payload{1, 2, 3, 4, 5, 6, 7, 8, 9};

template <class... Layers>
void build(benchmark::State& state, const Layers&... layers) {
  std::array<std::uint8_t, 256> buffer{};
  std::uint16_t port = 0;
  for (auto _ : state) {
    // Another packet every time, as traffic is.
    const UdpFields udp{.source_port = ++port, .destination_port = 7777};
    const auto frame = weir::wire::build(buffer, layers..., ethernet, ipv4, udp, payload);
    benchmark::DoNotOptimize(frame->data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(build<>)->Name("build/udp_of_64_bytes");
BENCHMARK_CAPTURE(build, udp_of_64_bytes_in_vxlan, ethernet, ipv4, UdpFields{.source_port = 50'000},
                  VxlanFields{.identifier = 7});

}  // namespace
