// Verdicts on flows, and rules that change meanwhile.
#include "gate/flow_verdicts.h"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

namespace weir::gate {
namespace {

TEST(FlowVerdicts, NoneOfBeforeIsInForceOnceTheyAreForgotten) {
  if (const std::string why = sys::why_no_bpf(); !why.empty()) GTEST_SKIP() << why;
  Maps maps{Maps::Sizes{.ring = 1 << 16, .notice_ring = 1 << 16, .flows = 64}};
  FlowVerdicts verdicts{maps};
  const FlowKey key{.adapter = 1, .source_port = 1, .destination_port = 2, .protocol = 17};
  constexpr std::uint64_t rounds = 20'000;
  std::barrier together{2};
  std::thread decides{[&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      together.arrive_and_wait();
      verdicts.decide(key, true);
      together.arrive_and_wait();
    }
  }};
  std::uint64_t stale = 0;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    together.arrive_and_wait();
    for (std::uint64_t wait = i % 400; wait > 0; --wait) std::this_thread::yield();
    verdicts.forget();
    together.arrive_and_wait();
    // Generations are counted from one.
    const std::uint64_t in_force = maps.control.words()[control::flow_generation];
    if (in_force != 0 && in_force != i + 2) ++stale;
  }
  decides.join();
  EXPECT_EQ(stale, 0U);
}

}  // namespace
}  // namespace weir::gate
