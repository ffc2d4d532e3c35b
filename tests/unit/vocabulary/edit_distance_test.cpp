// Distances between words.
#include "weir/edit_distance.h"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

TEST(EditDistance, CountsSlips) {
  EXPECT_EQ(edit_distance("port", "port"), 0U);
  EXPECT_EQ(edit_distance("PORT", "port"), 0U) << "capital letters are none";
  EXPECT_EQ(edit_distance("prot", "port"), 1U) << "neighbours exchanged";
  EXPECT_EQ(edit_distance("por", "port"), 1U) << "left out";
  EXPECT_EQ(edit_distance("portt", "port"), 1U) << "added";
  EXPECT_EQ(edit_distance("pert", "port"), 1U) << "changed";
  EXPECT_EQ(edit_distance("", "port"), 4U);
}

TEST(EditDistance, ComparesNoLongWords) {
  const std::string longest(longest_compared_word, 'a');
  EXPECT_EQ(edit_distance(longest, longest), 0U);
  EXPECT_EQ(edit_distance(longest + 'a', longest + 'a'), longest_compared_word + 1);
  EXPECT_EQ(edit_distance("a", longest + 'a'), longest_compared_word + 1);
}

}  // namespace
}  // namespace weir
