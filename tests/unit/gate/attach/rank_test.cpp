// The order of gates, and their names.
#include "gate/attach/rank.h"

#include <gtest/gtest.h>

#include <climits>

namespace weir::test {
namespace {

using gate::Neighbor;
using gate::Rank;
using gate::runs_before;
using sys::Hook;

TEST(RankTest, WhatLeavesGoesDownAndWhatArrivesGoesUp) {
  const Rank low{-5, 0};
  const Rank high{7, 0};
  EXPECT_TRUE(runs_before(high, low, Hook::egress));
  EXPECT_FALSE(runs_before(low, high, Hook::egress));
  EXPECT_TRUE(runs_before(low, high, Hook::ingress));
  EXPECT_FALSE(runs_before(high, low, Hook::ingress));
}

TEST(RankTest, AmongEqualsTheFirstRunsFirstBothWays) {
  const Rank first{7, 3};
  const Rank second{7, 4};
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    EXPECT_TRUE(runs_before(first, second, hook));
    EXPECT_FALSE(runs_before(second, first, hook));
    EXPECT_FALSE(runs_before(first, first, hook));
  }
}

TEST(RankTest, PlacesCompareAsAltitudes) {
  EXPECT_LT((Rank{INT_MIN, 4095}.place()), (Rank{-1, 0}.place()));
  EXPECT_LT((Rank{-1, 4095}.place()), (Rank{0, 0}.place()));
  EXPECT_LT((Rank{0, 0}.place()), (Rank{0, 1}.place()));
  EXPECT_LT((Rank{INT_MAX, 4095}.place()), 1ULL << 44U);
}

TEST(RankTest, NamesAreReadAsTheyAreWritten) {
  for (const Rank rank : {Rank{0, 0}, Rank{-5, 2}, Rank{INT_MIN, 4095}, Rank{INT_MAX, 1}}) {
    EXPECT_EQ(gate::rank_of(gate::name_of(rank)), rank);
    const Neighbor neighbor{.rank = rank, .ingress = 17, .egress = UINT32_MAX};
    EXPECT_EQ(gate::neighbor_of(gate::name_of(neighbor)), neighbor);
  }
  EXPECT_EQ(gate::name_of(Rank{-5, 2}), "weir-gate/-5/2");
  EXPECT_EQ(gate::name_of(Neighbor{{-5, 2}, 17, 18}), "weir-gate/-5/2/17/18");
}

TEST(RankTest, OtherNamesAreNobodys) {
  for (const char* const name :
       {"", "weir", "weir-gate/", "weir-gate/1", "weir-gate/1/", "weir-gate/1/4096",
        "weir-gate/1/-1", "weir-gate/01/2", "weir-gate/+1/2", "weir-gate/1/2 ", "weir-gate/1/2/",
        "weir-gate/1/2/3", "weir-gate/2147483648/0", "weir-gate/-0/0", " weir-gate/1/2",
        "weir-gate//2"}) {
    EXPECT_FALSE(gate::rank_of(name)) << name;
    EXPECT_FALSE(gate::neighbor_of(name)) << name;
  }
  for (const char* const name : {"weir-gate/1/2/3/", "weir-gate/1/2/3/4/", "weir-gate/1/2/3/4/5",
                                 "weir-gate/1/2/3/4294967296", "weir-gate/1/2/-3/4"}) {
    EXPECT_FALSE(gate::neighbor_of(name)) << name;
  }
}

}  // namespace
}  // namespace weir::test
