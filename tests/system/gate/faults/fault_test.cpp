// FaultTest.
#include "system/gate/faults/fault_test.h"

#include <csignal>
#include <iostream>

#include "sys/bpf_link.h"
#include "system/sys/programs.h"

namespace weir::test {

using namespace std::chrono_literals;

std::string why_no_gate(gate::Attachment how) {
  if (const std::string reason = sys::why_no_bpf(); !reason.empty()) {
    return "bpf(2) is refused here: " + reason;
  }
  if (how == gate::Attachment::tcx && !sys::programs_at(1, sys::Hook::ingress)) {
    return "needs tcx (Linux 6.6)";
  }
  if (how == gate::Attachment::clsact &&
      std::system("tc qdisc add dev lo clsact 2>/dev/null && tc qdisc del dev lo clsact") != 0) {
    return "needs tc(8), sch_ingress and cls_bpf";
  }
  return {};
}

void FaultTest::SetUp() {
  NetworkTest::SetUp();
  if (IsSkipped()) return;
  if (const std::string reason = why_no_gate(how()); !reason.empty()) GTEST_SKIP() << reason;
}

GateSetup FaultTest::setup() {
  GateSetup setup{.rules = {{.id = "stream", .filter = "udp port 7100"}}};
  setup.options.policies = gate::Policies::all(policy());
  setup.options.attachment = how();
  return setup;
}

void FaultTest::make(int pairs, const GateSetup& wanted) {
  streams_.reset();
  gate_.reset();
  if (!hosts_) {
    hosts_.emplace(pairs);
    before_ = network_listing();
  }
  gate_ = std::make_unique<GateProcess>(wanted);
}

void FaultTest::stream(int pairs, unsigned rate) {
  streams_.reset();
  std::vector<Way> ways;
  for (int i = 0; i < pairs; ++i) std::ranges::move(hosts_->ways(i), std::back_inserter(ways));
  streams_ = std::make_unique<Streams>(std::move(ways), rate);
  rest(40ms);
}

void FaultTest::start() {
  gate_->start();
  running.from = now();
  objects_ = KernelObjects::of(gate_->id());
  ASSERT_GE(objects_.programs.size(), 5U);
  rest(120ms);
}

void FaultTest::stop() {
  running.to = now();
  gate_->stop();
}

void FaultTest::finish() {
  streams_->finish();
  const Figures all = streams_->figures();
  std::cout << "[  FIGURES ] sent " << all.sent << ", lost " << all.lost() << ", stamped "
            << all.stamped << ", longest gap " << all.longest_gap << " ms\n";
}

void FaultTest::rest(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

void FaultTest::expect_delivered(Period period) const {
  EXPECT_LE(streams_->figures(period).longest_gap, 200);
  const bool is_disciplined = how() == gate::Attachment::clsact && running.from != 0;
  const Figures figures = streams_->figures(is_disciplined ? running : period);
  EXPECT_GT(figures.sent, 100U);
  EXPECT_GE(figures.share(), 0.999) << figures.lost() << " lost of " << figures.sent;
}

void FaultTest::expect_no_leak(Period period) const {
  const Figures figures = streams_->figures(period);
  EXPECT_GT(figures.sent, 100U);
  EXPECT_EQ(figures.unstamped(), 0U) << "of " << figures.sent;
}

void FaultTest::expect_policy() const {
  if (is_open()) {
    expect_delivered();
  } else {
    expect_no_leak(running);
  }
}

void FaultTest::expect_nothing_left() {
  expect_no_objects_left();
  EXPECT_EQ(network_listing(), before_);
}

void FaultTest::expect_no_objects_left() const { EXPECT_EQ(objects_.left(), ""); }

std::string name_of_fault(const ::testing::TestParamInfo<FaultTest::ParamType>& tested) {
  const auto [how, policy] = tested.param;
  return std::string{how == gate::Attachment::tcx ? "tcx" : "clsact"} +
         (policy == gate::Policy::open ? "_open" : "_closed");
}

}  // namespace weir::test
