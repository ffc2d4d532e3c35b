// Gates of several processes at one adapter: their order, and what is left of them.
#include "gate/attach/hooks.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

#include "system/gate/attach/attached_gate.h"
#include "system/network.h"
#include "system/sys/programs.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::Attachment;
using sys::Hook;
using Ids = std::vector<std::uint32_t>;

class HooksTest : public AttachTest {};
INSTANTIATE_TEST_SUITE_P(Attach, HooksTest, ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

const std::vector<std::string> near{"near"};

TEST_P(HooksTest, BothDirectionsAreTakenAndGivenBack) {
  AttachedGate gate{0};
  gate.attach("near", GetParam());
  EXPECT_EQ(order(Hook::ingress), Ids{gate.program(Hook::ingress)});
  EXPECT_EQ(order(Hook::egress), Ids{gate.program(Hook::egress)});
  EXPECT_TRUE(gate.hooks().front().is_attached());
  EXPECT_TRUE(order(Hook::ingress, "far").empty());
  gate.hooks().clear();
  EXPECT_TRUE(order(Hook::ingress).empty());
  EXPECT_TRUE(order(Hook::egress).empty());
  EXPECT_EQ(output_of("tc qdisc show dev near clsact"), "");
}

TEST_P(HooksTest, GatesRunByAltitudeAndThenAsTheyWereStarted) {
  // Started in this order; their programs are told apart by their ids.
  const GateProcess middle{5, near, GetParam()};
  const GateProcess high{1000, near, GetParam()};
  const GateProcess equal{5, near, GetParam()};
  const GateProcess low{-3, near, GetParam()};
  AttachedGate last{5};
  last.attach("near", GetParam());
  EXPECT_EQ(order(Hook::egress), (Ids{high.program(Hook::egress), middle.program(Hook::egress),
                                      equal.program(Hook::egress), last.program(Hook::egress),
                                      low.program(Hook::egress)}));
  EXPECT_EQ(order(Hook::ingress), (Ids{low.program(Hook::ingress), middle.program(Hook::ingress),
                                       equal.program(Hook::ingress), last.program(Hook::ingress),
                                       high.program(Hook::ingress)}));
}

TEST_P(HooksTest, TheOrderOfStartHoldsWhoeverAttachesFirst) {
  AttachedGate first{0};
  AttachedGate second{0};
  second.attach("near", GetParam());
  first.attach("near", GetParam());
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    EXPECT_EQ(order(hook), (Ids{first.program(hook), second.program(hook)}));
  }
}

TEST_P(HooksTest, OneThatIsKilledLeavesTheOthersInOrder) {
  const GateProcess first{0, near, GetParam()};
  GateProcess second{0, near, GetParam()};
  const GateProcess third{0, near, GetParam()};
  second.kill();
  AttachedGate fourth{0};
  fourth.attach("near", GetParam());
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    EXPECT_EQ(order(hook), (Ids{first.program(hook), third.program(hook), fourth.program(hook)}));
  }
}

TEST_P(HooksTest, WhatTheLastGateLeavesTheNextTakesOver) {
  GateProcess killed{0, near, GetParam()};
  GateProcess other{9, near, GetParam()};
  killed.kill();
  other.kill();
  EXPECT_EQ(order(Hook::egress).size(), GetParam() == Attachment::tcx ? 0U : 2U);
  {
    AttachedGate next{0};
    next.attach("near", GetParam());
    EXPECT_EQ(order(Hook::ingress), Ids{next.program(Hook::ingress)});
    EXPECT_EQ(order(Hook::egress), Ids{next.program(Hook::egress)});
  }
  EXPECT_EQ(output_of("tc qdisc show dev near clsact"), "");
}

