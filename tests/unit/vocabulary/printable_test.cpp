// What of foreign text reaches a terminal.
#include "weir/printable.h"

#include <gtest/gtest.h>

#include "utf8.h"

namespace weir {
namespace {

std::string utf8(std::uint32_t code) {
  const auto octet = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {octet(code)};
  if (code < 0x800) return {octet(0xc0 | code >> 6), octet(0x80 | (code & 0x3f))};
  if (code < 0x10000) {
    return {octet(0xe0 | code >> 12), octet(0x80 | (code >> 6 & 0x3f)),
            octet(0x80 | (code & 0x3f))};
  }
  return {octet(0xf0 | code >> 18), octet(0x80 | (code >> 12 & 0x3f)),
          octet(0x80 | (code >> 6 & 0x3f)), octet(0x80 | (code & 0x3f))};
}

TEST(Printable, KeepsWhatPeopleWrite) {
  for (const char* text :
       {"grüße €", "日本語　ファイル", "עברית", "e\u0301", "🐦", "a b\u00a0c", "C:\\x1b", "~"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, EscapesControlCharacters) {
  EXPECT_EQ(printable("a\x1b[2Jb\x7f\n\t\r"), "a\\x1b[2Jb\\x7f\\n\\t\\r");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m");
}

TEST(Printable, EscapesWhatReordersOrHides) {
  EXPECT_EQ(printable("a" + utf8(0x202e) + "b"), "a\\u202eb");
  EXPECT_EQ(printable(utf8(0xe0041)), "\\U000e0041");
  for (const std::uint32_t code :
       {0xadU,    0x34fU,   0x61cU,   0x115fU,  0x180eU, 0x200bU,  0x200cU, 0x200dU, 0x200eU,
        0x200fU,  0x2028U,  0x2029U,  0x202aU,  0x202eU, 0x2060U,  0x2066U, 0x2069U, 0x206fU,
        0x3164U,  0xfe0fU,  0xfeffU,  0xfff9U,  0xfffbU, 0xffffU,  0xfdd0U, 0xe000U, 0x378U,
        0x1fffeU, 0xe0001U, 0xe007fU, 0xe0100U, 0xfff0U, 0x10ffffU}) {
    const std::string shown = printable(utf8(code));
    EXPECT_TRUE(shown.starts_with('\\')) << std::hex << code;
    EXPECT_EQ(printable(shown), shown);
  }
}

TEST(Printable, EscapesEachOctetThatIsNotUtf8) {
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("\xc3"), "\\xc3");
  EXPECT_EQ(printable("\xe2\x80"), "\\xe2\\x80");
  EXPECT_EQ(printable("\xc0\x80"
                      "\xed\xa0\x80"
                      "x"),
            "\\xc0\\x80\\xed\\xa0\\x80x");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");
}

TEST(Character, IsEveryOneThatCanBeWritten) {
  for (std::uint32_t code = 0; code <= 0x10ffff; ++code) {
    if (code == 0xd800) code = 0xe000;
    const std::string text = utf8(code);
    const Character character = character_at(text, 0);
    ASSERT_EQ(character.code, code);
    ASSERT_EQ(character.length, text.size());
  }
}

}  // namespace
}  // namespace weir
