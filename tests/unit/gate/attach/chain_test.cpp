// Where a gate goes between those that are there, by tcx and by clsact.
#include "gate/attach/chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace weir::test {
namespace {

using gate::Neighbor;
using gate::Rank;
using sys::Clsact;
using sys::Hook;
using sys::HookPlace;
using Where = sys::HookPlace::Where;

// Program ids: 100 + altitude at ingress, 200 + altitude at egress; those of others are below 100.
Neighbor neighbor(std::int32_t altitude, std::uint32_t instance = 0) {
  const auto base = static_cast<std::uint32_t>(altitude) + 10 * instance;
  return {.rank = {altitude, instance}, .ingress = 100 + base, .egress = 200 + base};
}

TEST(ChainTest, AtAnEmptyHookAGateIsFirst) {
  const HookPlace place = gate::place_among({.revision = 5}, {}, {0, 0}, Hook::ingress);
  EXPECT_EQ(place.where, Where::first);
  EXPECT_EQ(place.revision, 5U);
}

TEST(ChainTest, AmongProgramsOfOthersAGateIsFirst) {
  const std::vector known{neighbor(1)};  // at other adapters only
  EXPECT_EQ(gate::place_among({.program_ids = {1, 2}}, known, {0, 0}, Hook::egress).where,
            Where::first);
}

void expect_place(const HookPlace& place, Where where, std::uint32_t program) {
  EXPECT_EQ(place.where, where);
  EXPECT_EQ(place.program_id, program);
}

TEST(ChainTest, AGateGoesBehindTheOneItRunsAfter) {
  const std::vector known{neighbor(1), neighbor(3), neighbor(3, 1)};
  const sys::HookPrograms in{.program_ids = {1, 101, 2, 103, 3, 113, 4}, .revision = 9};
  expect_place(gate::place_among(in, known, {2, 0}, Hook::ingress), Where::after, 101);
  expect_place(gate::place_among(in, known, {3, 2}, Hook::ingress), Where::after, 113);
  const sys::HookPrograms out{.program_ids = {1, 203, 2, 213, 3, 201, 4}, .revision = 9};
  expect_place(gate::place_among(out, known, {2, 0}, Hook::egress), Where::after, 213);
  expect_place(gate::place_among(out, known, {0, 0}, Hook::egress), Where::after, 201);
  EXPECT_EQ(gate::place_among(out, known, {0, 0}, Hook::egress).revision, 9U);
}

TEST(ChainTest, AGateThatRunsBeforeAllOthersGoesRightBeforeTheFirst) {
  const std::vector known{neighbor(1), neighbor(3)};
  expect_place(gate::place_among({.program_ids = {1, 101, 103}}, known, {0, 0}, Hook::ingress),
               Where::before, 101);
  expect_place(gate::place_among({.program_ids = {1, 203, 201}}, known, {4, 0}, Hook::egress),
               Where::before, 203);
}

Clsact::Filter filter_of(Rank rank, std::uint32_t priority) {
  return {.priority = static_cast<Clsact::Priority>(priority),
          .kind = "bpf",
          .name = gate::name_of(rank)};
}
Clsact::Filter foreign(std::uint32_t priority) {
  return {.priority = static_cast<Clsact::Priority>(priority), .kind = "flower"};
}

TEST(ChainTest, PrioritiesLieBetweenThoseOfNeighbors) {
  const std::vector filters{filter_of({1, 0}, 10), filter_of({3, 0}, 20)};
  const auto in = gate::priority_among(filters, {2, 0}, Hook::ingress);
  ASSERT_TRUE(in);
  EXPECT_GT(*in, 10);
  EXPECT_LT(*in, 20);
  EXPECT_LT(gate::priority_among(filters, {0, 0}, Hook::ingress), 10);
  EXPECT_GT(gate::priority_among(filters, {4, 0}, Hook::ingress), 20);
  EXPECT_GT(gate::priority_among(filters, {4, 0}, Hook::ingress), 0);
}

TEST(ChainTest, PrioritiesKeepOutOfTheWayOfOthers) {
  EXPECT_TRUE(gate::priority_among({}, {0, 0}, Hook::egress));
  EXPECT_LT(gate::priority_among(std::vector{foreign(49'152)}, {0, 0}, Hook::egress), 49'152);
  EXPECT_EQ(gate::priority_among(std::vector{foreign(2)}, {0, 0}, Hook::egress), 1);
  // There is no room before it.
  EXPECT_GT(gate::priority_among(std::vector{foreign(1)}, {0, 0}, Hook::egress), 1);
  const std::vector filters{filter_of({1, 0}, 10), foreign(11), filter_of({3, 0}, 20)};
  const auto between = gate::priority_among(filters, {2, 0}, Hook::ingress);
  EXPECT_GT(between, 11);
  EXPECT_LT(between, 20);
  const std::vector before{foreign(5), filter_of({3, 0}, 6)};
  EXPECT_LT(gate::priority_among(before, {2, 0}, Hook::ingress), 5);
}

TEST(ChainTest, WhereNoNumberIsLeftThereIsNone) {
  const std::vector filters{filter_of({1, 0}, 10), filter_of({3, 0}, 11)};
  EXPECT_FALSE(gate::priority_among(filters, {2, 0}, Hook::ingress));
  const std::vector last{filter_of({1, 0}, 0xbfff)};
  EXPECT_FALSE(gate::priority_among(last, {2, 0}, Hook::ingress));
}

/// Puts a filter where it was told to, and expects that to be its place.
void insert(std::vector<Clsact::Filter>& filters, Rank rank, Hook hook) {
  const auto priority = gate::priority_among(filters, rank, hook);
  ASSERT_TRUE(priority) << filters.size();
  const auto at = std::ranges::lower_bound(filters, *priority, {}, &Clsact::Filter::priority);
  ASSERT_TRUE(at == filters.end() || at->priority != *priority);
  const auto placed = filters.insert(at, filter_of(rank, *priority));
  const auto precedes = [&](const auto& a, const auto& b) {
    return runs_before(*gate::rank_of(a.name), *gate::rank_of(b.name), hook);
  };
  ASSERT_TRUE(placed == filters.begin() || precedes(placed[-1], *placed));
  ASSERT_TRUE(placed + 1 == filters.end() || precedes(*placed, placed[1]));
}

TEST(ChainTest, HundredsFindAPlaceHoweverTheyCome) {
  std::mt19937 random{7};
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    std::vector<Clsact::Filter> growing;
    std::vector<Clsact::Filter> falling;
    std::vector<Clsact::Filter> equal;
    std::vector<Clsact::Filter> mixed;
    std::vector<std::int32_t> altitudes(60);
    for (std::size_t i = 0; i < altitudes.size(); ++i) altitudes[i] = static_cast<std::int32_t>(i);
    std::ranges::shuffle(altitudes, random);
    for (std::int32_t i = 0; i < 200; ++i) {
      ASSERT_NO_FATAL_FAILURE(insert(equal, {0, static_cast<std::uint32_t>(i)}, hook));
      ASSERT_NO_FATAL_FAILURE(insert(growing, {i, 0}, hook));
      ASSERT_NO_FATAL_FAILURE(insert(falling, {-i, 0}, hook));
    }
    for (const std::int32_t altitude : altitudes) {
      ASSERT_NO_FATAL_FAILURE(insert(mixed, {altitude, 0}, hook));
    }
  }
}

TEST(ChainTest, FiltersOfTheDeadAreLeftBehind) {
  const std::vector living{Rank{1, 1}, Rank{5, 0}};
  EXPECT_TRUE(gate::is_left_behind(filter_of({1, 0}, 10), living));
  EXPECT_TRUE(gate::is_left_behind(filter_of({3, 0}, 10), {}));
  EXPECT_FALSE(gate::is_left_behind(filter_of({1, 1}, 10), living));
  EXPECT_FALSE(gate::is_left_behind(foreign(10), living));
}

}  // namespace
}  // namespace weir::test
