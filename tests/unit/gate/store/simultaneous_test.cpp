// Several processes that change and ask at once.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using enum gate::VersionsToRemove;

class SimultaneousChanges : public DriverStoreTest {};

constexpr int rounds = 40;

/// Starts a process that changes; it exits with 0 unless something throws.
pid_t start(const std::function<void()>& change) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    for (int i = 0; i < rounds; ++i) change();
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

bool has_succeeded(pid_t child) {
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

TEST_F(SimultaneousChanges, OfProcessesWaitForEachOther) {
  const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
    install(v1);
    (void)cab(v2);
    const auto come_and_go = [&] {
      install(v2, other_product);
      store.uninstall(other_product, cab(v2), all);
    };
    const std::vector<pid_t> children{start(come_and_go),
                                      start([&] { install(v1, product, {.altitude = 1}); }),
                                      start([&] { store.change(product, {.altitude = 2}); }),
                                      start([&] { (void)store.run(other_product + "never"); })};
    // Whoever asks meanwhile finds one of the states.
    std::string problem;
    for (int i = 0; i < rounds * 10; ++i) {
      const int altitude = store.settings(product).altitude;
      if (altitude < 0 || altitude > 2) problem = "another altitude";
      if (store.load(product).version() != v1) problem = "another driver";
    }
    if (!has_succeeded(children[0]) || !has_succeeded(children[1]) || !has_succeeded(children[2])) {
      problem = "a change failed";
    }
    if (has_succeeded(children[3])) problem = "what is not installed runs";
    if (store.find(other_product)) problem = "not uninstalled";
    return problem.empty() && files().size() != 6 ? "left-overs" : problem;
  });
  if (words == "no mounts of its own") GTEST_SKIP() << words;
  EXPECT_EQ(words, "");
}

TEST_F(SimultaneousChanges, OfThreadsWaitForEachOther) {
  install(v1);
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int number = 1; number <= 3; ++number) {
    threads.emplace_back([&, number] {
      try {
        for (int i = 0; i < 5; ++i) store.change(product, {.altitude = number});
      } catch (const std::exception&) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(files().back(), product + "/settings.16");
}

TEST_F(SimultaneousChanges, TakeNoGateAwayThatStarts) {
  const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
    (void)cab(v1);
    const pid_t child = start([&] {
      install(v1, other_product);
      store.uninstall(other_product, cab(v1), all);
    });
    int runs = 0;
    for (int i = 0; i < rounds; ++i) {
      install(v1);
      const auto running = store.run(product);
      runs += store.is_running(product) ? 1 : 0;
      if (system_error_of([&] { store.uninstall(product, cab(v1), all); }) != EBUSY) return "gone";
    }
    if (!has_succeeded(child)) return "a change failed";
    return runs == rounds ? "" : "not running";
  });
  if (words == "no mounts of its own") GTEST_SKIP() << words;
  EXPECT_EQ(words, "");
}

}  // namespace
}  // namespace weir::test
