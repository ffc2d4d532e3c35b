// The frame of build.cpp as libtins builds it, to be compared in one run.
#include <benchmark/benchmark.h>
#include <tins/tins.h>

#include <array>
#include <cstdint>

namespace {

constexpr std::array<std::uint8_t, 18> payload{1, 2, 3, 4, 5, 6, 7, 8, 9};

/// As its manual does it: a packet out of parts, then its bytes.
void tins_build(benchmark::State& state) {
  const Tins::HWAddress<6> destination{"02:00:00:00:00:01"};
  const Tins::HWAddress<6> source{"02:00:00:00:00:02"};
  const Tins::IPv4Address from{"192.0.2.1"};
  const Tins::IPv4Address to{"198.51.100.2"};
  std::uint16_t port = 0;
  for (auto _ : state) {
    Tins::EthernetII frame = Tins::EthernetII(destination, source) / Tins::IP(to, from) /
                             Tins::UDP(7777, ++port) / Tins::RawPDU(payload.data(), payload.size());
    const auto bytes = frame.serialize();
    benchmark::DoNotOptimize(bytes.data());
  }
  state.SetItemsProcessed(state.iterations());
}

/// The packet kept, only its port and its bytes made anew.
void tins_build_again(benchmark::State& state) {
  Tins::EthernetII frame = Tins::EthernetII("02:00:00:00:00:01", "02:00:00:00:00:02") /
                           Tins::IP("198.51.100.2", "192.0.2.1") / Tins::UDP(7777, 0) /
                           Tins::RawPDU(payload.data(), payload.size());
  auto& udp = frame.rfind_pdu<Tins::UDP>();
  std::uint16_t port = 0;
  for (auto _ : state) {
    udp.sport(++port);
    const auto bytes = frame.serialize();
    benchmark::DoNotOptimize(bytes.data());
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(tins_build);
BENCHMARK(tins_build_again);

}  // namespace
