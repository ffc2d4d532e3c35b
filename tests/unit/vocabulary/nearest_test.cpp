// Words that were misspelt, and what they were meant to be.
#include "weir/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir {
namespace {

const std::vector<std::string> words{"tcp", "udp", "destination", "description"};

TEST(Nearest, OneSlipAwayIsWhatWasMeant) {
  EXPECT_EQ(nearest("tpc", words), "tcp");
  EXPECT_EQ(nearest("upd", words), "udp");
  EXPECT_EQ(nearest("TCP", words), "tcp");
}

TEST(Nearest, LongerWordsMayHaveTwo) {
  EXPECT_EQ(nearest("destinatoins", words), "destination");
  EXPECT_EQ(nearest("tpx", words), "");
}

TEST(Nearest, TheOnlyWordThatBeginsSoIsMeant) {
  EXPECT_EQ(nearest("desti", words), "destination");
  EXPECT_EQ(nearest("des", words), "");
}

TEST(Nearest, NothingIsSuggestedWhereNothingIsNear) {
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("x", words), "");
  EXPECT_EQ(nearest(std::string(1000, 't'), words), "");
  EXPECT_EQ(did_you_mean(""), "");
  EXPECT_EQ(did_you_mean("tcp"), "; did you mean tcp?");
}

}  // namespace
}  // namespace weir
