// Events of NetFilter while no filter runs: in a worker, with errors, and what is forbidden there.
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using compat::NetFilter;
using compat::NetFilterError;
using compat::NetFilterErrorEventParams;
using compat::NetFilterStatisticsEventParams;

/// What handlers hand to the test.
template <class Value>
class Mailbox {
 public:
  void put(Value value) {
    const std::lock_guard lock{mutex_};
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  /// All, once there are so many; whatever there is at the end of `patience`.
  std::vector<Value> await(std::size_t count, Duration patience = std::chrono::seconds{5}) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return values_.size() >= count; });
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Value> values_;
};

class NetFilterEvents : public InitializedTest {
 protected:
  /// Asks for an event that needs no traffic.
  void ask() { filter.get_statistics(loopback()); }
  /// The code of a call within an event.
  int code_within(const std::function<void()>& call) {
    const auto codes = std::make_shared<Mailbox<int>>();
    // Once: what it calls may ask for the next event, which may be under way when this returns.
    filter.on_statistics = [this, codes, call](NetFilterStatisticsEventParams&) {
      filter.on_statistics = nullptr;
      codes->put(code_of(call));
    };
    ask();
    const auto got = codes->await(1);
    return got.empty() ? -1 : got[0];
  }
};

TEST_F(NetFilterEvents, TellStatisticsWhenAsked) {
  // B-91 B-113 B-113a B-113b B-113c B-114 B-116: of the whole adapter, as no filter runs
  Mailbox<NetFilterStatisticsEventParams> told;
  filter.on_statistics = [&](NetFilterStatisticsEventParams& event) { told.put(event); };
  const Timestamp before = wall_clock();
  ask();
  ask();
  const auto events = told.await(2);
  ASSERT_EQ(events.size(), 2U);
  for (const auto& event : events) {
    EXPECT_EQ(event.adapter_id, loopback());
    EXPECT_FALSE(event.filter_specific);
    EXPECT_GE(event.time_stamp, before);
    EXPECT_LE(event.time_stamp, wall_clock());
    EXPECT_GE(event.packets_received, 0);
  }
  EXPECT_GE(events[1].packets_received, events[0].packets_received);
}

TEST_F(NetFilterEvents, ComeInAWorkerThatTellsOfItself) {
  // B-118 B-119 B-120
  Mailbox<std::string> told;
  std::optional<std::thread::id> worker;
  const auto tell = [&](const char* what) {
    if (!worker) worker = std::this_thread::get_id();
    told.put(what + std::string{worker == std::this_thread::get_id() ? "" : " elsewhere"});
  };
  {
    NetFilter mine;
    mine.on_worker_thread_creation = [&](auto& event) {
      EXPECT_EQ(event.result_code, 0);
      tell("creation");
    };
    mine.on_statistics = [&](auto&) { tell("statistics"); };
    mine.on_worker_thread_termination = [&](auto&) { tell("termination"); };
    mine.initialize(guid);
    mine.get_statistics(loopback());
    mine.get_statistics(loopback());
    ASSERT_EQ(told.await(3).size(), 3U);
  }
  EXPECT_NE(worker, std::this_thread::get_id());
  EXPECT_EQ(told.await(4),
            (std::vector<std::string>{"creation", "statistics", "statistics", "termination"}));
}

TEST_F(NetFilterEvents, NeverComeInAWorkerThatWasRefused) {
  // B-118: a result_code, or an exception; B-119 is not told of it
  Mailbox<NetFilterErrorEventParams> errors;
  Mailbox<int> others;
  NetFilter mine;
  mine.initialize(guid);
  mine.on_error = [&](auto& event) { errors.put(event); };
  mine.on_statistics = [&](auto&) { others.put(1); };
  mine.on_worker_thread_termination = [&](auto&) { others.put(2); };
  mine.on_worker_thread_creation = [](auto& event) { event.result_code = 1450; };
  mine.get_statistics(loopback());
  const auto told = errors.await(1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].error_code, 1450);
  EXPECT_NE(told[0].description.find("1450"), std::string::npos);
  EXPECT_TRUE(others.await(1, std::chrono::milliseconds{200}).empty());
}

TEST_F(NetFilterEvents, EndWorkersWithoutAWordOfErrorsThen) {
  // B-119
  Mailbox<int> errors;
  Mailbox<int> told;
  {
    NetFilter mine;
    mine.on_error = [&](auto& event) { errors.put(event.error_code); };
    mine.on_statistics = [&](auto&) { told.put(1); };
    mine.on_worker_thread_termination = [](auto&) { throw std::runtime_error{"lost"}; };
    mine.initialize(guid);
    mine.get_statistics(loopback());
    ASSERT_EQ(told.await(1).size(), 1U);
  }
  EXPECT_TRUE(errors.await(0).empty());
}

TEST_F(NetFilterEvents, HaveErrorsTold) {
  // B-95: of each other event, the next one comes all the same
  Mailbox<NetFilterErrorEventParams> errors;
  filter.on_error = [&](NetFilterErrorEventParams& event) { errors.put(event); };
  filter.on_statistics = [](auto&) { throw NetFilterError{1234, "of its own"}; };
  ask();
  ASSERT_EQ(errors.await(1).size(), 1U);
  filter.on_statistics = [](auto&) { throw std::runtime_error{"of a program"}; };
  ask();
  ASSERT_EQ(errors.await(2).size(), 2U);
  filter.on_statistics = [](auto&) { throw 5; };
  ask();
  const auto told = errors.await(3);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].error_code, 1234);
  EXPECT_EQ(told[0].description, "of its own");
  EXPECT_EQ(told[1].error_code, 0);
  EXPECT_EQ(told[1].description, "of a program");
  EXPECT_EQ(told[2].error_code, 0);
  EXPECT_NE(told[2].description, "");
}

