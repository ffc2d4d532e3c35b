// The Internet checksum over segments of common sizes.
#include <benchmark/benchmark.h>

#include <vector>

#include "weir/wire/checksum.h"

namespace {

void checksum(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 0x5a);
  for (auto _ : state) {
    weir::Bytes view = bytes;
    benchmark::DoNotOptimize(view);
    benchmark::DoNotOptimize(weir::wire::internet_checksum(view));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(checksum)->Arg(20)->Arg(64)->Arg(576)->Arg(1480)->Arg(1500)->Arg(65535);

}  // namespace
