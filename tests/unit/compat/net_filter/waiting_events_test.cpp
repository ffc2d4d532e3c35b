// Events that wait for a worker: who comes to them when and where, and who does not wait for them.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "support/sanitized.h"
#include "support/thread_stack.h"
#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using compat::NetFilter;
using namespace std::chrono_literals;

/// Holds those who pass until it is opened.
class Barrier {
 public:
  void pass() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_open_; });
  }
  void open() {
    const std::lock_guard lock{mutex_};
    is_open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool is_open_ = false;
};

/// Whether it comes to hold in some seconds.
template <class Condition>
bool comes_to_hold(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  return condition();
}

/// As long as it lives, this process opens no more files.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{.rlim_cur = 3, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

using NetFilterWaitingEvents = InitializedTest;

TEST_F(NetFilterWaitingEvents, ComeInAThreadWithTheStackItIsToHave) {
  // B-129: while no filter runs, too
  std::atomic<std::size_t> size{0};
  filter.on_statistics = [&](auto&) { size = stack_of_this_thread(); };
  static_cast<void>(filter.config("WorkerInitialStackSize=393216"));
  filter.get_statistics(loopback());
  ASSERT_TRUE(comes_to_hold([&] { return size != 0; }));
  // A sanitizer adds to it.
  EXPECT_NEAR(static_cast<double>(size), 393'216, 65'536);
}

TEST_F(NetFilterWaitingEvents, AreErrorsOfOtherThreadsToo) {
  // B-9 B-95: nothing comes in the thread that follows adapters, and fails to
#ifdef WEIR_SANITIZED
  GTEST_SKIP() << "a sanitizer takes objects for broken when no descriptor is left";
#endif
  filter.set_serialize_events(NetFilter::seOnOneWorkerThread);
  filter.set_operation_mode(NetFilter::omStat);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<bool> is_told{false};
  const auto note = [&] {
    const std::lock_guard lock{mutex};
    threads.insert(std::this_thread::get_id());
  };
  filter.on_worker_thread_creation = [&](auto&) { note(); };
  filter.on_error = [&](auto& error) {
    note();
    if (error.description.starts_with("statistics: ")) is_told = true;
  };
  filter.start_filter(0);
  {
    const NoMoreFiles none;
    EXPECT_TRUE(comes_to_hold([&] { return is_told.load(); }));
  }
  filter.on_worker_thread_creation = nullptr;
  filter.stop_filter();
  EXPECT_EQ(threads.size(), 1U);
}

TEST_F(NetFilterWaitingEvents, DoNotKeepTheFilterFromStarting) {
  // B-83 B-91: a handler that always asks for the next event
  std::atomic<bool> asks{true};
  std::atomic<int> told{0};
  filter.on_statistics = [&](auto&) {
    ++told;
    std::this_thread::sleep_for(1ms);
    if (asks) filter.get_statistics(loopback());
  };
  filter.get_statistics(loopback());
  ASSERT_TRUE(comes_to_hold([&] { return told > 5; }));
  std::thread other{[&] {
    EXPECT_TRUE(comes_to_hold([&] { return filter.get_active(); }));
    asks = false;
  }};
  filter.start_filter(0);
  other.join();
  filter.stop_filter();
}

TEST_F(NetFilterWaitingEvents, DoNotKeepTheObjectFromGoing) {
  // B-91: the same
  std::atomic<bool> asks{true};
  std::atomic<int> told{0};
  std::thread other;
  {
    NetFilter mine;
    mine.on_statistics = [&](auto&) {
      ++told;
      std::this_thread::sleep_for(1ms);
      if (asks) mine.get_statistics(loopback());
    };
    mine.initialize(guid);
    mine.get_statistics(loopback());
    ASSERT_TRUE(comes_to_hold([&] { return told > 5; }));
    other = std::thread{[&] {
      std::this_thread::sleep_for(2s);
      asks = false;
    }};
  }
  EXPECT_TRUE(asks) << "it has waited for the last one";
  asks = false;
  other.join();
}

TEST_F(NetFilterWaitingEvents, WaitForAThreadThatMayBeUsed) {
  // B-91 B-118
  std::atomic<int> threads{0};
  std::atomic<int> told{0};
  std::atomic<int> errors{0};
  filter.on_worker_thread_creation = [&](auto& event) {
    event.result_code = threads++ == 0 ? 5 : 0;
  };
  filter.on_error = [&](auto&) { ++errors; };
  filter.on_statistics = [&](auto&) { ++told; };
  filter.get_statistics(loopback());
  ASSERT_TRUE(comes_to_hold([&] { return errors == 1; }));
  std::this_thread::sleep_for(50ms);
  filter.get_statistics(loopback());
  EXPECT_TRUE(comes_to_hold([&] { return told == 2; })) << told;
  EXPECT_EQ(threads, 2);
}

TEST_F(NetFilterWaitingEvents, AreNoneOfSecondsThatHandlersTakeLongerThan) {
  // B-86 B-122: nor does stop_filter() wait for those
  filter.set_operation_mode(NetFilter::omStat);
  filter.list_adapters();
  const int adapters = filter.get_adapter_count();
  Barrier barrier;
  std::atomic<int> told{0};
  filter.on_statistics = [&](auto&) {
    ++told;
    barrier.pass();
  };
  filter.start_filter(0);
  ASSERT_TRUE(comes_to_hold([&] { return told == 1; }));
  std::this_thread::sleep_for(2'300ms);
  std::thread stopping{[&] { filter.stop_filter(); }};
  std::this_thread::sleep_for(100ms);
  barrier.open();
  stopping.join();
  EXPECT_LE(told, 2 * adapters) << "one second";
}

}  // namespace
}  // namespace weir::test
