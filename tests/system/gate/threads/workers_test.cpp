// What workers do beside held packets: copies they show, calls they were handed.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <future>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/checked_frames.h"
#include "system/gate/truth/gate_network.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Action;
using gate::Gate;
using gate::GateError;
using gate::HeldPacket;

class GateWorkers : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    bridge();
    sender_ = sender_at(left());
  }

  /// For workers that are known, and what is around their batches counted.
  [[nodiscard]] gate::GateOptions working(unsigned most) {
    gate::GateOptions options = GateTest::options();
    options.workers = {.min = 1,
                       .max = most,
                       .on_start =
                           [this] {
                             const std::lock_guard lock{mutex_};
                             workers_.insert(std::this_thread::get_id());
                             return true;
                           },
                       .around_batch =
                           [this] {
                             ++around_;
                             return std::shared_ptr<void>{this, [this](void*) { --around_; }};
                           }};
    return options;
  }
  [[nodiscard]] bool is_worker() {
    const std::lock_guard lock{mutex_};
    return workers_.contains(std::this_thread::get_id());
  }
  void send(std::uint64_t count) const {
    for (std::uint64_t i = 0; i < count; ++i) sender_->send(numbered_frame(i));
  }

  std::atomic<int> around_{0};
  std::unique_ptr<FrameSender> sender_{};

 private:
  std::mutex mutex_{};
  std::set<std::thread::id> workers_{};
};

constexpr unsigned one_and_several[] = {1, 3};

TEST_P(GateWorkers, CallsAreMadeByAWorkerInTheirOrder) {
  for (const unsigned most : one_and_several) {
    Gate gate{working(most), accepting()};
    gate.start();
    std::vector<int> made;
    std::atomic<int> count{0};
    const auto make = [&](int number) {
      EXPECT_TRUE(is_worker());
      EXPECT_GT(around_, 0);
      made.push_back(number);
      ++count;
    };
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(gate.call_in_worker([&, i] { make(i); }));
      // The worker falls asleep meanwhile, now and then.
      if (i % 10 == 0) std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(gate.call_in_worker([&] {
      EXPECT_TRUE(gate.call_in_worker([&] { make(101); }));
      make(100);
    }));
    EXPECT_TRUE(wait_until([&] { return count == 102; }));
    for (int i = 0; i < 102; ++i) EXPECT_EQ(made[static_cast<std::size_t>(i)], i);
  }
}

TEST_P(GateWorkers, CallsMayUseTheGateAsHandlersMay) {
  for (const unsigned most : one_and_several) {
    gate::Handlers handlers;
    std::vector<GateError> errors;
    handlers.on_error = [&](const GateError& error) { errors.push_back(error); };
    Gate gate{working(most), handlers};
    gate.start();
    gate.call_in_worker([&] {
      EXPECT_THROW(gate.stop(), Error);
      EXPECT_TRUE(gate.is_running());
      gate.add({.id = "added"});
      EXPECT_EQ(gate.rules().size(), 1U);
    });
    gate.call_in_worker([] { throw std::runtime_error{"thrown"}; });
    gate.call_in_worker({});
    gate.call_in_worker([&] { gate.remove("added"); });
    gate.stop();
    EXPECT_TRUE(gate.rules().empty());
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(errors[0].where, GateError::Where::worker);
    EXPECT_EQ(errors[0].message, "worker: a call: thrown");
    EXPECT_THROW(std::rethrow_exception(errors[0].exception), std::runtime_error);
  }
}

TEST_P(GateWorkers, AllThatIsHandedOverIsCalledBeforeTheEnd) {
  for (const unsigned most : one_and_several) {
    Gate gate{working(most), accepting()};
    EXPECT_FALSE(gate.call_in_worker([] { ADD_FAILURE() << "called"; }));
    gate.start();
    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> made{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        while (gate.call_in_worker([&] { ++made; })) {
          if (++taken % 50 == 0) std::this_thread::sleep_for(1ms);
        }
      });
    }
    EXPECT_TRUE(wait_until([&] { return taken > 500; }));
    gate.stop();
    const std::uint64_t made_at_the_end = made;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(made, made_at_the_end);
    EXPECT_EQ(made, taken);
    EXPECT_FALSE(gate.call_in_worker([] { ADD_FAILURE() << "called"; }));
  }
}

