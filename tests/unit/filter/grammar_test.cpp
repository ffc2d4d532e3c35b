// The grammar against libpcap's own.
#include "filter/grammar.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "filter/name_scan.h"
#include "filter/pcap_compiler.h"

namespace weir::filter {
namespace {

constexpr const char* expressions[] = {
    "tcp",
    "not tcp",
    "tcp dst port 80 or 443",
    "src or dst port 80 or 443 and not udp",
    "host 192.0.2.1 and (192.0.2.2 or not 192.0.2.3)",
    "net 192.0.2.0/24 or net 2001:db8::/32 or 192.0.2.0 mask 255.255.255.0",
    "port (80 or (http) or not 22)",
    "tcp port ((80) or 443) and (port 1 or 2)",
    "not (tcp or (udp and not (icmp)))",
    "ip proto \\tcp or 17 and ip6 protochain 6",
    "ether host 02:00:5e:00:00:01 or $1f",
    "ether[0] & 1 != 0",
    "ip[6:2] & 0x1fff != 0 and ip[ip[0]&0xf:2] = 53",
    "(tcp[0] + 1) * 2 = 4 and -len < (5)",
    "5 < len and (5) < (len - (1 + 2)) and ((6)) = 7",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "ip broadcast or multicast",
    "less 100 or greater 200 or byte 3 & 5 or byte 1 = 2",
    "vlan and vlan 5 and mpls (6) or pppoes or geneve 1 or pppoed",
    "inbound or outbound or ifindex 3",
    "ifname eth0 or on em0 and rset ftp and rnr 5 and srnr 6",
    "reason match or reason 5 or action pass",
    "wlan type mgt subtype beacon or type data or subtype ack or dir nods or dir 3",
    "addr1 02:00:5e:00:00:01 or wlan ra 02:00:5e:00:00:02",
    "llc or llc i or llc rnr",
    "lane or metac or oamf4 or connectmsg",
    "vpi 5 or vci > 6 or vci (5 or 6)",
    "fisu or msu or sio 5 or opc (6 or 7) or hsls <= 8",
    "portrange 1-2 or src portrange ftp-data-25",
    "gateway 192.0.2.1",
    "len == 5 or length >= 6",
};
constexpr const char* words[] = {"(",    ")",    "[",   "]",     "and",  "or",   "not", "tcp",
                                 "port", "host", "80",  "http",  "len",  "=",    "+",   "-",
                                 "/",    ":",    "src", "dst",   "vlan", "type", "vpi", "192.0.2.1",
                                 "mask", "llc",  "rnr", "proto", "::1",  "#"};

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += (text.empty() ? "" : " ") + token;
  return text;
}

/// What libpcap says; empty if it takes the text for one of some link types.
std::string refusal(const std::string& text) {
  std::string words_of_ethernet;
  for (const LinkType type :
       {LinkType::ethernet, LinkType::ieee802_11, LinkType::mtp2, LinkType{117}, LinkType{123}}) {
    const auto compiled = compile_with_libpcap(text, type);
    if (compiled) return {};
    if (compiled.error().find("syntax error") != std::string::npos) return compiled.error();
    if (type == LinkType::ethernet) words_of_ethernet = compiled.error();
  }
  return words_of_ethernet;
}

std::vector<std::string> changed(std::vector<std::string> tokens, std::mt19937& random) {
  const auto any = [&random](std::size_t size) { return random() % size; };
  const auto at = [&] { return tokens.begin() + static_cast<std::ptrdiff_t>(any(tokens.size())); };
  for (std::size_t edits = 1 + any(3); edits != 0 && !tokens.empty(); --edits) {
    switch (any(4)) {
      case 0:
        tokens.erase(at());
        break;
      case 1:
        tokens.insert(at(), words[any(std::size(words))]);
        break;
      case 2:
        *at() = words[any(std::size(words))];
        break;
      default:
        std::iter_swap(at(), at());
    }
  }
  return tokens;
}

TEST(Grammar, HasWhatLibpcapHas) {
  for (const char* text : expressions) {
    EXPECT_FALSE(find_misfit(tokens_of(text))) << text;
    EXPECT_EQ(refusal(text).find("syntax error"), std::string::npos) << text;
  }
  EXPECT_FALSE(find_misfit({}));
}

TEST(Grammar, HasNothingThatLibpcapHasNot) {
  std::mt19937 random{7};
  std::size_t taken = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 6000; ++i) {
    std::vector<std::string> tokens;
    for (const Token& token : tokens_of(expressions[random() % std::size(expressions)])) {
      tokens.emplace_back(token.text);
    }
    const std::string text = joined(changed(std::move(tokens), random));
    const std::vector<Token> found = tokens_of(text);
    if (find_host_name(found)) continue;  // it would be looked up
    const auto misfit = find_misfit(found);
    const std::string words_of_libpcap = refusal(text);
    ++(misfit ? refused : taken);
    if (misfit) {
      EXPECT_NE(words_of_libpcap, "") << text << ": refused at token " << misfit->index;
    } else {
      EXPECT_EQ(words_of_libpcap.find("syntax error"), std::string::npos) << text;
    }
  }
  EXPECT_GT(taken, 500U);
  EXPECT_GT(refused, 500U);
}

TEST(Grammar, ShowsTheFirstTokenThatCannotBe) {
  const auto misfit = [](std::string_view text) -> std::string {
    const std::vector<Token> tokens = tokens_of(text);
    const auto found = find_misfit(tokens);
    if (!found) return "none";
    return found->index == tokens.size() ? "end" : std::string{tokens[found->index].text};
  };
  EXPECT_EQ(misfit("tcp adn udp"), "adn");
  EXPECT_EQ(misfit("tcp and"), "end");
  EXPECT_EQ(misfit("tcp and or udp"), "or");
  EXPECT_EQ(misfit("(tcp"), "end");
  EXPECT_EQ(misfit("tcp)"), ")");
  EXPECT_EQ(misfit("udp and prot 80"), "prot");
  EXPECT_EQ(misfit("port 80 and prot 443"), "443");
  EXPECT_EQ(misfit("tcp and 80"), "end");  // as "80 < len" could begin
  EXPECT_EQ(misfit("port 80 and (tcp) and 443"), "none");
  EXPECT_EQ(misfit("(port 80 and tcp and 443)"), ")");
  EXPECT_EQ(misfit("tcp[0:2 = 5"), "=");
}

TEST(Grammar, TakesAsMuchAsAnExpressionCanHold) {
  const std::string deep = std::string(8000, '(') + "tcp" + std::string(8000, ')');
  EXPECT_FALSE(find_misfit(tokens_of(deep)));
  EXPECT_TRUE(find_misfit(tokens_of(deep + ')')));
  EXPECT_FALSE(find_misfit(tokens_of(std::string(16000, '!') + "tcp")));
  std::string sum = "len";
  for (int i = 0; i < 5000; ++i) sum += "+1";
  EXPECT_FALSE(find_misfit(tokens_of(sum + " = 5")));
}

}  // namespace
}  // namespace weir::filter
