// What of foreign text reaches a terminal.
#include "sink/utf8.h"

#include <gtest/gtest.h>

namespace weir::sink {
namespace {

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

TEST(AppendPrintable, KeepsUtf8) {
  EXPECT_EQ(printable("gr\xc3\xb6\xc3\x9f"
                      "e \xe2\x82\xac \xf0\x9f\x90\xa6"),
            "gr\xc3\xb6\xc3\x9f"
            "e \xe2\x82\xac \xf0\x9f\x90\xa6");
}

TEST(AppendPrintable, ShowsControlCharactersAsDots) {
  EXPECT_EQ(printable("a\x1b[2Jb\x7f\n"), "a.[2Jb..");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            ".31m");
}

TEST(AppendPrintable, ShowsWhatIsNotUtf8AsDots) {
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            ".31m");
  EXPECT_EQ(printable("\xc3"), ".");
  EXPECT_EQ(printable("\xc0\x80"
                      "\xed\xa0\x80"
                      "x"),
            ".....x");
}

}  // namespace
}  // namespace weir::sink
