// Gates behind each other: each puts its mark on a packet, so that it tells in which order.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "system/gate/truth/gate_network.h"
#include "system/gate/truth/gate_process.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Gate;

constexpr std::size_t count = 50;

/// Without marks.
Octets unmarked() {
  Octets frame(64);
  constexpr std::uint8_t start[] = {0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, 0x88, 0xb5};
  std::ranges::copy(start, frame.begin());
  return frame;
}

std::string marks_of(const Octets& frame) {
  const auto begin = frame.begin() + marks_offset + 1;
  return {begin, begin + frame[marks_offset]};
}

class SeveralGates : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }

  [[nodiscard]] gate::GateOptions at(std::int32_t altitude) const {
    gate::GateOptions placed = options();
    placed.altitude = altitude;
    return placed;
  }

  /// All packets on their way in that direction get these marks.
  void expect_marks(Direction direction, const std::string& marks) {
    Witness witness{direction == Direction::in ? right() : left()};
    const auto sender = sender_at(direction == Direction::in ? left() : right());
    for (std::size_t i = 0; i < count; ++i) sender->send(unmarked());
    const auto frames = witness.frames(count);
    EXPECT_EQ(frames.size(), count);
    for (const Octets& frame : frames) EXPECT_EQ(marks_of(frame), marks);
  }
};

TEST_P(SeveralGates, OfThreeProcessesRunByAltitude) {
  GateProcess middle{at(0), 'm'};
  GateProcess high{at(100), 'h'};
  GateProcess low{at(-5), 'l'};
  expect_marks(Direction::out, "hml");
  expect_marks(Direction::in, "lmh");
  const MarkedPackets of_high = high.end();
  const MarkedPackets of_middle = middle.end();
  const MarkedPackets of_low = low.end();
  for (const MarkedPackets& packets : {of_high, of_middle, of_low}) {
    EXPECT_EQ(packets.modified, 2 * count);
    EXPECT_EQ(packets.reinjected, 2 * count);
    EXPECT_EQ(packets.seen, 2 * count);
  }
  // What those further on send on comes by once more: out by the high ones, in by the low ones.
  EXPECT_EQ(of_high.foreign, 2 * count);
  EXPECT_EQ(of_middle.foreign, 2 * count);
  EXPECT_EQ(of_low.foreign, 2 * count);
  EXPECT_EQ(gate::remains(), std::vector<std::string>{});
}

TEST_P(SeveralGates, OfEqualAltitudeRunAsTheyWereStarted) {
  GateProcess a{at(1), 'a'};
  GateProcess c{at(2), 'c'};
  GateProcess b{at(1), 'b'};
  GateProcess d{at(2), 'd'};
  expect_marks(Direction::in, "abcd");
  expect_marks(Direction::out, "cdab");
  EXPECT_EQ(c.end().modified, 2 * count);
  expect_marks(Direction::in, "abd");
  expect_marks(Direction::out, "dab");
}

TEST_P(SeveralGates, OfOneProcessRunByAltitude) {
  const auto marking = [](std::uint8_t mark) {
    gate::Handlers handlers;
    handlers.on_held = [mark](gate::HeldPacket& packet) { put_mark(packet, mark); };
    return handlers;
  };
  std::list<Gate> gates;
  constexpr std::pair<std::int32_t, char> placed[] = {
      {INT32_MAX, 'z'}, {INT32_MIN, 'a'}, {0, 'm'}, {-1, 'l'}};
  for (const auto& [altitude, mark] : placed) {
    Gate& gate = gates.emplace_back(at(altitude), marking(static_cast<std::uint8_t>(mark)));
    gate.add({.filter = "ether proto 0x88b5"});
    gate.start();
  }
  expect_marks(Direction::out, "zmla");
  expect_marks(Direction::in, "almz");
  for (const Gate& gate : gates) expect_sums(gate);
}

TEST_P(SeveralGates, OneThatIsKilledLeavesTheOthersInOrder) {
  GateProcess a{at(1), 'a'};
  GateProcess b{at(2), 'b'};
  GateProcess c{at(3), 'c'};
  b.kill();
  // The kernel takes it away a little later.
  std::this_thread::sleep_for(100ms);
  expect_marks(Direction::in, "ac");
  expect_marks(Direction::out, "ca");
  // In its place, and taking over what it may have left.
  GateProcess again{at(2), 'B'};
  expect_marks(Direction::in, "aBc");
  expect_marks(Direction::out, "cBa");
  static_cast<void>(again.end());
  static_cast<void>(a.end());
  static_cast<void>(c.end());
  EXPECT_EQ(gate::remains(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Attachments, SeveralGates,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
