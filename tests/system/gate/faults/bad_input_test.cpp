// What a gate refuses says why, and nothing of it stays in the kernel.
#include <linux/capability.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <iostream>
#include <string>

#include "system/child.h"
#include "system/gate/faults/fault_test.h"
#include "weir/sandbox/capabilities.h"

namespace weir::test {
namespace {

using gate::Action;
using gate::Attachment;
using gate::Gate;
using gate::GateOptions;
using gate::Rule;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// With the adapters near and far, and each way to attach.
class BadInput : public NetworkTest, public ::testing::WithParamInterface<Attachment> {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (IsSkipped()) return;
    if (const std::string why = why_no_gate(GetParam()); !why.empty()) GTEST_SKIP() << why;
    ip("link add near type veth peer name far");
    ip("link set near up");
    ip("link set far up");
    listing_ = network_listing();
    descriptors_ = open_descriptors();
  }

  [[nodiscard]] static GateOptions options() { return {.attachment = GetParam()}; }

  /// What `call` throws, in words; that it left nothing behind.
  std::string refusal(const std::function<void()>& call, ErrorCode code) {
    std::string words;
    try {
      call();
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      words = error.what();
    }
    expect_nothing_new();
    return words;
  }

  void expect_nothing_new() const {
    EXPECT_EQ(network_listing(), listing_);
    EXPECT_EQ(open_descriptors(), descriptors_);
    const KernelObjects ours = KernelObjects::of(::getpid());
    EXPECT_TRUE(ours.programs.empty() && ours.links.empty() && ours.maps.empty());
  }

 private:
  std::string listing_{};
  std::size_t descriptors_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Gate, BadInput, ::testing::Values(Attachment::tcx, Attachment::clsact),
                         [](const auto& tested) {
                           return tested.param == Attachment::tcx ? "tcx" : "clsact";
                         });

TEST_P(BadInput, WithoutARightItNamesIt) {
  struct Right {
    unsigned number;
    const char* name;
  };
  constexpr Right rights[] = {
      {CAP_NET_ADMIN, "CAP_NET_ADMIN"}, {CAP_NET_RAW, "CAP_NET_RAW"}, {CAP_BPF, "CAP_BPF"}};
  for (const Right& right : rights) {
    in_child([&] {
      // CAP_SYS_ADMIN stands in for the others.
      sandbox::use_only(sandbox::effective_capabilities() &
                        ~(sandbox::only(right.number) | sandbox::only(CAP_SYS_ADMIN)));
      Gate gate{options()};
      gate.add({});
      const std::string words = refusal([&] { gate.start(); }, ErrorCode::permission_denied);
      EXPECT_NE(words.find(right.name), std::string::npos) << words;
      EXPECT_FALSE(gate.is_running());
    });
  }
}

TEST_P(BadInput, WithNoMoreThanItsRightsItWorks) {
  in_child([&] {
    sandbox::use_only(sandbox::only(CAP_NET_ADMIN) | sandbox::only(CAP_NET_RAW) |
                      sandbox::only(CAP_BPF) | sandbox::only(CAP_PERFMON));
    GateOptions wanted = options();
    wanted.adapters = {"near"};
    Gate gate{wanted};
    gate.add({});
    gate.start();
    EXPECT_EQ(gate.adapters(), std::vector<std::string>{"near"});
    gate.stop();
  });
  expect_nothing_new();
}

TEST_P(BadInput, AnAdapterThatIsNotThere) {
  GateOptions wanted = options();
  wanted.adapters = {"near", "missing0"};
  Gate gate{wanted};
  gate.add({});
  const std::string words = refusal([&] { gate.start(); }, ErrorCode::not_found);
  EXPECT_NE(words.find("missing0"), std::string::npos) << words;
  EXPECT_FALSE(gate.is_running());
  // It can be tried again.
  ip("link add missing0 type veth peer name other0");
  gate.start();
  EXPECT_EQ(gate.adapters().size(), 2U);
  gate.stop();
  ip("link delete missing0");
  expect_nothing_new();
}

TEST_P(BadInput, AWorkerThatRefuses) {
  GateOptions wanted = options();
  wanted.workers.on_start = [] { return false; };
  Gate gate{wanted};
  gate.add({});
  EXPECT_NE(refusal([&] { gate.start(); }, ErrorCode::invalid_argument), "");
  EXPECT_FALSE(gate.is_running());
}

TEST_P(BadInput, ARuleThatIsWrongLeavesThoseInForce) {
  Gate gate{options()};
  gate.add({.id = "good", .action = Action::drop, .filter = "tcp"});
  gate.start();
  EXPECT_THROW(gate.add({.filter = "tcp port"}), FilterError);
  EXPECT_THROW(gate.add({.id = "good"}), Error);
  EXPECT_THROW(gate.add({.min_length = 2, .max_length = 1}), Error);
  EXPECT_THROW(gate.replace({{.filter = "udp"}, {.filter = "nonsense"}}), FilterError);
  const auto rules = gate.rules();
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].rule.id, "good");
  EXPECT_TRUE(rules[0].cannot_match.empty());
  gate.stop();
  expect_nothing_new();
}

