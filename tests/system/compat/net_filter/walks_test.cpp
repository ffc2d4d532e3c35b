// The life of NetFilter by random calls: each is answered as a model of what is allowed has it.
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "system/compat/net_filter/walk/walk.h"
#include "system/network_namespace.h"
#include "weir/capture/adapter.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

constexpr std::uint64_t first_seed = 17;

/// Where to install takes no disk, which would need minutes for all walks.
class InMemory {
 public:
  InMemory() {
    if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
  }
  InMemory(const InMemory&) = delete;
  InMemory& operator=(const InMemory&) = delete;
  ~InMemory() { ::unsetenv("TMPDIR"); }
};

class NetFilterWalks : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (IsSkipped()) return;
    if (const std::string missing = gate::missing_capabilities(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    ip("link set lo up");
  }

  /// How many filters were started.
  int walk(int walks, int calls, bool may_start, std::uint64_t seed) {
    std::vector<int> adapters;
    for (const capture::Adapter& adapter : capture::adapters()) {
      if (adapter.id != 0) adapters.push_back(static_cast<int>(adapter.id));
    }
    int starts = 0;
    for (int number = 0; number < walks && !HasFailure(); ++number, ++seed) {
      Walk one{*state, adapters, seed, may_start};
      const std::string trail = one.run(calls);
      EXPECT_EQ(trail, "") << "by seed " << seed;
      starts += one.starts();
    }
    return starts;
  }

  InMemory memory;
  std::optional<NetFilterState> state{std::in_place};
};

TEST_F(NetFilterWalks, AnswerAsTheModelWithoutAFilter) {
  // B-1 B-2 B-3 B-5 B-7 B-62 B-64 B-70 B-74 B-75 B-76 B-78 B-92 B-131 B-132 B-135 B-137 B-139
  EXPECT_EQ(walk(9'850, 20, false, first_seed), 0);
}

TEST_F(NetFilterWalks, AnswerAsTheModelWithAFilterThatRuns) {
  // B-1 B-2 B-6 B-9 B-52 B-83 B-86 B-129 B-136
  EXPECT_GT(walk(150, 30, true, 1'000'000 + first_seed), 60);
}

}  // namespace
}  // namespace weir::test
