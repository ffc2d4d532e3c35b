// Cells laid out in columns.
#include "record/text_table.h"

#include <gtest/gtest.h>

namespace weir::record {
namespace {

constexpr auto right = TextColumn::Align::right;

TextTable sample() {
  TextTable columns{{{.heading = "NAME", .may_shrink = true}, {"COUNT", right}, {"NOTE"}}};
  columns.add({"2001:db8:aaaa:bbbb::1", "5", "first"});
  columns.add({"192.0.2.1", "1,234", ""});
  return columns;
}

std::string printed(const TextTable& columns, std::size_t width) {
  std::string out;
  columns.print(out, width);
  return out;
}

TEST(TextTable, AlignsCellsUnderTheirHeadings) {
  EXPECT_EQ(printed(sample(), 0),
            "NAME                   COUNT  NOTE\n"
            "2001:db8:aaaa:bbbb::1      5  first\n"
            "192.0.2.1              1,234\n");
}

TEST(TextTable, CutsTheMiddleOfWideCellsToFit) {
  EXPECT_EQ(printed(sample(), 32),
            "NAME                COUNT  NOTE\n"
            "2001:db8..:bbbb::1      5  first\n"
            "192.0.2.1           1,234\n");
}

TEST(TextTable, LeavesOutTheLastColumnsBeforeCellsBecomeUnreadable) {
  EXPECT_EQ(printed(sample(), 31),
            "NAME                   COUNT\n"
            "2001:db8:aaaa:bbbb::1      5\n"
            "192.0.2.1              1,234\n");
}

TEST(TextTable, CutsFurtherWhereNothingElseFits) {
  EXPECT_EQ(printed(sample(), 17),
            "NAME\n"
            "2001:db8..bbbb::1\n"
            "192.0.2.1\n");
}

TEST(TextTable, NeverExceedsTheWidth) {
  for (std::size_t width = 1; width < 60; ++width) {
    const std::string text = printed(sample(), width);
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = text.find('\n', from);
      EXPECT_LE(end - from, width);
      from = end + 1;
    }
  }
}

}  // namespace
}  // namespace weir::record