TEST_P(BadInput, ARuleForAnotherLinkTypeSaysWhereItCannotMatch) {
  ip("tuntap add raw0 mode tun");
  ip("link set raw0 up");
  Gate gate{options()};
  gate.add({.id = "far", .filter = "ether host 02:00:00:00:00:01"});
  gate.add({.id = "all"});
  gate.start();
  const auto rules = gate.rules();
  ASSERT_EQ(rules.size(), 2U);
  ASSERT_EQ(rules[0].cannot_match.size(), 1U);
  EXPECT_NE(rules[0].cannot_match[0].find("raw0"), std::string::npos) << rules[0].cannot_match[0];
  EXPECT_TRUE(rules[1].cannot_match.empty());
  gate.stop();
  ip("link delete raw0");
  expect_nothing_new();
}

TEST_P(BadInput, TooManyRulesNameTheLimit) {
  std::vector<Rule> many;
  for (int i = 0; i < 10'000; ++i) {
    many.push_back({.action = Action::drop, .filter = "udp port " + std::to_string(i + 1)});
  }
  Gate gate{options()};
  gate.add({.id = "good", .action = Action::drop, .filter = "tcp"});
  gate.start();
  std::string words;
  try {
    gate.replace(many);
    ADD_FAILURE() << "10,000 rules taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    words = error.what();
  }
  EXPECT_NE(words.find("rules"), std::string::npos) << words;
  EXPECT_TRUE(std::ranges::any_of(words, [](char c) { return c >= '0' && c <= '9'; })) << words;
  std::cout << "[  FIGURES ] " << words << '\n';
  ASSERT_EQ(gate.rules().size(), 1U);
  many.resize(1'000);
  gate.replace(many);
  EXPECT_EQ(gate.rules().size(), 1'000U);
  gate.stop();
  expect_nothing_new();
}

TEST_P(BadInput, StartAndStopMayBeCalledTwice) {
  Gate gate{options()};
  gate.add({});
  gate.stop();
  gate.start();
  gate.start();
  EXPECT_TRUE(gate.is_running());
  gate.stop();
  gate.stop();
  EXPECT_FALSE(gate.is_running());
  expect_nothing_new();
}

/// Of packets that are decided once.
class LateVerdict : public FaultTest {};

INSTANTIATE_TEST_SUITE_P(Gate, LateVerdict,
                         ::testing::Combine(::testing::Values(Attachment::tcx, Attachment::clsact),
                                            ::testing::Values(gate::Policy::closed)),
                         name_of_fault);

TEST_P(LateVerdict, IsIgnoredAndCounted) {
  make(1);
  stream(1);
  start();
  gate().set(Deed::decide_twice);
  rest(std::chrono::milliseconds{200});
  gate().set(Deed::stamp);
  rest(std::chrono::milliseconds{50});
  const auto held = gate().sums().held;
  EXPECT_GT(held.late_verdicts, 100U);
  EXPECT_EQ(held.dropped.packets, 0U);
  stop();
  finish();
  expect_delivered();
  expect_nothing_left();
}

}  // namespace
}  // namespace weir::test
