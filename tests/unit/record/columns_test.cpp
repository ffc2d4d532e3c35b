// Cells laid out in columns.
#include "record/columns.h"

#include <gtest/gtest.h>

namespace weir::record {
namespace {

constexpr auto right = Column::Align::right;

Columns sample() {
  Columns columns{{{.heading = "NAME", .may_shrink = true}, {"COUNT", right}, {"NOTE"}}};
  columns.add({"2001:db8:aaaa:bbbb::1", "5", "first"});
  columns.add({"192.0.2.1", "1,234", ""});
  return columns;
}

std::string printed(const Columns& columns, std::size_t width) {
  std::string out;
  columns.print(out, width);
  return out;
}

TEST(Columns, AlignCellsUnderTheirHeadings) {
  EXPECT_EQ(printed(sample(), 0),
            "NAME                   COUNT  NOTE\n"
            "2001:db8:aaaa:bbbb::1      5  first\n"
            "192.0.2.1              1,234\n");
}

TEST(Columns, CutTheMiddleOfWideCellsToFit) {
  EXPECT_EQ(printed(sample(), 32),
            "NAME                COUNT  NOTE\n"
            "2001:db8..:bbbb::1      5  first\n"
            "192.0.2.1           1,234\n");
}

TEST(Columns, LeaveOutTheLastColumnsBeforeCellsBecomeUnreadable) {
  EXPECT_EQ(printed(sample(), 31),
            "NAME                   COUNT\n"
            "2001:db8:aaaa:bbbb::1      5\n"
            "192.0.2.1              1,234\n");
}

TEST(Columns, CutFurtherWhereNothingElseFits) {
  EXPECT_EQ(printed(sample(), 17),
            "NAME\n"
            "2001:db8..bbbb::1\n"
            "192.0.2.1\n");
}

TEST(Columns, NeverExceedTheWidth) {
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
