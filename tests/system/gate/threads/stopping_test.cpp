// A gate that ends while others ask, change and end it.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;

class GateStopping : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    bridge();
    sender_ = sender_at(left());
  }

  /// A gate that holds, and keeps what it holds.
  std::unique_ptr<Gate> keeping(gate::GateOptions options) {
    options.deadline = {};
    gate::Handlers handlers;
    handlers.on_held = [this](HeldPacket& packet) {
      const std::lock_guard lock{mutex_};
      kept_.push_back(std::move(packet));
    };
    auto gate = std::make_unique<Gate>(std::move(options), std::move(handlers));
    gate->add({.direction = Direction::in});
    gate->start();
    return gate;
  }
  void hold_one() {
    sender_->send(numbered_frame(1));
    ASSERT_TRUE(wait_until([&] {
      const std::lock_guard lock{mutex_};
      return !kept_.empty();
    }));
  }
  void let_go() {
    const std::lock_guard lock{mutex_};
    for (HeldPacket& packet : kept_) packet.accept();
    kept_.clear();
  }
  /// Whether nothing is held any more of what comes.
  bool lets_go_on(Gate& gate, std::uint64_t& number) {
    sender_->send(numbered_frame(++number));
    const auto counters = counters_of(gate, "to_left", Direction::in);
    return counters.unmatched.packets > 0;
  }

  std::unique_ptr<FrameSender> sender_{};
  std::mutex mutex_{};
  std::vector<HeldPacket> kept_{};
};

TEST_P(GateStopping, RulesThatAreAddedMeanwhileHoldNothing) {
  const auto gate = keeping(options());
  hold_one();
  std::thread stopping{[&] { gate->stop(); }};
  std::uint64_t number = 1;
  EXPECT_TRUE(wait_until([&] { return lets_go_on(*gate, number); }));
  const auto before = gate->counters().held.arrived.packets;
  gate->add({.id = "late"});
  for (int i = 0; i < 10; ++i) sender_->send(numbered_frame(++number));
  EXPECT_TRUE(wait_until(
      [&] { return counters_of(*gate, "to_left", Direction::in).seen.packets >= number; }));
  EXPECT_EQ(gate->counters().held.arrived.packets, before);
  let_go();
  stopping.join();
  EXPECT_EQ(gate->rules().back().rule.id, "late");
  gate->start();
  gate->stop();
}

TEST_P(GateStopping, MayBeAskedForByTwoAtOnce) {
  for (int i = 0; i < 20; ++i) {
    const auto gate = keeping(options());
    hold_one();
    std::atomic<int> ended{0};
    const auto stop = [&] {
      gate->stop();
      ++ended;
    };
    std::thread one{stop};
    std::thread other{stop};
    std::this_thread::sleep_for(std::chrono::milliseconds{30});
    EXPECT_EQ(ended, 0);
    let_go();
    one.join();
    other.join();
    EXPECT_FALSE(gate->is_running());
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateStopping,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
