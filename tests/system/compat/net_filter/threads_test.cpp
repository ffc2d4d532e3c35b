// The threads that events come in, and what may be called in them.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <random>
#include <set>
#include <stdexcept>

#include "support/thread_stack.h"
#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

class NetFilterThreads : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    capture_datagrams(filter());
  }
  void set_workers(int count) {
    static_cast<void>(filter().config("MaxWorkerThreadCount=" + std::to_string(count)));
    static_cast<void>(filter().config("MinWorkerThreadCount=" + std::to_string(count)));
  }
};

/// Holds handlers back until it is opened.
class Door {
 public:
  void pass() {
    std::unique_lock lock{mutex_};
    ++waiting_;
    opened_.wait(lock, [this] { return is_open_; });
  }
  void open() {
    const std::lock_guard lock{mutex_};
    is_open_ = true;
    opened_.notify_all();
  }
  [[nodiscard]] int waiting() const {
    const std::lock_guard lock{mutex_};
    return waiting_;
  }

 private:
  mutable std::mutex mutex_{};
  std::condition_variable opened_{};
  int waiting_ = 0;
  bool is_open_ = false;
};

TEST_F(NetFilterThreads, AreOneForAllEventsIfTheyAreSerialized) {
  // B-9 B-120: packets, notices, statistics, adapters, errors
  filter().set_serialize_events(Filter::seOnOneWorkerThread);
  EXPECT_TRUE(filter().add_filter_rule(2, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, "udp port 4001",
                                       Filter::RULE_ACTION_NOTIFY));
  Told<std::pair<std::string, std::thread::id>> told;
  const auto tell = [&](const char* what) { told.add({what, std::this_thread::get_id()}); };
  filter().on_worker_thread_creation = [&](auto&) { tell("creation"); };
  filter().on_packet = [&](const PacketEvent&) {
    tell("packet");
    throw std::runtime_error{"an error"};
  };
  filter().on_notify_packet = [&](const NoticeEvent&) { tell("notice"); };
  filter().on_statistics = [&](const StatisticsEvent&) { tell("statistics"); };
  filter().on_adapter_added = [&](const auto&) { tell("added"); };
  filter().on_adapter_removed = [&](const auto&) { tell("removed"); };
  filter().on_error = [&](const ErrorEvent&) { tell("error"); };
  filter().on_worker_thread_termination = [&](auto&) { tell("termination"); };
  filter().start_filter(0);
  const DatagramSocket noticed{4'001};
  for (int i = 0; i < 20; ++i) {
    send_there({1});
    noticed.send(there_address, 9, {1});
  }
  filter().get_statistics(id_of("edge"));
  ip("link add late type veth peer name later");
  ip("link del late");
  const std::set<std::string> wanted{"creation", "packet", "notice",  "statistics",
                                     "added",    "error",  "removed", "termination"};
  const auto seen = [&] {
    std::set<std::string> events;
    for (const auto& [what, thread] : told.all()) events.insert(what);
    return events;
  };
  EXPECT_TRUE(wait_until([&] {
    const auto all = told.all();
    const auto removals =
        std::ranges::count(all, "removed", [](const auto& one) { return one.first; });
    return removals == 2 && seen().size() == wanted.size() - 1;
  }));
  filter().stop_filter();
  EXPECT_EQ(seen(), wanted);
  for (const auto& [what, thread] : told.all()) EXPECT_EQ(thread, told.all()[0].second) << what;
}

TEST_F(NetFilterThreads, AreSeveralThatKeepTheOrderOfEachFlow) {
  // B-9 B-120 B-127 B-128: four workers
  constexpr int flows = 16;
  constexpr std::uint8_t packets = 100;
  set_workers(4);
  Told<std::thread::id> threads;
  std::map<int, Told<std::uint8_t>> handled;
  for (int flow = 0; flow < flows; ++flow) handled[flow];
  filter().on_packet = [&](const PacketEvent& event) {
    threads.add(std::this_thread::get_id());
    const std::uint8_t number = event.buffer[payload_offset];
    if (number % 7 == 0) std::this_thread::sleep_for(Duration{number * 5'000});
    handled.at(event.buffer[payload_offset + 1]).add(number);
  };
  filter().start_filter(0);
  std::vector<std::unique_ptr<DatagramSocket>> senders;
  for (int flow = 0; flow < flows; ++flow) {
    senders.push_back(std::make_unique<DatagramSocket>(static_cast<std::uint16_t>(5'000 + flow)));
  }
  for (std::uint8_t number = 0; number < packets; ++number) {
    for (std::uint8_t flow = 0; flow < flows; ++flow) {
      senders[flow]->send(there_address, port, {number, flow});
    }
  }
  std::map<int, Octets> arrived;
  for (int i = 0; i < flows * packets; ++i) {
    const Octets payload = arrived_there();
    ASSERT_EQ(payload.size(), 2U) << i;
    arrived[payload[1]].push_back(payload[0]);
  }
  for (int flow = 0; flow < flows; ++flow) {
    EXPECT_TRUE(std::ranges::is_sorted(arrived[flow])) << flow;
    EXPECT_EQ(arrived[flow], handled[flow].all()) << flow;
    EXPECT_EQ(arrived[flow].size(), packets);
  }
  const auto all = threads.all();
  EXPECT_GT(std::set(all.begin(), all.end()).size(), 1U);
  EXPECT_LE(std::set(all.begin(), all.end()).size(), 4U);
}

TEST_F(NetFilterThreads, TellOfTheirBeginningAndTheirEnd) {
  // B-118 B-119 B-120 B-128: each in its own context
  set_workers(3);
  Told<std::thread::id> created;
  Told<std::thread::id> ended;
  Told<std::thread::id> used;
  filter().on_worker_thread_creation = [&](auto& event) {
    EXPECT_EQ(event.result_code, 0);
    created.add(std::this_thread::get_id());
  };
  filter().on_worker_thread_termination = [&](auto&) {
    ended.add(std::this_thread::get_id());
    throw std::runtime_error{"ignored"};
  };
  Told<ErrorEvent> errors;
  filter().on_error = [&](const ErrorEvent& error) { errors.add(error); };
  filter().on_packet = [&](const PacketEvent&) { used.add(std::this_thread::get_id()); };
  filter().start_filter(0);
  EXPECT_EQ(created.wait(3).size(), 3U);
  for (std::uint8_t i = 0; i < 20; ++i) send_there({i});
  EXPECT_EQ(used.wait(20).size(), 20U);
  EXPECT_EQ(ended.count(), 0U);
  filter().stop_filter();
  const auto sorted = [](std::vector<std::thread::id> ids) {
    std::ranges::sort(ids);
    return ids;
  };
  EXPECT_EQ(sorted(ended.all()), sorted(created.all()));
  for (const auto& id : used.all()) {
    EXPECT_TRUE(std::ranges::count(created.all(), id) == 1) << "not told of";
  }
  EXPECT_EQ(errors.count(), 0U) << "what on_worker_thread_termination throws is ignored";
}

TEST_F(NetFilterThreads, AreAsManyAsTheyAreToBe) {
  // B-120 B-127 B-128: at first, and at most; by default four, or one for each processor
  Told<int> created;
  filter().on_worker_thread_creation = [&](auto&) { created.add(1); };
  const auto created_by_start = [&] {
    const std::size_t before = created.count();
    filter().start_filter(0);
    return created.count() - before;
  };
  EXPECT_EQ(created_by_start(), std::max(std::thread::hardware_concurrency(), 4U));
  filter().stop_filter();
  static_cast<void>(filter().config("MinWorkerThreadCount=6"));
  static_cast<void>(filter().config("MaxWorkerThreadCount=2"));
  EXPECT_EQ(created_by_start(), 2U);
  filter().stop_filter();
  static_cast<void>(filter().config("MinWorkerThreadCount=1"));
  static_cast<void>(filter().config("MaxWorkerThreadCount=3"));
  Door door;
  filter().on_packet = [&](const PacketEvent&) { door.pass(); };
  EXPECT_EQ(created_by_start(), 1U);
  const std::size_t before = created.count();
  std::vector<std::unique_ptr<DatagramSocket>> senders;
  for (std::uint16_t i = 0; i < 40; ++i) {
    senders.push_back(std::make_unique<DatagramSocket>(static_cast<std::uint16_t>(5'000 + i)));
    senders.back()->send(there_address, port, {1});
  }
  EXPECT_TRUE(wait_until([&] { return door.waiting() == 3; })) << door.waiting();
  EXPECT_EQ(created.count() - before, 2U) << "more as they are needed";
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(door.waiting(), 3);
  door.open();
  filter().stop_filter();
}

TEST_F(NetFilterThreads, AreNotUsedIfTheirBeginningIsRefused) {
  // B-118 B-95: result_code, or an exception
  set_workers(3);
  std::atomic<int> number{0};
  Told<std::thread::id> accepted;
  Told<std::thread::id> used;
  Told<int> codes;
  filter().on_worker_thread_creation = [&](auto& event) {
    const int mine = number++;
    if (mine == 0) event.result_code = 8;
    if (mine == 1) throw std::runtime_error{"no"};
    if (mine > 1) accepted.add(std::this_thread::get_id());
  };
  Told<std::thread::id> ended;
  filter().on_worker_thread_termination = [&](auto&) { ended.add(std::this_thread::get_id()); };
  filter().on_error = [&](const ErrorEvent& error) { codes.add(error.error_code); };
  filter().on_packet = [&](const PacketEvent&) { used.add(std::this_thread::get_id()); };
  filter().start_filter(0);
  for (std::uint8_t i = 0; i < 20; ++i) {
    send_there({i});
    EXPECT_EQ(arrived_there(), Octets{i});
  }
  // What the gate has to say of it, too, while it runs.
  EXPECT_TRUE(wait_until([&] { return std::ranges::count(codes.all(), 31) == 2; }));
  filter().stop_filter();
  for (const auto& id : used.all()) EXPECT_EQ(std::ranges::count(accepted.all(), id), 1);
  for (const auto& id : ended.all()) EXPECT_EQ(std::ranges::count(accepted.all(), id), 1);
  auto told = codes.all();
  std::ranges::sort(told);
  EXPECT_TRUE(std::ranges::includes(told, std::vector{0, 8}));
}

TEST_F(NetFilterThreads, OutliveWhatHandlersThrow) {
  // B-95: of each event, on_error has the words
  EXPECT_TRUE(filter().add_filter_rule(2, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, "udp port 9",
                                       Filter::RULE_ACTION_NOTIFY));
  Told<std::string> told;
  filter().on_error = [&](const ErrorEvent& error) { told.add(error.description); };
  const auto throws = [](const char* words) {
    return [words](auto&) { throw std::runtime_error{words}; };
  };
  filter().on_packet = throws("packet");
  filter().on_notify_packet = throws("notice");
  filter().on_statistics = throws("statistics");
  filter().on_adapter_added = throws("added");
  filter().on_adapter_removed = throws("removed");
  filter().start_filter(0);
  const DatagramSocket noticed{9};
  for (int round = 0; round < 2; ++round) {
    send_there({1});
    EXPECT_EQ(arrived_there(), Octets{1});
    noticed.send(there_address, 9, {1});
    filter().get_statistics(id_of("edge"));
    ip("link add late type veth peer name later");
    ip("link del late");
  }
  // Two sets of statistics, and both ends of the pair.
  auto all = told.wait(2 * (1 + 1 + 2 + 2 + 2));
  std::ranges::sort(all);
  const std::vector<std::pair<std::string, int>> wanted{
      {"added", 4}, {"notice", 2}, {"packet", 2}, {"removed", 4}, {"statistics", 4}};
  for (const auto& [words, count] : wanted) {
    EXPECT_EQ(std::ranges::count(all, words), count) << words;
  }
}

TEST_F(NetFilterThreads, AreNoneIfAllAreRefused) {
  // B-118: there is no filter then
  filter().on_worker_thread_creation = [](auto& event) { event.result_code = 8; };
  EXPECT_NE(refusal_of([&] { filter().start_filter(0); }), 0);
  EXPECT_FALSE(filter().get_active());
  filter().on_worker_thread_creation = nullptr;
  filter().start_filter(0);
  EXPECT_TRUE(filter().get_active());
}

TEST_F(NetFilterThreads, HaveTheStackTheyAreToHave) {
  // B-129: whatever a sanitizer adds
  Told<std::size_t> sizes;
  filter().on_packet = [&](const PacketEvent&) { sizes.add(stack_of_this_thread()); };
  for (const std::size_t size : {262'144U, 1'048'576U}) {
    filter().stop_filter();
    static_cast<void>(filter().config("WorkerInitialStackSize=" + std::to_string(size)));
    filter().start_filter(0);
    const std::size_t before = sizes.count();
    send_there({1});
    ASSERT_EQ(sizes.wait(before + 1).size(), before + 1);
    EXPECT_GE(sizes.all().back() + 8'192, size);
  }
  EXPECT_NEAR(static_cast<double>(sizes.all()[1] - sizes.all()[0]), 786'432, 65'536);
  EXPECT_EQ(refusal_of([&] { static_cast<void>(filter().config("WorkerInitialStackSize=0")); }),
            1'230);
}

TEST_F(NetFilterThreads, AreWaitedForByStopFilter) {
  // B-86: and what they held goes on
  set_workers(2);
  Door door;
  filter().on_packet = [&](PacketEvent& event) {
    door.pass();
    event.buffer[payload_offset] = 9;
    std::fill_n(event.buffer + payload_offset - 2, 2, std::uint8_t{0});  // no checksum
    event.action = Filter::PACKET_ACTION_SEND_MODIFIED;
  };
  filter().start_filter(0);
  send_there({1});
  ASSERT_TRUE(wait_until([&] { return door.waiting() == 1; }));
  std::atomic<bool> is_stopped{false};
  std::thread stopping{[&] {
    filter().stop_filter();
    is_stopped = true;
  }};
  std::this_thread::sleep_for(300ms);
  EXPECT_FALSE(is_stopped);
  EXPECT_TRUE(filter().get_active());
  door.open();
  stopping.join();
  EXPECT_FALSE(filter().get_active());
  EXPECT_EQ(arrived_there(), Octets{9});
}

TEST_F(NetFilterThreads, RefuseWhatWouldWaitForThem) {
  // B-9 B-73 B-74 B-75 B-76 B-79 B-86 B-129: 1131 within events
  Told<std::pair<std::string, int>> codes;
  filter().on_packet = [&](const PacketEvent&) {
    const std::string id = guid(2);
    const auto tell = [&](const char* what, const std::function<void()>& call) {
      codes.add({what, refusal_of(call)});
    };
    tell("stop_filter", [&] { filter().stop_filter(); });
    tell("start_filter", [&] { filter().start_filter(0); });
    tell("initialize", [&] { filter().initialize(id); });
    tell("install", [&] { filter().install("/nowhere", id, 0, 0, ""); });
    tell("uninstall", [&] { filter().uninstall("/nowhere", id, 3); });
    tell("get_driver_status", [&] { static_cast<void>(filter().get_driver_status(id)); });
    tell("get_driver_version", [&] { static_cast<void>(filter().get_driver_version(id)); });
    tell("shutdown_system",
         [&] { static_cast<void>(filter().shutdown_system("", 0, false, false)); });
    tell("WorkerInitialStackSize",
         [&] { static_cast<void>(filter().config("WorkerInitialStackSize=65536")); });
  };
  filter().start_filter(0);
  send_there({1});
  for (const auto& [what, code] : codes.wait(9)) EXPECT_EQ(code, 1'131) << what;
  EXPECT_EQ(codes.count(), 9U);
  EXPECT_TRUE(filter().get_active());
}

TEST_F(NetFilterThreads, RefuseTheSameWhileNotActive) {
  // B-9 B-129 B-79: within an event that comes without a filter
  Told<std::pair<std::string, int>> codes;
  filter().on_statistics = [&](const StatisticsEvent&) {
    codes.add({"serialize_events", refusal_of([&] { filter().set_serialize_events(1); })});
    codes.add({"start_filter", refusal_of([&] { filter().start_filter(0); })});
    codes.add({"shutdown_system", refusal_of([&] {
                 static_cast<void>(filter().shutdown_system("", 0, false, false));
               })});
    codes.add({"WorkerInitialStackSize", refusal_of([&] {
                 static_cast<void>(filter().config("WorkerInitialStackSize=65536"));
               })});
  };
  filter().get_statistics(id_of("edge"));
  for (const auto& [what, code] : codes.wait(4)) EXPECT_EQ(code, 1'131) << what;
  EXPECT_EQ(codes.count(), 4U);
}

TEST_F(NetFilterThreads, MayDoAllElseWithinEvents) {
  // B-2 B-10 B-82 B-87 B-91 B-92
  std::atomic<int> done{0};
  filter().on_packet = [&](const PacketEvent&) {
    EXPECT_EQ(refusal_of([&] {
                filter().list_adapters();
                filter().set_tag(7);
                filter().get_statistics(id_of("edge"));
                filter().send_packet(id_of("edge"), frame_of(2, 9), 1, false);
                static_cast<void>(filter().config("DenyExpiredRequests=True"));
                filter().set_operation_mode(Filter::omCapture);
                static_cast<void>(filter().get_altitude());
                static_cast<void>(filter().nt_status_to_win32_error(0));
              }),
              0);
    ++done;
  };
  filter().start_filter(0);
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1});
  EXPECT_TRUE(wait_until([&] { return done == 1; }));
  EXPECT_EQ(filter().get_tag(), 7);
}

}  // namespace
}  // namespace weir::test
