// Misspelt filters, and the place in one that is wrong.
#include "weir/filter/suggestion.h"

#include <gtest/gtest.h>

#include "weir/filter/caret.h"

namespace weir::filter {
namespace {

TEST(Suggestion, OneKeywordIsPutInPlaceOfAMisspeltWord) {
  EXPECT_EQ(suggested_filter("tcp prot 80"), "tcp port 80");
  EXPECT_EQ(suggested_filter("tpc and prot 80"), "tcp and port 80");
  EXPECT_EQ(suggested_filter("nonsense 80"), "");
}

TEST(Suggestion, AFilterForOtherLinkTypesIsOne) {
  EXPECT_TRUE(is_filter("tcp port 80"));
  EXPECT_TRUE(is_filter("type mgt"));
  EXPECT_FALSE(is_filter("tcp prot 80"));
}

TEST(Caret, StandsBelowTheWordThatIsWrong) {
  EXPECT_EQ(underlined("tcp prot 80", 4, 4, "here"), "tcp prot 80\n    ^~~~ here\n");
  EXPECT_EQ(underlined("a\tb", 2, 1, {}), "a b\n  ^\n");
  EXPECT_EQ(excerpt("tcp\nport"), "tcp port\n");
}

TEST(Caret, LongTextIsCutToWhatStandsAroundIt) {
  const std::string text = std::string(500, 'a') + " prot " + std::string(500, 'b');
  const std::string drawn = underlined(text, 501, 4, {});
  EXPECT_LT(drawn.size(), 400U);
  EXPECT_TRUE(drawn.starts_with("...a"));
}

}  // namespace
}  // namespace weir::filter
