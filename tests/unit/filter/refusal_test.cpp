// Filters that are wrong: what is said and where it stands.
#include "filter/refusal.h"

#include <gtest/gtest.h>

#include "weir/filter/compile.h"

namespace weir::filter {
namespace {

FilterError error_of(const std::string& text, LinkType type = LinkType::ethernet) {
  try {
    (void)compile(text, type);
  } catch (const FilterError& error) {
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return {ErrorCode::filter_syntax, text, ""};
}

/// The text from the place of the error on; "none" without one.
std::string rest_of(const std::string& text) {
  const auto position = error_of(text).position();
  return position ? text.substr(*position) : "none";
}

TEST(Refusal, StandsAtTheWordThatIsWrong) {
  EXPECT_EQ(rest_of("tcp adn udp"), "adn udp");
  EXPECT_EQ(rest_of("tcp and or udp"), "or udp");
  EXPECT_EQ(rest_of("tcp udp"), "udp");
  EXPECT_EQ(rest_of("tcp and ) udp"), ") udp");
  EXPECT_EQ(rest_of("tcp # udp"), "# udp");
  EXPECT_EQ(rest_of("tcp and 80"), "80");
  EXPECT_EQ(rest_of("host ::1::2"), "::2");
  EXPECT_EQ(rest_of("(tcp port 80) or 443"), "443");
  EXPECT_EQ(rest_of("udp and 80 and tcp"), "80 and tcp");
  EXPECT_EQ(rest_of("wlan type mgt subtype"), "");
}

TEST(Refusal, StandsBehindWhatIsFollowedByNothing) {
  for (const char* text : {"tcp and", "port", "src host", "tcp[0", "vlan or not",
                           "tcp[0:2] =", "less", "net 192.0.2.0/", "portrange", "ip proto"}) {
    const FilterError error = error_of(text);
    EXPECT_EQ(error.position(), std::string_view{text} == "tcp[0" ? 3U : std::string{text}.size())
        << text;
  }
}

TEST(Refusal, StandsAtTheParenthesisThatIsLeftOver) {
  EXPECT_EQ(rest_of("tcp and (udp or icmp"), "(udp or icmp");
  EXPECT_EQ(rest_of("(tcp and (udp or icmp)"), "(tcp and (udp or icmp)");
  EXPECT_EQ(rest_of("tcp) and udp"), ") and udp");
  EXPECT_EQ(rest_of("port (80 or 443"), "(80 or 443");
  EXPECT_EQ(rest_of("tcp[13 = 5"), "= 5");
  EXPECT_EQ(rest_of("udp and tcp[13"), "[13");
}

TEST(Refusal, NamesTheWholeOfAWrongHardwareAddress) {
  const auto words_of = [](const std::string& text) { return std::string{error_of(text).what()}; };
  const std::string bogus = "bogus ethernet address ";
  EXPECT_EQ(words_of("ether host 1:2:3"), bogus + "1:2:3");
  EXPECT_EQ(words_of("tcp and (ether src 02:00:5e:1:2) or udp"), bogus + "02:00:5e:1:2");
  EXPECT_EQ(words_of("ether dst 1:2:3:4:5:6:7"), bogus + "1:2:3:4:5:6:7");
  EXPECT_EQ(words_of("udp and ether host 1:2:3:4:5:zz"), bogus + "1:2:3:4:5:zz");
  EXPECT_EQ(rest_of("udp and ether host 1:2:3:4:5:zz or tcp"), "1:2:3:4:5:zz or tcp");
  EXPECT_EQ(words_of("not ether host 02:00:5e:00:00:01:02&&tcp"), bogus + "02:00:5e:00:00:01:02");
}

TEST(Refusal, StandsAtTheValueThatIsWrong) {
  EXPECT_EQ(rest_of("net 192.0.2.0/33"), "33");
  EXPECT_EQ(rest_of("udp or ip6 net 2001:db8::/129 or tcp"), "129 or tcp");
  EXPECT_EQ(rest_of("tcp and net 192.0.2.1/24"), "192.0.2.1/24");
  EXPECT_EQ(rest_of("net 192.0.2.1 mask 255.255.255.0"), "192.0.2.1 mask 255.255.255.0");
  EXPECT_EQ(rest_of("host 192.0.2.0/24"), "/24");
  EXPECT_EQ(rest_of("port 70000"), "70000");
  EXPECT_EQ(rest_of("tcp port 80 or 0x11170 or 22"), "0x11170 or 22");
  EXPECT_EQ(rest_of("portrange 5-70000"), "70000");
  EXPECT_EQ(rest_of("vlan 5000"), "5000");
  EXPECT_EQ(rest_of("vlan 5 and vlan 5000"), "5000");
  EXPECT_EQ(rest_of("mpls 1048577"), "1048577");
  EXPECT_EQ(rest_of("len > 0x1ffffffff"), "0x1ffffffff");
  EXPECT_EQ(rest_of("udp and len > 089 or tcp"), "089 or tcp");
  EXPECT_EQ(rest_of("host 300.1.1.1"), "300.1.1.1");
  EXPECT_EQ(rest_of("tcp[0:3] = 1"), "3] = 1");
  EXPECT_EQ(rest_of("len / 2 / 0 = 1"), "0 = 1");
  EXPECT_EQ(rest_of("len << 32 = 1"), "32 = 1");
  EXPECT_EQ(rest_of("ether host 1:2:3"), "1:2:3");
  EXPECT_EQ(rest_of("tcp and host 02:00:5e:00:00:01"), "02:00:5e:00:00:01");
  EXPECT_EQ(rest_of("port 192.0.2.1"), "192.0.2.1");
}

TEST(Refusal, StandsAtTheNameNoTableHas) {
  EXPECT_EQ(rest_of("tcp and port nosuch or udp"), "nosuch or udp");
  EXPECT_EQ(rest_of("port http or nosuch"), "nosuch");
  EXPECT_EQ(rest_of("ip proto nosuch"), "nosuch");
  EXPECT_EQ(rest_of("portrange nosuch-25"), "nosuch-25");
  EXPECT_EQ(rest_of("tcp or wlan type nosuch"), "nosuch");
  EXPECT_EQ(rest_of("wlan type mgt subtype nosuch"), "nosuch");
  EXPECT_EQ(rest_of("wlan dir nosuch"), "nosuch");
  EXPECT_EQ(rest_of("reason nosuch"), "nosuch");
  EXPECT_EQ(rest_of("action nosuch"), "nosuch");
}

TEST(Refusal, StandsAtTheQualifierThatDoesNotFit) {
  EXPECT_EQ(rest_of("udp or icmp port 80"), "icmp port 80");
  EXPECT_EQ(rest_of("tcp host 192.0.2.1"), "tcp host 192.0.2.1");
  EXPECT_EQ(rest_of("tcp or not inbound"), "inbound");
  EXPECT_EQ(rest_of("tcp or wlan addr1 02:00:5e:00:00:01"), "addr1 02:00:5e:00:00:01");
}

TEST(Refusal, AsksForTheKeywordThatWasMeant) {
  constexpr struct {
    const char* text;
    const char* rest;
    const char* question;
  } cases[] = {
      {"tpc port 80", "tpc port 80", "did you mean \"tcp\"?"},
      {"prot 80", "prot 80", "did you mean \"port\" or \"proto\"?"},
      {"scr host 192.0.2.1", "scr host 192.0.2.1", "did you mean \"src\"?"},
      {"tcp prot 80", "prot 80", "did you mean \"port\" or \"proto\"?"},
      {"udp and prot 80", "prot 80", "did you mean \"port\" or \"proto\"?"},
      {"port 80 and prot 443", "prot 443", "did you mean \"port\" or \"proto\"?"},
      {"tcp adn udp", "adn udp", "did you mean \"and\"?"},
      {"host 192.0.2.1 an host 192.0.2.2", "an host 192.0.2.2", "\"and\" or \"or\" is missing"},
      {"TCP port 80", "TCP port 80", "did you mean \"tcp\"?"},
      {"tcp AND udp", "AND udp", "did you mean \"and\"?"},
      {"src hots 192.0.2.1", "hots 192.0.2.1", "did you mean \"host\"?"},
      {"dport 80", "dport 80", "did you mean \"dst port\"?"},
      {"tcp dport 80", "dport 80", "did you mean \"dst port\"?"},
      {"ipv6 and tcp", "ipv6 and tcp", "did you mean \"ip6\"?"},
      {"broadcst", "broadcst", "did you mean \"broadcast\"?"},
      {"not vlna", "vlna", "did you mean \"vlan\"?"},
      {"tcp[13] & tcp-sny != 0", "tcp-sny != 0", "did you mean \"tcp-syn\"?"},
      {"tcp[tcpflag] & 2 != 0", "tcpflag] & 2 != 0", "did you mean \"tcpflags\"?"},
      {"host 192.0.2.1 and tpc", "tpc", "did you mean \"tcp\"?"},
      {"host 192.0.2.1 and prot 80", "prot 80", "did you mean \"port\" or \"proto\"?"},
      {"192.0.2.1", "192.0.2.1", "as in \"host 192.0.2.1\""},
      {"tcp and 80", "80", "as in \"port 80\""},
      {"example.org", "example.org", "as in \"host example.org\""},
      {"ip.addr == 192.0.2.1", "ip.addr == 192.0.2.1", "as in \"ip[8] = 64\""},
      {"(len-14) > 100", "len-14) > 100", "\"-\" needs a blank before it"},
      {"net 10/8", "/8", "at \"/\" behind \"10\""},
      {"tcp port 80-90", "80-90", "did you mean \"portrange\"?"},
      {"(tcp", "(tcp", "\"(\" is not closed"},
      {"tcp)", ")", "closes nothing"},
      {"tcp and", "", "nothing follows \"and\""},
      {"tcp udp", "udp", "\"and\" or \"or\" is missing before it"},
  };
  for (const auto& [text, rest, question] : cases) {
    const FilterError error = error_of(text);
    EXPECT_EQ(error.code(), ErrorCode::filter_syntax) << text;
    EXPECT_NE(std::string{error.what()}.find(question), std::string::npos)
        << text << ": " << error.what();
    EXPECT_EQ(rest_of(text), rest) << error.what();
  }
}

TEST(Refusal, StandsAtTheFirstFaultThoughAPieceBehindItIsCompiledFirst) {
  std::string ports = "port 1";
  for (int i = 0; i < 40; ++i) ports += " or port 80";
  for (const std::string& text :
       {"tcp and (port - or udp) or (not (" + ports + " or tip) and icmp)",
        "(tcp and port -) or (" + ports + " or ssx)"}) {
    EXPECT_EQ(rest_of(text), text.substr(text.find('-'))) << text;
    EXPECT_NE(std::string_view{error_of(text).what()}.find("syntax error"), std::string::npos);
  }
}

TEST(Refusal, NamesTheSyntaxBeforeAnyName) {
  for (const char* text :
       {"host example.org adn tcp", "tpc and host example.org", "host example.org and"}) {
    EXPECT_NE(std::string{error_of(text).what()}.find("syntax error"), std::string::npos) << text;
    try {
      (void)compile(text, LinkType::ethernet, {.allow_names = true});
      ADD_FAILURE() << "accepted: " << text;
    } catch (const FilterError& error) {
      EXPECT_NE(std::string{error.what()}.find("syntax error"), std::string::npos) << text;
    }
  }
  EXPECT_EQ(std::string{error_of("tcp and host example.org").what()},
            "host names are not looked up: example.org");
}

class RefusalElsewhere : public testing::TestWithParam<const char*> {};

TEST_P(RefusalElsewhere, KnowsThatAnotherLinkTypeHasTheTerm) {
  EXPECT_EQ(error_of(GetParam()).code(), ErrorCode::filter_link_type) << GetParam();
  EXPECT_EQ(error_of(std::string{"tcp and not "} + GetParam()).code(), ErrorCode::filter_link_type);
}

// Every word that libpcap has for some link types only, Ethernet not among them.
INSTANTIATE_TEST_SUITE_P(
    Words, RefusalElsewhere,
    testing::Values("inbound", "outbound", "ifindex 3", "ifname em0", "on em0", "rset ftp",
                    "ruleset ftp", "rnr 5", "rulenum 5", "srnr 6", "subrulenum 6", "reason match",
                    "reason 0", "action pass", "action nat", "type mgt", "wlan type data",
                    "type ctl subtype ack", "subtype beacon", "dir nods", "direction tods",
                    "wlan addr1 02:00:5e:00:00:01", "wlan addr4 02:00:5e:00:00:01",
                    "wlan ra 02:00:5e:00:00:01", "wlan ta 02:00:5e:00:00:01", "vpi 5", "vci > 6",
                    "lane", "metac", "bcc", "oam", "oamf4", "oamf4ec", "oamf4sc", "sc", "ilmic",
                    "connectmsg", "metaconnect", "fisu", "lssu", "lsu", "msu", "hfisu", "hlssu",
                    "hmsu", "sio 5", "opc 6", "dpc 7", "sls 8", "hsio 5", "hopc 6", "hdpc 7",
                    "hsls 8", "radio[0] = 1", "ether host $1f"));

}  // namespace
}  // namespace weir::filter
