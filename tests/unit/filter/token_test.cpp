// How text becomes tokens.
#include "filter/token.h"

#include <gtest/gtest.h>

#include <string>

#include "filter/keywords.h"

namespace weir::filter {
namespace {

/// The tokens between blanks.
std::string split(std::string_view text) {
  std::string line;
  for (const Token& token : tokens_of(text)) {
    if (!line.empty()) line += ' ';
    line += token.text;
  }
  return line;
}

Symbol symbol_of(std::string_view text) {
  const Token token = token_at(text, 0);
  return token.text == text ? token.symbol : Symbol::end;
}

TEST(Token, TakesTheLongestThatCanBegin) {
  EXPECT_EQ(split("udp[ip[0]&0xf:2]=53"), "udp [ ip [ 0 ] & 0xf : 2 ] = 53");
  EXPECT_EQ(split("len-4>=5"), "len-4 >= 5");
  EXPECT_EQ(split("len - 4>5&&tcp||!udp"), "len - 4 > 5 && tcp || ! udp");
  EXPECT_EQ(split("ether[0:4]<<2!=0xAB"), "ether [ 0 : 4 ] << 2 != 0xAB");
  EXPECT_EQ(split("port ftp-data-25 "), "port ftp-data-25");
  EXPECT_EQ(split("a- b_"), "a - b _");
  EXPECT_EQ(split("0xfg 0x"), "0xfg 0x");
}

TEST(Token, TellsNumbersNamesAndAddressesApart) {
  for (const char* text : {"0", "80", "0xf", "0Xab", "tcp-syn", "icmptype", "icmp6-echo"}) {
    EXPECT_EQ(symbol_of(text), Symbol::number) << text;
  }
  for (const char* text : {"foo", "1-2", "http", "1.2.3.4.5", "0x.example.com", "a_b", "\\tcp",
                           "\\a:b[c", "tcp-synx", "localhost.", "0200.5eaa.bbcc.ddee", "12ab"}) {
    EXPECT_EQ(symbol_of(text), Symbol::identifier) << text;
  }
  for (const char* text : {"1.2", "10.0.0", "10.0.0.1", "0x0a.0.0.1", "300.1.1.1"}) {
    EXPECT_EQ(symbol_of(text), Symbol::address4) << text;
  }
  for (const char* text :
       {"::", "::1", "1::", "fe80::1", "2001:db8:1:2:3:4:5:6", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8"}) {
    EXPECT_EQ(symbol_of(text), Symbol::address6) << text;
  }
  for (const char* text : {"02:00:5e:0:1:2", "02-00-5e-aa-bb-cc", "1.2.3.4.5.6", "0200.5eaa.bbcc",
                           "02005eaabbcc", "123456789012", "1:2:", "a::b::"}) {
    EXPECT_EQ(symbol_of(text), Symbol::hardware_address) << text;
  }
  EXPECT_EQ(symbol_of("$1f"), Symbol::arcnet_address);
  for (const char* text : {"$", "#", "\xe2\x80\x93", "'"}) {
    EXPECT_EQ(symbol_of(text), Symbol::unknown) << text;
  }
}

TEST(Token, LeavesAColonThatBeginsNoAddress) {
  EXPECT_EQ(split("0xf:2"), "0xf : 2");
  EXPECT_EQ(split("6:2"), "6 : 2");
  EXPECT_EQ(split("localhost:"), "localhost :");
  EXPECT_EQ(split("1:2:3"), "1:2: 3");
  EXPECT_EQ(split("1:2:3:4:5:6:7:8:9"), "1:2:3:4:5:6:7:8: 9");
  EXPECT_EQ(split("::12345"), "::1234 5");
}

TEST(Token, KnowsTheBlanksOfTheCompilerOnly) {
  EXPECT_EQ(split(" \t\r\ntcp\n"), "tcp");
  EXPECT_EQ(token_at("\f", 0).symbol, Symbol::unknown);
}

TEST(Token, KnowsEveryKeyword) {
  EXPECT_GT(keywords().size(), 180U);
  for (const Keyword& keyword : keywords()) {
    EXPECT_EQ(symbol_of(keyword.word), keyword.symbol) << keyword.word;
    const std::string longer = std::string{keyword.word} + "_x";
    if (keyword.word.front() != '&' && keyword.word.front() != '|') {
      EXPECT_EQ(symbol_of(longer), Symbol::identifier) << longer;
    }
  }
}

TEST(Token, TellsWhatMovesOffsets) {
  for (const char* text : {"vlan", "tcp or mpls 5", "pppoes", "geneve 1", "lane", "vxlan"}) {
    EXPECT_TRUE(moves_offsets_within(text)) << text;
  }
  for (const char* text : {"", "tcp", "pppoed", "host vlan5", "proto \\vlan"}) {
    EXPECT_FALSE(moves_offsets_within(text)) << text;
  }
}

}  // namespace
}  // namespace weir::filter
