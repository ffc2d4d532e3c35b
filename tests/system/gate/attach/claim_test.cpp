// Places among the gates of a network namespace: taken, seen, and free again.
#include "gate/attach/claim.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "system/child.h"
#include "system/network_namespace.h"

namespace weir::test {
namespace {

using gate::Claim;
using gate::Neighbor;
using gate::Rank;

class ClaimTest : public NetworkTest {};

TEST_F(ClaimTest, GatesOfOneAltitudeAreNumberedAsTheyCome) {
  std::optional<Claim> first{7};
  EXPECT_EQ(first->rank(), (Rank{7, 0}));
  std::optional<Claim> second{7};
  EXPECT_EQ(second->rank(), (Rank{7, 1}));
  EXPECT_EQ(Claim{-7}.rank(), (Rank{-7, 0}));
  first.reset();
  // Behind the second, however many there were before.
  first.emplace(7);
  EXPECT_EQ(first->rank(), (Rank{7, 2}));
  first.reset();
  second.reset();
  EXPECT_EQ(Claim{7}.rank(), (Rank{7, 0}));
}

TEST_F(ClaimTest, WhatIsClaimedAndPublishedIsSeen) {
  EXPECT_TRUE(gate::claimed_ranks().empty());
  {
    Claim claim{3};
    EXPECT_EQ(gate::claimed_ranks(), (std::vector<Rank>{{3, 0}}));
    EXPECT_TRUE(gate::neighbors().empty());
    claim.publish(11, 12);
    EXPECT_EQ(gate::neighbors(), (std::vector<Neighbor>{{{3, 0}, 11, 12}}));
    claim.publish(13, 14);
    EXPECT_EQ(gate::neighbors(), (std::vector<Neighbor>{{{3, 0}, 13, 14}}));
    EXPECT_EQ(gate::claimed_ranks().size(), 1U);
  }
  EXPECT_TRUE(gate::claimed_ranks().empty());
  EXPECT_TRUE(gate::neighbors().empty());
}

TEST_F(ClaimTest, AProcessThatEndsHoldsNothing) {
  in_child([] {
    Claim claim{3};
    claim.publish(11, 12);
    // Without destructors.
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  });
  EXPECT_TRUE(gate::claimed_ranks().empty());
  EXPECT_TRUE(gate::neighbors().empty());
}

TEST_F(ClaimTest, OtherNetworkNamespacesAreOtherWorlds) {
  const Claim claim{3};
  std::thread{[] {
    ASSERT_EQ(::unshare(CLONE_NEWNET), 0);
    EXPECT_TRUE(gate::claimed_ranks().empty());
    EXPECT_EQ(Claim{3}.rank(), (Rank{3, 0}));
  }}.join();
}

TEST_F(ClaimTest, NoTwoThatComeTogetherAreTheSame) {
  constexpr std::size_t processes = 8;
  std::vector<std::optional<Claim>> claims(processes);
  // Threads share the namespace of the one that made them.
  std::vector<std::thread> threads;
  for (auto& claim : claims) threads.emplace_back([&claim] { claim.emplace(0); });
  for (std::thread& thread : threads) thread.join();
  std::vector<std::uint32_t> instances;
  for (const auto& claim : claims) instances.push_back(claim->rank().instance);
  std::ranges::sort(instances);
  EXPECT_EQ(std::ranges::unique(instances).size(), 0U);
}

TEST_F(ClaimTest, BehindTheLastNumberComesTheFirstThatIsFree) {
  const auto last = sys::AbstractName::take("weir-gate/0/4095");
  const auto first = sys::AbstractName::take("weir-gate/0/0");
  EXPECT_EQ(Claim{0}.rank(), (Rank{0, 1}));
}

}  // namespace
}  // namespace weir::test