TEST_P(GateWorkers, OnlySoManyCallsWait) {
  constexpr int most = 4'096;
  Gate gate{working(1), accepting()};
  gate.start();
  std::atomic<int> made{0};
  std::promise<void> handed_over;
  gate.call_in_worker([&, all = handed_over.get_future().share()] { all.wait(); });
  int taken = 1;
  while (taken <= most && gate.call_in_worker([&] { ++made; })) ++taken;
  handed_over.set_value();
  EXPECT_EQ(taken, most);
  gate.stop();
  EXPECT_EQ(made, most - 1);
}

TEST_P(GateWorkers, WhatACallDecidesIsWaitedForAtTheEnd) {
  for (const unsigned most : one_and_several) {
    gate::GateOptions for_ever = working(most);
    for_ever.deadline = {};
    std::mutex mutex;
    std::vector<HeldPacket> kept;
    gate::Handlers handlers;
    handlers.on_held = [&](HeldPacket& packet) {
      const std::lock_guard lock{mutex};
      kept.push_back(std::move(packet));
    };
    Gate gate{for_ever, handlers};
    gate.add({.direction = Direction::in});
    gate.start();
    send(5);
    ASSERT_TRUE(wait_until([&] {
      const std::lock_guard lock{mutex};
      return kept.size() == 5;
    }));
    std::thread stopping{[&] { gate.stop(); }};
    std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(gate.call_in_worker([&] {
      for (HeldPacket& packet : kept) packet.accept();
    }));
    stopping.join();
    EXPECT_EQ(gate.counters().held.accepted.packets, 5U);
  }
}

TEST_P(GateWorkers, CopiesAreShownByWorkersInTheirOrder) {
  for (const unsigned most : one_and_several) {
    constexpr std::uint64_t count = 1'000;
    std::vector<std::uint64_t> told;
    gate::Handlers handlers;
    handlers.on_notified = [&](const Packet& packet, const std::string& rule) {
      EXPECT_TRUE(is_worker());
      EXPECT_GT(around_, 0);
      EXPECT_EQ(rule, "tell");
      told.push_back(number_of(packet));
    };
    Gate gate{working(most), handlers};
    gate.add({.id = "tell", .action = Action::notify, .direction = Direction::in});
    gate.start();
    send(count);
    EXPECT_TRUE(wait_until([&] { return gate.counters().notices == count; }));
    gate.stop();
    ASSERT_EQ(told.size(), count);
    for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(told[i], i);
  }
}

TEST_P(GateWorkers, CopiesTheProcessHasMadeAreShownByWorkersToo) {
  const Octets datagram = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  for (const unsigned most : one_and_several) {
    std::vector<Octets> told;
    gate::Handlers handlers;
    handlers.on_notified = [&](const Packet& packet, const std::string& rule) {
      EXPECT_TRUE(is_worker());
      EXPECT_EQ(rule, "chain");
      told.push_back(octets(packet));
    };
    Gate gate{working(most), handlers};
    gate.add({.id = "chain", .action = Action::notify, .filter = "ip protochain 17"});
    gate.start();
    Witness witness{right()};
    for (int i = 0; i < 3; ++i) sender_->send(datagram);
    expect_same(witness.frames(3), {datagram, datagram, datagram});
    gate.stop();
    expect_same(told, {datagram, datagram, datagram});
    EXPECT_EQ(gate.counters().notices, 3U);
  }
}

/// A handler of copies that stays until it may go, and a rule that holds what is longer.
class Slow {
 public:
  [[nodiscard]] gate::Handlers handlers() {
    gate::Handlers handlers;
    handlers.on_held = [](HeldPacket& packet) { packet.accept(); };
    handlers.on_notified = [this](const Packet&, const std::string&) {
      is_there = true;
      may_go.acquire();
      may_go.release();
    };
    return handlers;
  }
  static void add_rules(Gate& gate) {
    gate.add({.action = Action::notify, .direction = Direction::in, .max_length = 64});
    gate.add({.action = Action::hold, .direction = Direction::in});
  }

