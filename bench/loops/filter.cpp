// Filters alone: thirty terms over frames of random flows, on each engine; and what one costs.
#include "weir/filter/filter.h"

#include <benchmark/benchmark.h>

#include "frames.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/jit.h"

namespace {

std::string thirty_terms() {
  std::string text = "((net 198.18.1.0/24";
  for (int third = 4; third < 30; third += 3) {
    text += " or net 198.18." + std::to_string(third) + ".0/24";
  }
  text += ") and (port 25";
  for (const int port : {110, 143, 445, 993, 995, 1433, 3306, 5432, 8080}) {
    text += " or port " + std::to_string(port);
  }
  for (int n = 1; n < 9; ++n) {
    text += " or host 198.19." + std::to_string(n) + '.' + std::to_string(2 * n + 1);
  }
  return text + " or tcp[tcpflags]&(tcp-syn|tcp-fin)!=0)) or (icmp and not ip[8]>60)";
}

void thirty_terms_on(benchmark::State& state, weir::filter::Engine engine,
                     weir::filter::Interpreter interpreter = nullptr) {
  constexpr std::size_t count = 16'384;
  const weir::filter::Filter filter{thirty_terms(), {.engine = engine, .interpreter = interpreter}};
  std::vector<bench::Frame> frames;
  std::vector<weir::Packet> packets;
  frames.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    frames.push_back(bench::tcp_on_ipv4(i * 2'654'435'761U));  // 2^32 / golden ratio: in no order
    packets.push_back(bench::packet_of(frames.back()));
  }
  for (auto _ : state) benchmark::DoNotOptimize(filter.count(packets));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}

void compile_thirty_terms(benchmark::State& state) {
  const std::string text = thirty_terms();
  for (auto _ : state) {
    const weir::filter::Filter filter{text};
    benchmark::DoNotOptimize(filter.program(weir::LinkType::ethernet).size());
  }
}

void jit_thirty_terms(benchmark::State& state) {
  const auto compiled = weir::filter::compile(thirty_terms(), weir::LinkType::ethernet);
  for (auto _ : state) {
    const auto jit = weir::bpf::Jit::compile(compiled.program);
    benchmark::DoNotOptimize(jit.has_value());
  }
}

BENCHMARK_CAPTURE(thirty_terms_on, jit, weir::filter::Engine::jit);
BENCHMARK_CAPTURE(thirty_terms_on, interpreter, weir::filter::Engine::interpreter);
BENCHMARK_CAPTURE(thirty_terms_on, libpcap, weir::filter::Engine::interpreter,
                  weir::test::libpcap::run);
BENCHMARK(compile_thirty_terms);
BENCHMARK(jit_thirty_terms);

}  // namespace
