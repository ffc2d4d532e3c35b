// What the kernel offers, and what gates have left in it.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "system/child.h"
#include "system/gate/attach/attached_gate.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using gate::Attachment;
using gate::Support;

class SupportTest : public AttachTest {};
INSTANTIATE_TEST_SUITE_P(Attach, SupportTest,
                         ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

TEST_P(SupportTest, WhatAGateCanUseIsSaidToBeThere) {
  const Support support = gate::support();
  EXPECT_EQ(support.why_not, "");
  EXPECT_TRUE(GetParam() == Attachment::tcx ? support.tcx : support.clsact);
  EXPECT_EQ(output_of_ip("link show type tun"), "");
}

/// Keeps only some capabilities in effect.
void use_only(std::uint64_t kept) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> halves{};
  ASSERT_EQ(::syscall(SYS_capget, &header, halves.data()), 0);
  halves[0].effective &= static_cast<std::uint32_t>(kept);
  halves[1].effective &= static_cast<std::uint32_t>(kept >> 32U);
  ASSERT_EQ(::syscall(SYS_capset, &header, halves.data()), 0);
}

TEST_P(SupportTest, WhatIsMissingIsNamed) {
  constexpr std::uint64_t one = 1;
  in_child([] {
    use_only(one << CAP_NET_ADMIN | one << CAP_BPF);
    EXPECT_EQ(gate::support().why_not, "needs CAP_NET_RAW");
    use_only(one << CAP_NET_ADMIN);
    EXPECT_EQ(gate::support().why_not, "needs CAP_NET_RAW and CAP_BPF");
    use_only(0);
    EXPECT_EQ(gate::support().why_not, "needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF");
    EXPECT_EQ(gate::missing_capabilities(), gate::support().why_not);
    EXPECT_FALSE(gate::support().tcx);
    EXPECT_TRUE(gate::remains().empty());
  });
  in_child([] {
    use_only(one << CAP_NET_ADMIN | one << CAP_NET_RAW | one << CAP_BPF);
    const Support support = gate::support();
    EXPECT_EQ(support.why_not, "");
    EXPECT_EQ(gate::missing_capabilities(), "");
    EXPECT_TRUE(support.tcx || support.clsact);
  });
}

TEST_P(SupportTest, OnlyWhatIsLeftOfKilledGatesRemains) {
  EXPECT_TRUE(gate::remains().empty());
  GateProcess killed{3, {"near", "far"}, GetParam()};
  const GateProcess lives{3, {"near"}, GetParam()};
  EXPECT_TRUE(gate::remains().empty());
  killed.kill();
  const std::vector<std::string> remains = gate::remains();
  if (GetParam() == Attachment::tcx) {
    EXPECT_TRUE(remains.empty());
    return;
  }
  EXPECT_EQ(remains.size(), 4U);
  const std::string line = "near: in: clsact filter weir-gate/3/0 of a gate that was killed";
  EXPECT_NE(std::ranges::find(remains, line), remains.end());
  AttachedGate next{0};
  next.attach("near", GetParam());
  next.attach("far", GetParam());
  EXPECT_TRUE(gate::remains().empty());
}

}  // namespace
}  // namespace weir::test