TEST_P(HooksTest, SeveralThatComeTogetherToManyAdaptersStandInOneOrder) {
  constexpr int adapters = 25;
  std::vector<std::string> names;
  std::string lines;
  for (int i = 0; i < adapters; ++i) {
    names.push_back("a" + std::to_string(i));
    lines += "link add a" + std::to_string(i) + " type veth peer name b" + std::to_string(i) + "\n";
  }
  ip_batch(lines);
  std::vector<std::unique_ptr<GateProcess>> gates(4);
  std::vector<std::thread> starts;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    starts.emplace_back([&, i] {
      gates[i] = std::make_unique<GateProcess>(static_cast<std::int32_t>(i % 2), names, GetParam());
    });
  }
  for (std::thread& start : starts) start.join();
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    std::ranges::sort(gates, [&](const auto& a, const auto& b) {
      return runs_before(a->facts().rank, b->facts().rank, hook);
    });
    Ids expected;
    for (const auto& gate : gates) expected.push_back(gate->program(hook));
    for (const std::string& name : names) EXPECT_EQ(order(hook, name), expected) << name;
  }
  for (std::size_t i = 0; i < gates.size(); ++i) {
    if (i % 2 == 0) gates[i]->end();
  }
  for (const std::string& name : names) EXPECT_EQ(order(Hook::ingress, name).size(), 2U) << name;
  gates.clear();
  EXPECT_EQ(output_of("tc qdisc show | grep clsact"), "");
}

TEST_P(HooksTest, NothingIsAttachedWhereOneDirectionCannotBe) {
  AttachedGate gate{0};
  std::optional<sys::TcxLink> there;
  if (GetParam() == Attachment::tcx) {
    there.emplace(*gate.dispatchers().ingress, ::if_nametoindex("near"), Hook::ingress);
  } else if (std::system("tc qdisc add dev near ingress") != 0) {
    GTEST_SKIP() << "needs tc(8)";
  }
  EXPECT_THROW(gate.attach("near", GetParam()), SystemError);
  EXPECT_TRUE(order(Hook::egress).empty());
  EXPECT_EQ(order(Hook::ingress).size(), there ? 1U : 0U);
}

TEST_P(HooksTest, GatesThatHangOtherwiseDoNotGoTogether) {
  const Attachment other = GetParam() == Attachment::tcx ? Attachment::clsact : Attachment::tcx;
  try {
    AttachedGate{0}.attach("far", other);
  } catch (const Error&) {
    GTEST_SKIP() << "needs tcx (Linux 6.6), sch_ingress and cls_bpf";
  }
  GateProcess there{0, near, other};
  AttachedGate gate{0};
  try {
    gate.attach("near", GetParam());
    ADD_FAILURE() << "attached";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(order(Hook::egress).empty());
  gate.attach("far", GetParam());
  // What the dead have left does nothing.
  there.kill();
  gate.attach("near", GetParam());
  EXPECT_EQ(order(Hook::egress), Ids{gate.program(Hook::egress)});
}

TEST_P(HooksTest, ThereMustBeAnAdapter) {
  AttachedGate gate{0};
  try {
    gate.attach("nowhere", GetParam());
    ADD_FAILURE() << "attached";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), ENODEV);
  }
}

TEST_P(HooksTest, AnAdapterThatIsDeletedHasNoHooks) {
  AttachedGate gate{0};
  gate.attach("near", GetParam());
  ip("link del near");
  EXPECT_FALSE(gate.hooks().front().is_attached());
  gate.hooks().clear();
}

TEST_P(HooksTest, TheBestIsTcxWhereThereIsTcx) {
  EXPECT_EQ(gate::attachment_for(GetParam()), GetParam());
  EXPECT_EQ(gate::attachment_for(Attachment::best),
            sys::programs_at(1, Hook::ingress) ? Attachment::tcx : Attachment::clsact);
}

class TcxHooksTest : public AttachTest {};
INSTANTIATE_TEST_SUITE_P(Attach, TcxHooksTest, ::testing::Values(Attachment::tcx),
                         name_of_attachment);