  std::atomic<bool> is_there{false};
  std::counting_semaphore<> may_go{0};
};

TEST_P(GateWorkers, HeldPacketsDoNotWaitForASlowHandlerOfCopies) {
  Slow slow;
  Gate gate{working(2), slow.handlers()};
  Slow::add_rules(gate);
  gate.start();
  Witness witness{right()};
  // Several, so that there is more to be shown all the while.
  send(200);
  EXPECT_EQ(witness.frames(200).size(), 200U);
  ASSERT_TRUE(wait_until([&] { return slow.is_there.load(); }));
  const Octets longer = frame(eth(0x88b5), rest(100));
  for (int i = 0; i < 50; ++i) sender_->send(longer);
  EXPECT_EQ(witness.frames(50).size(), 50U);
  EXPECT_EQ(gate.counters().held.accepted.packets, 50U);
  EXPECT_LE(gate.counters().notices, 1U);
  // And nobody is busy with waiting.
  const auto processor_time = [] {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
  };
  const auto before = processor_time();
  std::this_thread::sleep_for(300ms);
  EXPECT_LT(processor_time() - before, 40ms);
  slow.may_go.release();
  gate.stop();
  EXPECT_EQ(gate.counters().notices, 200U);
}

TEST_P(GateWorkers, WhatARuleChangesDoesNotWaitForASlowHandlerOfCopies) {
  Slow slow;
  gate::GateOptions for_ever = working(3);
  for_ever.deadline = {};
  Gate gate{for_ever, slow.handlers()};
  gate.add({.direction = Direction::in, .delay = 1ns, .shown = true});
  gate.start();
  Witness witness{right()};
  send(50);
  EXPECT_EQ(witness.frames(50).size(), 50U);
  EXPECT_LE(gate.counters().notices, 1U);
  slow.may_go.release();
  gate.stop();
  EXPECT_EQ(gate.counters().notices, 50U);
}

TEST_P(GateWorkers, CopiesOfWhatARuleChangesAreShownOneAfterAnother) {
  for (const unsigned most : one_and_several) {
    constexpr std::uint16_t count = 200;
    std::atomic<int> within{0};
    std::atomic<std::uint64_t> told{0};
    gate::Handlers handlers;
    handlers.on_notified = [&](const Packet&, const std::string&) {
      EXPECT_EQ(++within, 1);
      EXPECT_GT(around_, 0);
      std::this_thread::sleep_for(100us);
      ++told;
      --within;
    };
    Gate gate{working(most), handlers};
    gate.add({.direction = Direction::in, .changes = {gate::SetTtl{7}}, .shown = true});
    gate.start();
    Witness witness{right()};
    // Of many flows, which several workers take turns at.
    for (std::uint16_t port = 1; port <= count; ++port) {
      sender_->send(sealed(eth(0x0800), ip4(17), udp(port), rest(60)));
    }
    EXPECT_EQ(witness.frames(count).size(), count);
    gate.stop();
    EXPECT_EQ(told, count);
    EXPECT_EQ(gate.counters().changes.changed, count);
  }
}

TEST_P(GateWorkers, ASlowHandlerOfCopiesIsNoReasonToWaitForTheFirstHeldPacket) {
  const Octets brief = frame(eth(0x88b5), rest(46));
  const Octets longer = frame(eth(0x88b5), rest(100));
  // The worker that both might be given to is still falling awake, in some of them.
  for (int i = 0; i < 20; ++i) {
    Slow slow;
    gate::GateOptions for_ever = working(2);
    for_ever.deadline = {};
    Gate gate{for_ever, slow.handlers()};
    Slow::add_rules(gate);
    gate.start();
    sender_->send(brief);
    sender_->send(longer);
    EXPECT_TRUE(wait_until([&] { return gate.counters().held.accepted.packets == 1; }));
    slow.may_go.release();
  }
}

