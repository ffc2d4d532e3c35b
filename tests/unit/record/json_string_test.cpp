// Characters from outside as JSON strings.
#include "record/json_string.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>

namespace weir::record {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string read_back(std::string_view text) {
  return nlohmann::json::parse(quoted(text)).get<std::string>();
}

constexpr const char* replaced = "\xef\xbf\xbd";

TEST(JsonString, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(quoted(std::string_view{"\0\x1b\x7f", 3}), R"("\u0000\u001b\u007f")");
}

TEST(JsonString, EscapesControlCharactersBeyondAscii) {
  EXPECT_EQ(quoted("\xc2\x9b[2J"), R"("\u009b[2J")");
  EXPECT_EQ(read_back("\xc2\xa0"), "\xc2\xa0");
}

TEST(JsonString, EscapesWhatReordersOrHides) {
  EXPECT_EQ(quoted("a\u202e\u2028\u200b"), R"("a\u202e\u2028\u200b")");
  EXPECT_EQ(quoted("\U000e0041"), R"("\udb40\udc41")");
  for (const char* text : {"a\u202eb", "\U000e0041", "\ufeff", "\uffff", "\U0010ffff", "\u2066"}) {
    EXPECT_EQ(read_back(text), text);
    for (const char c : quoted(text)) EXPECT_TRUE(c >= ' ' && c <= '~') << text;
  }
}

TEST(JsonString, KeepsWellFormedUtf8) {
  for (const char* text : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa6\xa6", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(read_back(text), text);
  }
}

TEST(JsonString, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(read_back("a\x80z"), std::string{"a"} + replaced + "z");
  EXPECT_EQ(read_back("\xe2\x82"), std::string{replaced} + replaced);
  for (const char* two : {"\xc0\xaf", "\xc1\xbf", "\xff\xfe"}) {
    EXPECT_EQ(read_back(two), std::string{replaced} + replaced) << "overlong or no lead byte";
  }
  for (const char* three : {"\xe0\x9f\xbf", "\xed\xa0\x80"}) {
    EXPECT_EQ(read_back(three), std::string{replaced} + replaced + replaced)
        << "overlong or surrogate";
  }
  for (const char* four : {"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_EQ(read_back(four), std::string{replaced} + replaced + replaced + replaced)
        << "overlong or above U+10FFFF";
  }
}

TEST(JsonString, IsValidForEveryPairOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const char pair[] = {static_cast<char>(first), static_cast<char>(second)};
      EXPECT_TRUE(nlohmann::json::accept(quoted({pair, 2}))) << first << ' ' << second;
    }
  }
}

}  // namespace
}  // namespace weir::record
