// A gate that everybody asks and changes at once, under traffic, while adapters come and go.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Gate;
using gate::HeldPacket;

class GateManyCallers : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }
};

/// Calls again and again in a thread of its own, as long as this lives.
class Repeating {
 public:
  explicit Repeating(std::function<void()> call)
      : thread_{[this, call = std::move(call)] {
          while (!ends_) call();
        }} {}
  Repeating(const Repeating&) = delete;
  Repeating& operator=(const Repeating&) = delete;
  ~Repeating() {
    ends_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

TEST_P(GateManyCallers, LosesNothing) {
  constexpr std::uint64_t count = 5'000;
  gate::Handlers handlers;
  handlers.on_held = [](HeldPacket& packet) { packet.accept(); };
  std::set<std::string> there;
  handlers.on_adapter = [&](const std::string& adapter, bool came) {
    if (came) {
      EXPECT_TRUE(there.insert(adapter).second) << adapter;
    } else {
      EXPECT_EQ(there.erase(adapter), 1U) << adapter;
    }
  };
  handlers.on_error = [](const gate::GateError& error) { ADD_FAILURE() << error.message; };
  gate::GateOptions all = options({});
  all.workers = {.min = 2, .max = 3};
  Gate gate{all, handlers};
  gate.add({.id = "stays", .filter = "ether proto 0x88b5"});
  gate.start();
  Witness witness{right()};
  std::vector<Octets> frames;
  {
    std::unique_ptr<Stream> stream;
    left().inside([&] { stream = std::make_unique<Stream>("eth0", count, 5); });
    const Repeating counting{[&] {
      EXPECT_GE(gate.counters().adapters.size(), 4U);
      static_cast<void>(gate.adapters());
      static_cast<void>(gate.flow_verdicts());
      std::this_thread::sleep_for(1ms);
    }};
    const Repeating adding{[&] {
      gate.add({.id = "x", .action = gate::Action::notify, .filter = "udp"});
      EXPECT_TRUE(gate.remove("x"));
      std::this_thread::sleep_for(5ms);
    }};
    const Repeating listing{[&] {
      EXPECT_GE(gate.rules().size(), 1U);
      gate.set("to_left", {.snapshot_length = 100});
      gate.set("to_left", {});
      std::this_thread::sleep_for(3ms);
    }};
    const Repeating coming{[&] {
      ip("link add name came type veth peer name other");
      ip("link set came up");
      std::this_thread::sleep_for(30ms);
      ip("link delete came");
      std::this_thread::sleep_for(30ms);
    }};
    frames = witness.frames(count);
    stream->finish();
  }
  // Twice on its way.
  EXPECT_EQ(gate.counters().held.accepted.packets, 2 * count);
  EXPECT_EQ(frames.size(), count);
  gate.stop();
  EXPECT_EQ(gate.adapters().size(), 0U);
}

TEST_P(GateManyCallers, StartsAndStopsUnderTrafficWithoutALoss) {
  constexpr std::uint64_t count = 2'500;
  Witness witness{right()};
  std::vector<Octets> frames;
  std::unique_ptr<Stream> stream;
  left().inside([&] { stream = std::make_unique<Stream>("eth0", count, 2); });
  std::thread reading{[&] { frames = witness.frames(count); }};
  int times = 0;
  std::uint64_t accepted = 0;
  while (stream->sent() < count) {
    Gate gate{options(), accepting()};
    gate.add({.filter = "ether proto 0x88b5"});
    gate.start();
    std::this_thread::sleep_for(50ms);
    gate.stop();
    accepted += gate.counters().held.accepted.packets;
    EXPECT_EQ(gate.counters().held.accepted, gate.counters().held.sent);
    ++times;
  }
  EXPECT_GT(times, 2);
  EXPECT_GT(accepted, 50U);
  reading.join();
  EXPECT_EQ(frames.size(), count);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateManyCallers,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