TEST_P(GateWorkers, DeadlinesHoldWhileTheOnlyWorkerIsBusy) {
  for (const bool calls : {true, false}) {
    Slow slow;
    gate::GateOptions brief = working(1);
    brief.deadline = 50ms;
    Gate gate{brief, slow.handlers()};
    Slow::add_rules(gate);
    gate.start();
    if (calls) {
      gate.call_in_worker([&] { slow.handlers().on_notified({}, {}); });
    } else {
      send(1);
    }
    ASSERT_TRUE(wait_until([&] { return slow.is_there.load(); }));
    sender_->send(frame(eth(0x88b5), rest(100)));
    EXPECT_TRUE(wait_until([&] { return gate.counters().held.expired_passed.packets == 1; }));
    slow.may_go.release();
    gate.stop();
    EXPECT_EQ(gate.counters().held.arrived.packets, 1U);
  }
}

TEST_P(GateWorkers, AreNoneAndHandlersMayAskAllTheSame) {
  gate::GateOptions refusing = options();
  refusing.workers.on_start = [] { return false; };
  std::atomic<Gate*> asked{nullptr};
  std::atomic<int> told{0};
  gate::Handlers handlers;
  handlers.on_error = [&](const gate::GateError&) {
    Gate& gate = *asked.load();
    EXPECT_FALSE(gate.is_running());
    EXPECT_FALSE(gate.call_in_worker([] {}));
    EXPECT_FALSE(gate.inject("to_left", Direction::out, Octets(60)));
    EXPECT_TRUE(gate.adapters().empty());
    EXPECT_TRUE(gate.counters().adapters.empty());
    EXPECT_TRUE(gate.flow_verdicts().empty());
    ++told;
  };
  Gate gate{refusing, handlers};
  asked = &gate;
  EXPECT_THROW(gate.start(), Error);
  EXPECT_EQ(told, 1);
}

TEST_P(GateWorkers, AreNoneAndHandlersMayChangeTheGateAllTheSame) {
  gate::GateOptions refusing = options();
  refusing.workers.on_start = [] { return false; };
  std::atomic<Gate*> changed{nullptr};
  std::atomic<int> told{0};
  gate::Handlers handlers;
  handlers.on_error = [&](const gate::GateError&) {
    Gate& gate = *changed.load();
    gate.add({.id = "added", .filter = "udp"});
    EXPECT_TRUE(gate.remove("before"));
    gate.set_deadline_policy(gate::Policy::closed);
    ++told;
  };
  Gate gate{refusing, handlers};
  changed = &gate;
  gate.add({.id = "before", .filter = "udp"});
  EXPECT_THROW(gate.start(), Error);
  EXPECT_EQ(told, 1);
  const auto rules = gate.rules();
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].rule.id, "added");
}

TEST_P(GateWorkers, AreNotKeptWaitingByWhatTheyAskForWhenTheyBegin) {
  for (const unsigned most : one_and_several) {
    gate::GateOptions asking = options();
    std::atomic<Gate*> asked{nullptr};
    std::atomic<int> begun{0};
    asking.workers = {.min = 1, .max = most, .on_start = [&] {
                        Gate& gate = *asked.load();
                        EXPECT_FALSE(gate.is_running());
                        EXPECT_TRUE(gate.adapters().empty());
                        EXPECT_TRUE(gate.counters().adapters.empty());
                        EXPECT_FALSE(gate.call_in_worker([] {}));
                        EXPECT_EQ(gate.rules().size(), 1U);
                        EXPECT_THROW(gate.add({.filter = "udp"}), Error);
                        EXPECT_THROW(gate.remove("r"), Error);
                        EXPECT_THROW(gate.replace({}), Error);
                        EXPECT_THROW(gate.set("to_left", {}), Error);
                        EXPECT_THROW(gate.set_deadline_policy(gate::Policy::closed), Error);
                        EXPECT_THROW(gate.start(), Error);
                        EXPECT_THROW(gate.stop(), Error);
                        ++begun;
                        return true;
                      }};
    Gate gate{asking, accepting()};
    asked = &gate;
    gate.add({.id = "r", .filter = "udp"});
    gate.start();
    EXPECT_GE(begun, 1);
    gate.add({.filter = "udp"});
    gate.stop();
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateWorkers,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
