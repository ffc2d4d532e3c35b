// Which rule decides: each condition by itself, and their order.
#include "gate/rules/evaluator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/frames.h"

namespace weir::gate {
namespace {

class EvaluatorTest : public testing::Test {
 protected:
  /// A UDP packet to port 53, 14 + 20 + 8 bytes and its payload.
  [[nodiscard]] static std::vector<std::uint8_t> frame(std::size_t payload) {
    std::vector<std::uint8_t> bytes(42 + payload);
    bytes[12] = 0x08;
    bytes[14] = 0x45;
    store_be(&bytes[16], static_cast<std::uint16_t>(28 + payload));
    bytes[22] = 64;
    bytes[23] = 17;
    store_be(&bytes[36], std::uint16_t{53});
    store_be(&bytes[38], static_cast<std::uint16_t>(8 + payload));
    return bytes;
  }
  [[nodiscard]] static Packet packet(const std::vector<std::uint8_t>& bytes) {
    return {.data = bytes,
            .wire_length = static_cast<std::uint32_t>(bytes.size()),
            .interface_index = 7,
            .direction = Direction::in};
  }

  void add(const Rule& rule, std::uint32_t adapter) {
    evaluator_.add(rule, adapter, filter::Filter{rule.filter});
  }

  std::vector<std::uint8_t> bytes_ = frame(58);
  Packet packet_ = packet(bytes_);
  Evaluator evaluator_;
};

TEST_F(EvaluatorTest, NothingDecidesWithoutRules) {
  EXPECT_EQ(evaluator_.decide(packet_), std::nullopt);
}

TEST_F(EvaluatorTest, EachConditionIsAsked) {
  add({}, 8);
  add({}, Evaluator::no_adapter);
  add({.direction = Direction::out}, 0);
  add({.min_length = 101}, 0);
  add({.max_length = 99}, 0);
  add({.filter = "tcp"}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), std::nullopt);
  add({.direction = Direction::in, .min_length = 100, .max_length = 100, .filter = "udp port 53"},
      7);
  EXPECT_EQ(evaluator_.decide(packet_), 6U);
}

TEST_F(EvaluatorTest, TheFirstDecidesFromWhereItIsAsked) {
  for (const char* filter : {"tcp", "udp", "ip", ""}) add({.filter = filter}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), 1U);
  EXPECT_EQ(evaluator_.decide(packet_, 0, 2), 2U);
  EXPECT_EQ(evaluator_.decide(packet_, 0, 4), std::nullopt);
}

TEST_F(EvaluatorTest, LengthIsThatOfAFullSegment) {
  bytes_ = frame(3000);
  packet_ = packet(bytes_);
  EXPECT_EQ(limited_length(packet_, 0), 3042U);
  EXPECT_EQ(limited_length(packet_, 1000), 1042U);
  EXPECT_EQ(limited_length(packet_, 4000), 3042U);
  add({.max_length = 1042}, 0);
  EXPECT_EQ(evaluator_.decide(packet_, 1000), 0U);
  EXPECT_EQ(evaluator_.decide(packet_, 1001), std::nullopt);
}

TEST_F(EvaluatorTest, SegmentsBeyondWhatIpv6CanTellAreSeenAsOnTheWire) {
  // A jumbo option between IPv6 and TCP, as Linux has it.
  bytes_ = test::frame(test::eth(0x86dd), test::ip6(0),
                       std::vector<std::uint8_t>{6, 0, 0xc2, 4, 0, 1, 0x11, 0x84}, test::tcp(7'777),
                       test::rest(70'000));
  packet_ = packet(bytes_);
  for (const char* filter : {"ip6 protochain 0", "greater 1475", "ip6[4:2] != 1420", "udp"}) {
    add({.filter = filter}, 0);
  }
  add({.max_length = 1'473}, 0);
  EXPECT_EQ(evaluator_.decide(packet_, 1'400), std::nullopt);
  add({.min_length = 1'474,
       .max_length = 1'474,
       .filter = "tcp dst port 7777 and ip6[80] = 0x5a and len = 1474"},
      0);
  EXPECT_EQ(evaluator_.decide(packet_, 1'400), 5U);
}

TEST_F(EvaluatorTest, NeighborsAreHeldByName) {
  bytes_[13] = 0x06;
  add({.action = Action::hold}, 0);
  add({.action = Action::hold, .filter = "not icmp6"}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), std::nullopt);
  add({.action = Action::hold, .filter = "arp or udp"}, 0);
  add({.action = Action::drop}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), 2U);
  EXPECT_EQ(evaluator_.decide(packet_, 0, 3), 3U);
}

TEST_F(EvaluatorTest, JudgesProtochain) {
  add({.filter = "ip protochain 17"}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), 0U);
}

TEST_F(EvaluatorTest, AFilterForAnotherLinkTypeMatchesNothing) {
  add({.filter = "ether src 00:00:00:00:00:00"}, 0);
  EXPECT_EQ(evaluator_.decide(packet_), 0U);
  packet_.link_type = LinkType::raw;
  packet_.data = packet_.data.subspan(14);
  EXPECT_EQ(evaluator_.decide(packet_), std::nullopt);
}

TEST(AskedOrder, RulesThatPassComeFirst) {
  const std::vector<Rule> asked = asked_order({{.id = "a", .action = Action::drop},
                                               {.id = "b", .action = Action::pass},
                                               {.id = "c", .action = Action::hold},
                                               {.id = "x", .action = Action::accept},
                                               {.id = "d", .action = Action::pass}});
  std::string order;
  for (const Rule& rule : asked) order += rule.id;
  EXPECT_EQ(order, "bdacx");
}

}  // namespace
}  // namespace weir::gate