TEST_P(TcxHooksTest, ProgramsOfOthersStayWhereTheyAre) {
  const sys::TrafficControlProgram foreign{as_bytes(returning(next_program))};
  const std::uint32_t id = sys::program_id(foreign.descriptor());
  const GateProcess first{0, near, GetParam()};
  const sys::TcxLink link{foreign, ::if_nametoindex("near"), Hook::egress};
  const GateProcess second{0, near, GetParam()};
  EXPECT_EQ(order(Hook::egress),
            (Ids{first.program(Hook::egress), second.program(Hook::egress), id}));
  const GateProcess high{1, near, GetParam()};
  EXPECT_EQ(order(Hook::egress).front(), high.program(Hook::egress));
  EXPECT_EQ(order(Hook::egress).back(), id);
}

class ClsactHooksTest : public AttachTest {
 protected:
  void SetUp() override {
    AttachTest::SetUp();
    if (!IsSkipped() && std::system("command -v tc > /dev/null") != 0)
      GTEST_SKIP() << "needs tc(8)";
  }
};
INSTANTIATE_TEST_SUITE_P(Attach, ClsactHooksTest, ::testing::Values(Attachment::clsact),
                         name_of_attachment);

/// Attaches a filter that is no gate's; returns its program's id.
std::uint32_t add_filter_of_others() {
  const sys::TrafficControlProgram program{as_bytes(returning(next_program))};
  sys::Clsact{}.add(program, {::if_nametoindex("near"), Hook::egress, 49'152}, "others",
                    sys::Clsact::IfThere::refuse);
  return sys::program_id(program.descriptor());
}

TEST_P(ClsactHooksTest, FiltersShowWhoseTheyAre) {
  AttachedGate gate{-5};
  gate.attach("near", GetParam());
  EXPECT_NE(output_of("tc filter show dev near egress").find(" weir-gate/-5/0 "),
            std::string::npos);
  const sys::Clsact::Filter ours = sys::Clsact{}.filters(::if_nametoindex("near"), Hook::egress)[0];
  const GateProcess other{0, near, GetParam()};
  EXPECT_TRUE(gate.hooks().front().is_attached());
  run("tc filter del dev near egress pref " + std::to_string(ours.priority));
  EXPECT_FALSE(gate.hooks().front().is_attached());
}

TEST_P(ClsactHooksTest, ADisciplineOfOthersStays) {
  run("tc qdisc add dev near clsact");
  {
    AttachedGate gate{0};
    gate.attach("near", GetParam());
  }
  EXPECT_NE(output_of("tc qdisc show dev near clsact"), "");
  const std::uint32_t other = add_filter_of_others();
  {
    AttachedGate gate{0};
    gate.attach("near", GetParam());
  }
  EXPECT_EQ(order(Hook::egress), Ids{other});
}

TEST_P(ClsactHooksTest, AFilterOfOthersKeepsTheDiscipline) {
  std::uint32_t other = 0;
  {
    AttachedGate gate{0};
    gate.attach("near", GetParam());
    other = add_filter_of_others();
    EXPECT_EQ(order(Hook::egress), (Ids{gate.program(Hook::egress), other}));
  }
  EXPECT_EQ(order(Hook::egress), Ids{other});
}

TEST_P(ClsactHooksTest, TheLastGateTakesTheDisciplineAlong) {
  std::optional<GateProcess> first{std::in_place, 0, near, GetParam()};
  std::optional<GateProcess> second{std::in_place, 0, near, GetParam()};
  first.reset();
  EXPECT_EQ(order(Hook::egress), Ids{second->program(Hook::egress)});
  second.reset();
  EXPECT_EQ(output_of("tc qdisc show dev near clsact"), "");
}

TEST_P(ClsactHooksTest, GatesThatComeAndGoLeaveEachOtherAlone) {
  std::vector<std::thread> threads;
  for (std::int32_t altitude = 0; altitude < 3; ++altitude) {
    threads.emplace_back([altitude] {
      for (int i = 0; i < 100; ++i) {
        AttachedGate gate{altitude};
        gate.attach("near", Attachment::clsact);
        ASSERT_TRUE(gate.hooks().front().is_attached());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(output_of("tc qdisc show dev near clsact"), "");
}

}  // namespace
}  // namespace weir::test
