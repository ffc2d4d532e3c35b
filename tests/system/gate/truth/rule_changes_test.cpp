// Rules that change all the time under traffic: no packet sees half a change, or none.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Action;
using gate::Gate;
using gate::Rule;

class GateRuleChanges : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }
};

/// Changes the rules, some thousand times a second if it can, as long as it lives.
class Changing {
 public:
  Changing(Gate& gate, std::vector<Rule> some, std::vector<Rule> others)
      : thread_{[this, &gate, sets = std::vector{std::move(some), std::move(others)}] {
          while (!ends_) {
            gate.replace(sets[changes_ % 2]);
            ++changes_;
            std::this_thread::sleep_for(500us);
          }
        }} {}
  Changing(const Changing&) = delete;
  Changing& operator=(const Changing&) = delete;
  ~Changing() { static_cast<void>(finish()); }

  /// How many there were.
  std::uint64_t finish() {
    ends_ = true;
    if (thread_.joinable()) thread_.join();
    return changes_;
  }

 private:
  std::atomic<bool> ends_{false};
  std::atomic<std::uint64_t> changes_{0};
  std::thread thread_;
};

std::vector<Rule> many(const Rule& last) {
  std::vector<Rule> rules;
  for (int i = 0; i < 40; ++i) {
    rules.push_back({.action = Action::drop, .filter = "tcp port " + std::to_string(i + 1)});
  }
  rules.push_back(last);
  return rules;
}

TEST_P(GateRuleChanges, NothingEscapesBetweenRulesThatDrop) {
  Gate gate{options(), accepting()};
  const Rule by_type{.action = Action::drop, .filter = "ether proto 0x88b5"};
  const Rule by_length{.action = Action::drop, .max_length = 100};
  gate.add(by_type);
  gate.start();
  Witness witness{right()};
  std::uint64_t sent = 0;
  std::uint64_t changes = 0;
  {
    Changing changing{gate, {by_length}, many(by_type)};
    std::unique_ptr<Stream> stream;
    left().inside([&] { stream = std::make_unique<Stream>("eth0", 10'000'000, 1'000); });
    std::this_thread::sleep_for(1s);
    stream->stop();
    sent = stream->finish();
    changes = changing.finish();
  }
  EXPECT_TRUE(witness.frames(0).empty());
  EXPECT_EQ(counters_of(gate, "to_left", Direction::in).dropped.packets, sent);
  EXPECT_GT(sent, 5'000U);
  EXPECT_GT(changes, 4U);
  RecordProperty("packets", std::to_string(sent));
  RecordProperty("changes", std::to_string(changes));
}

TEST_P(GateRuleChanges, NothingIsLostOrDoubledBetweenRulesThatHold) {
  Gate gate{options(), accepting()};
  const Rule by_type{.id = "type", .filter = "ether proto 0x88b5"};
  const Rule by_length{.id = "length", .max_length = 100};
  gate.add(by_type);
  gate.start();
  Witness witness{right()};
  constexpr std::uint64_t count = 10'000;
  std::vector<Octets> frames;
  {
    Changing changing{gate, {by_length}, many(by_type)};
    std::unique_ptr<Stream> stream;
    left().inside([&] { stream = std::make_unique<Stream>("eth0", count, 20); });
    frames = witness.frames(count);
    stream->finish();
    EXPECT_GT(changing.finish(), 4U);
  }
  ASSERT_EQ(frames.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSERT_EQ(load_be<std::uint64_t>(frames[i].data() + 14), i);
  }
  EXPECT_EQ(gate.counters().held.accepted.packets, count);
}

TEST_P(GateRuleChanges, CountsOfRulesThatStayGoOn) {
  Gate gate{options()};
  gate.add({.id = "stays", .action = Action::drop, .filter = "ether proto 0x88b5"});
  gate.start();
  const auto sender = sender_at(left());
  const auto hits = [&](const std::string& id) {
    for (const gate::RuleStatus& status : gate.rules()) {
      if (status.rule.id == id) return status.hits.packets;
    }
    return UINT64_MAX;
  };
  for (std::uint64_t i = 1; i <= 20; ++i) {
    sender->send(numbered_frame(i));
    ASSERT_TRUE(wait_until([&] { return hits("stays") == i; }));
    gate.add({.id = "other", .action = Action::notify, .filter = "udp"});
    EXPECT_TRUE(gate.remove("other"));
    EXPECT_EQ(hits("stays"), i);
  }
  const gate::RuleStatus same = gate.rules().front();
  gate.remove("stays");
  gate.add(same.rule);
  EXPECT_EQ(hits("stays"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateRuleChanges,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
