// Editor: one field of a packet changed in place, with the checksums that follow.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "frames.h"
#include "weir/wire/edit.h"
#include "weir/wire/layers.h"

namespace {

using namespace weir::wire;  // NOLINT(google-build-using-namespace): one loop about one folder

/// `change` of a packet that stays, so that it alone is timed.
template <class Change>
void edit(benchmark::State& state, bench::Frame frame, Change change) {
  Editor editor{frame, bench::packet_of(frame)};
  std::uint8_t number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(change(editor, ++number));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

const auto ttl = [](Editor& editor, std::uint8_t number) {
  return editor.set_ttl(number).has_value();
};
const auto port = [](Editor& editor, std::uint8_t number) {
  return editor.set_source_port(number).has_value();
};
const auto source = [](Editor& editor, std::uint8_t number) {
  return editor.set_source(weir::Ipv4Address{{10, 0, 0, number}}).has_value();
};
const auto inner_source = [](Editor& editor, std::uint8_t number) {
  return editor.set_source(weir::Ipv4Address{{10, 0, 0, number}}, Which::inner).has_value();
};

BENCHMARK_CAPTURE(edit, ttl, bench::tcp_on_ipv4(), ttl);
BENCHMARK_CAPTURE(edit, hop_limit, bench::udp_on_ipv6_in_vlan(), ttl);
BENCHMARK_CAPTURE(edit, port, bench::tcp_on_ipv4(), port);
BENCHMARK_CAPTURE(edit, address, bench::tcp_on_ipv4(), source);
BENCHMARK_CAPTURE(edit, address_in_vxlan, bench::tcp_in_vxlan(), inner_source);

/// What a router does to a packet from its bytes on: decode, then count the time to live down.
void decode_and_edit_ttl(benchmark::State& state) {
  bench::Frame frame = bench::tcp_on_ipv4();
  const weir::Packet packet = bench::packet_of(frame);
  std::uint8_t number = 0;
  for (auto _ : state) {
    Editor editor{frame, packet};
    benchmark::DoNotOptimize(editor.set_ttl(++number).has_value());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_and_edit_ttl);

}  // namespace
