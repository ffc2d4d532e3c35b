// How an expression is split into terms, and what each inherits.
#include "filter/expression.h"

#include <gtest/gtest.h>

namespace weir::filter {
namespace {

/// The tree as text: "(tcp & (port 80 | port 443))".
std::string tree_text(const Expression& tree, std::uint32_t index) {
  const Part& part = tree[index];
  if (part.kind == PartKind::term) return part.text;
  std::string text;
  for (const std::uint32_t inner : part.parts) {
    EXPECT_LT(inner, index);
    if (!text.empty()) text += part.kind == PartKind::all ? " & " : " | ";
    text += tree_text(tree, inner);
  }
  return (part.kind == PartKind::negation ? "!(" : "(") + text + ')';
}

std::string split(std::string_view text) {
  const auto tree = Expression::parse(text);
  return tree ? tree_text(*tree, tree->root()) : "refused";
}

TEST(Expression, TakesOneTermAsItStands) {
  EXPECT_EQ(split("tcp dst port 80"), "tcp dst port 80");
  EXPECT_EQ(split("  len > 100 "), "len > 100");
  EXPECT_EQ(split("ip[6:2] & 0x1fff != 0"), "ip[6:2] & 0x1fff != 0");
}

TEST(Expression, KnowsTheBlanksOfTheCompilerOnly) {
  EXPECT_EQ(split("tcp\tor\r\nudp"), "(tcp | udp)");
  EXPECT_EQ(split("tcp \f or udp"), "(tcp \f | udp)");
}

TEST(Expression, JoinsTermsFromTheLeftWithEqualPrecedence) {
  EXPECT_EQ(split("tcp or udp or icmp"), "(tcp | udp | icmp)");
  EXPECT_EQ(split("tcp or udp and icmp"), "((tcp | udp) & icmp)");
  EXPECT_EQ(split("tcp && udp || icmp && arp"), "(((tcp & udp) | icmp) & arp)");
}

TEST(Expression, KeepsParenthesesApart) {
  EXPECT_EQ(split("tcp and (udp or icmp)"), "(tcp & (udp | icmp))");
  EXPECT_EQ(split("(tcp and udp) and icmp"), "((tcp & udp) & icmp)");
  EXPECT_EQ(split("((tcp))"), "tcp");
}

TEST(Expression, NegatesTheNextPartOnly) {
  EXPECT_EQ(split("not tcp and udp"), "(!(tcp) & udp)");
  EXPECT_EQ(split("! (tcp or udp)"), "!((tcp | udp))");
  EXPECT_EQ(split("not not tcp"), "tcp");
  EXPECT_EQ(split("not ! not tcp"), "!(tcp)");
}

TEST(Expression, HandsQualifiersOn) {
  EXPECT_EQ(split("tcp dst port 80 or 443"), "(tcp dst port 80 | tcp dst port 443)");
  EXPECT_EQ(split("host 192.0.2.1 or (192.0.2.2 and not 192.0.2.3)"),
            "(host 192.0.2.1 | (host 192.0.2.2 & !(host 192.0.2.3)))");
  EXPECT_EQ(split("port 6 or (host 192.0.2.1) or 80"), "(port 6 | host 192.0.2.1 | port 80)");
  EXPECT_EQ(split("port 80 and (443 or not 22) and 21"),
            "(port 80 & (port 443 | !(port 22)) & port 21)");
  EXPECT_EQ(split("src or dst port 80 or 443"), "(src or dst port 80 | src or dst port 443)");
}

TEST(Expression, TakesGroupsOfIdentifiersApart) {
  EXPECT_EQ(split("tcp port (80 or 443) or 22"), "((tcp port 80 | tcp port 443) | tcp port 22)");
  EXPECT_EQ(split("src or dst host (192.0.2.1 or (not 192.0.2.2))"),
            "(src or dst host 192.0.2.1 | !(src or dst host 192.0.2.2))");
  EXPECT_EQ(split("src net (192.0.2.0/24 or 198.51.100.0/24) and udp"),
            "((src net 192.0.2.0/24 | src net 198.51.100.0/24) & udp)");
  // The compiler refuses these; apart, their terms would be right.
  EXPECT_EQ(split("port (80 or udp port 53)"), "refused");
  EXPECT_EQ(split("port (80 or len > 53)"), "refused");
  EXPECT_EQ(split("port (80 or (tcp))"), "refused");
}

TEST(Expression, HandsNothingOnFromComparisonsAndBareProtocols) {
  EXPECT_EQ(split("port 80 or 5 < len"), "(port 80 | 5 < len)");
  EXPECT_EQ(split("ip proto 6 or (tcp) or 17"), "(ip proto 6 | tcp | ip proto 17)");
  for (const char* text :
       {"192.0.2.1", "not 192.0.2.1", "port 80 and len > 100 and 443", "ip proto 6 or tcp or 17",
        "port 80 or (len > 5 or 443)", "vlan 5 and 7", "port 80 and (443 or tcp)"}) {
    EXPECT_EQ(split(text), "refused") << text;
  }
}

TEST(Expression, TellsGroupsOfNumbersFromGroupsOfTerms) {
  EXPECT_EQ(split("(tcp[0] + 1) * 2 = 4 and udp"), "((tcp[0] + 1) * 2 = 4 & udp)");
  EXPECT_EQ(split("len - (1 + 2) > 5 or udp"), "(len - (1 + 2) > 5 | udp)");
  EXPECT_EQ(split("tcp[tcpflags] & (tcp-syn|tcp-fin) != 0"),
            "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0");
}

TEST(Expression, TellsWhereTermsStand) {
  const std::string_view text = "tcp and ( port 80 or 443 )";
  const auto tree = Expression::parse(text);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->size(), 3U);
  std::vector<std::string_view> terms;
  for (const Part& part : tree->parts()) {
    if (part.kind == PartKind::term)
      terms.push_back(text.substr(part.begin, part.end - part.begin));
  }
  EXPECT_EQ(terms, (std::vector<std::string_view>{"tcp", "port 80", "443"}));
}

TEST(Expression, RefusesWhatIsNoListOfTerms) {
  for (const char* text :
       {"", "and", "tcp and", "tcp or or udp", "(tcp", "tcp)", "()", "not", ") tcp (", "]"}) {
    EXPECT_EQ(split(text), "refused") << text;
  }
}

TEST(Expression, NestsAsDeepAsTheTextGoes) {
  const std::size_t depth = 8000;
  EXPECT_EQ(split(std::string(depth, '(') + "tcp" + std::string(depth, ')')), "tcp");
  std::string nots;
  for (std::size_t i = 0; i < depth; ++i) nots += "not ";
  EXPECT_EQ(split(nots + "tcp"), "tcp");
}

}  // namespace
}  // namespace weir::filter
