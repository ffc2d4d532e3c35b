// Several processes that change and ask at once.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "unit/gate/store/store_fixture.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using enum gate::VersionsToRemove;

class SimultaneousChanges : public DriverStoreTest {};

constexpr int rounds = 200;

/// A process that changes again and again; it exits with 0 unless something throws.
class Changing {
 public:
  explicit Changing(const std::function<void()>& change) : process_{::fork()} {
    if (process_ != 0) return;
    try {
      for (int i = 0; i < rounds; ++i) change();
    } catch (const std::exception&) {
      ::_exit(1);
    }
    ::_exit(0);
  }

  [[nodiscard]] bool has_ended() {
    if (!status_ && ::waitpid(process_, &raw_status_, WNOHANG) == process_) status_ = raw_status_;
    return status_.has_value();
  }
  [[nodiscard]] bool has_succeeded() {
    while (!has_ended()) std::this_thread::yield();
    return *status_ == 0;
  }

 private:
  pid_t process_;
  int raw_status_ = 0;
  std::optional<int> status_;
};

TEST_F(SimultaneousChanges, OfProcessesWaitForEachOther) {
  const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
    install(v1);
    (void)cab(v2);
    Changing coming_and_going{[&] {
      install(v2, other_product);
      store.uninstall(other_product, cab(v2), all);
    }};
    Changing installing{[&] { install(v1, product, {.altitude = 1}); }};
    Changing setting{[&] { store.change(product, {.altitude = 2}); }};
    // Whoever asks meanwhile finds one of the states.
    while (!coming_and_going.has_ended() || !installing.has_ended() || !setting.has_ended()) {
      const int altitude = store.settings(product).altitude;
      if (altitude < 0 || altitude > 2) return "another altitude";
      if (store.load(product).version() != v1) return "another driver";
    }
    if (!coming_and_going.has_succeeded() || !installing.has_succeeded() ||
        !setting.has_succeeded()) {
      return "a change failed";
    }
    if (store.find(other_product)) return "not uninstalled";
    return files().size() == 6 ? "" : "left-overs";
  });
  if (words == "no mounts of its own") GTEST_SKIP() << words;
  EXPECT_EQ(words, "");
}

TEST_F(SimultaneousChanges, FindTheDriverOfOneStateOrTheOther) {
  const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
    install(v1);
    install(v2);
    (void)cab(v3);
    Changing changing{[&] {
      store.install(product, cab(v3), {});
      store.uninstall(product, cab(v3), current);
    }};
    while (!changing.has_ended()) {
      const auto version = store.load(product).version();
      if (version != v2 && version != v3) return "another driver";
    }
    return changing.has_succeeded() ? "" : "a change failed";
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

TEST_F(SimultaneousChanges, TakeNothingAwayFromAGateThatStarts) {
  const std::string words = on_disk(folder.path(""), "size=16m", [&]() -> std::string {
    (void)cab(v1);
    Changing changing{[&] {
      const int installed = system_error_of([&] { install(v1); });
      const int removed = system_error_of([&] { store.uninstall(product, cab(v1), all); });
      if ((installed != 0 && installed != EBUSY) || (removed != 0 && removed != EBUSY)) {
        throw SystemError{removed, "uninstall"};
      }
    }};
    int runs = 0;
    while (!changing.has_ended()) {
      try {
        const auto running = store.run(product);
        if (!store.is_running(product)) return "does not run";
        ++runs;
      } catch (const SystemError& error) {
        if (error.system_code().value() != ENOENT) return error.what();
      }
    }
    if (!changing.has_succeeded()) return "a change failed";
    return runs > 0 ? "" : "never ran";
  });
  if (words == "no mounts of its own") GTEST_SKIP() << words;
  EXPECT_EQ(words, "");
}

}  // namespace
}  // namespace weir::test