TEST_F(NetFilterEvents, LoseErrorsOfTheHandlerOfErrors) {
  // B-95
  Mailbox<int> told;
  filter.on_error = [&](auto&) {
    told.put(1);
    throw std::runtime_error{"again"};
  };
  filter.on_statistics = [](auto&) { throw std::runtime_error{"once"}; };
  ask();
  ask();
  EXPECT_EQ(told.await(2).size(), 2U);
}

TEST_F(NetFilterEvents, ForbidWhatWouldWaitForThem) {
  // B-9 B-73 B-74 B-75 B-76 B-79 B-86 B-129: 1131, in any event
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", 1);  // if all else fails
  const std::vector<std::function<void()>> forbidden = {
      [&] { filter.install(state.cab(), guid, 0, 0, ""); },
      [&] { filter.uninstall(state.cab(), guid, 3); },
      [&] { static_cast<void>(filter.get_driver_status(guid)); },
      [&] { static_cast<void>(filter.get_driver_version(guid)); },
      [&] { filter.shutdown_system("", 0, false, false); },
      [&] { filter.initialize(guid); },
      [&] { filter.start_filter(0); },
      [&] { filter.start_filter(1); },
      [&] { filter.stop_filter(); },
      [&] { filter.set_serialize_events(1); },
      [&] { filter.set_altitude(1); },
      [&] { filter.config("WorkerInitialStackSize=65536"); }};
  for (std::size_t i = 0; i < forbidden.size(); ++i) {
    EXPECT_EQ(code_within(forbidden[i]), NetFilter::ERROR_POSSIBLE_DEADLOCK) << "call " << i;
  }
  ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
  EXPECT_EQ(filter.get_serialize_events(), 0);
  EXPECT_EQ(filter.get_altitude(), 0);
  EXPECT_EQ(filter.get_driver_status(guid), NetFilter::MODULE_STATUS_STOPPED);
}

TEST_F(NetFilterEvents, ForbidItOfAnyObject) {
  // B-86: another one's handlers may be waited for in turn
  NetFilter other;
  other.initialize(guid);
  EXPECT_EQ(code_within([&] { other.stop_filter(); }), NetFilter::ERROR_POSSIBLE_DEADLOCK);
}

TEST_F(NetFilterEvents, ForbidItInErrorsAndNewWorkersToo) {
  // B-73 B-86
  Mailbox<int> codes;
  NetFilter mine;
  mine.initialize(guid);
  mine.on_worker_thread_creation = [&](auto&) { codes.put(code_of([&] { mine.stop_filter(); })); };
  mine.on_error = [&](auto&) {
    codes.put(code_of([&] { mine.install(state.cab(), guid, 0, 0, ""); }));
  };
  mine.on_statistics = [](auto&) { throw std::runtime_error{"for on_error"}; };
  mine.get_statistics(loopback());
  EXPECT_EQ(codes.await(2), (std::vector<int>{1131, 1131}));
}

TEST_F(NetFilterEvents, AllowAllElse) {
  // B-62 B-64 B-85 B-91 B-92: rules, settings, questions; reset_timeout() in on_packet only
  EXPECT_EQ(code_within([&] { filter.add_filter_rule(1, -1, 2, -1, -1, "", 1); }), 0);
  EXPECT_EQ(code_within([&] { filter.delete_filter_rule(1); }), 0);
  EXPECT_EQ(code_within([&] { filter.list_adapters(); }), 0);
  EXPECT_EQ(code_within([&] { filter.set_operation_mode(0); }), 0);
  EXPECT_EQ(code_within([&] { filter.config("DenyExpiredRequests=1"); }), 0);
  EXPECT_EQ(code_within([&] { filter.get_statistics(loopback()); }), 0);
  EXPECT_EQ(code_within([&] { filter.reset_timeout(); }), NetFilter::ERROR_NOT_READY);
}

TEST_F(NetFilterEvents, MayReplaceTheirHandlers) {
  // B-114
  Mailbox<int> told;
  filter.on_statistics = [&](auto&) {
    told.put(1);
    filter.on_statistics = [&](auto&) { told.put(2); };
  };
  ask();
  ASSERT_EQ(told.await(1).size(), 1U);
  ask();
  EXPECT_EQ(told.await(2), (std::vector<int>{1, 2}));
  filter.on_statistics = nullptr;
  EXPECT_EQ(filter.on_statistics.current(), nullptr);
  ask();
}

TEST_F(NetFilterEvents, AreBoundedWhereNobodyTakesThem) {
  // B-91
  const auto barrier = std::make_shared<std::mutex>();
  std::unique_lock closed{*barrier};
  filter.on_statistics = [barrier](auto&) { const std::lock_guard wait{*barrier}; };
  int code = 0;
  for (int i = 0; i < 2'000 && code == 0; ++i) code = code_of([&] { ask(); });
  closed.unlock();
  EXPECT_EQ(code, NetFilter::ERROR_BUSY);
}

}  // namespace
}  // namespace weir::test
