// Explanations: each term in its place, the one that decided, and always the answer of the whole.
#include "weir/filter/explain.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/frames.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

namespace weir::filter {
namespace {

using test::Octets;

Packet packet_of(const Octets& bytes, LinkType type = LinkType::ethernet) {
  Packet packet;
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  packet.link_type = type;
  return packet;
}

// 192.0.2.1 > 198.51.100.2, TCP 50000 > 80.
Octets web_frame() {
  return test::frame(test::eth(0x0800), test::ip4(6), test::tcp(80), test::rest(20));
}

/// The values of the terms, a letter each: matched, not matched, refused, not evaluated.
std::string values_of(const Explanation& explanation) {
  std::string values;
  for (const Term& term : explanation.terms) {
    switch (term.value) {
      case TermValue::matched:
        values += 'm';
        break;
      case TermValue::not_matched:
        values += 'n';
        break;
      case TermValue::refused:
        values += 'r';
        break;
      case TermValue::not_evaluated:
        values += '-';
        break;
    }
  }
  return values;
}

/// "m-n matches by tcp": values, answer and the part of the text that decided.
std::string summary(const std::string& expression, const Octets& bytes) {
  const Explanation explanation = explain(expression, packet_of(bytes));
  std::string text = values_of(explanation) + (explanation.matches ? " yes by " : " no by ");
  if (!explanation.decided) return text + "nothing";
  const Term& term = explanation.terms[*explanation.decided];
  return text + expression.substr(term.position, term.length);
}

TEST(Explain, NamesTheTermThatDecided) {
  const Octets web = web_frame();
  EXPECT_EQ(summary("tcp port 80", web), "m yes by tcp port 80");
  EXPECT_EQ(summary("udp", web), "n no by udp");
  EXPECT_EQ(summary("tcp port 443 and host 192.0.2.1", web), "n- no by tcp port 443");
  EXPECT_EQ(summary("tcp and host 198.51.100.7", web), "mn no by host 198.51.100.7");
  EXPECT_EQ(summary("ip and tcp and port 80", web), "mmm yes by port 80");
  EXPECT_EQ(summary("udp or tcp or arp", web), "nm- yes by tcp");
  EXPECT_EQ(summary("udp or arp", web), "nn no by arp");
  EXPECT_EQ(summary("not udp", web), "n yes by udp");
  EXPECT_EQ(summary("ip and not tcp", web), "mm no by tcp");
  EXPECT_EQ(summary("not (udp or tcp) or len > 1", web), "nmm yes by len > 1");
  EXPECT_EQ(summary("(udp or tcp) and (arp or port 80)", web), "nmnm yes by port 80");
  EXPECT_EQ(summary("udp and arp or tcp and ip6", web), "n-mn no by ip6");
  EXPECT_EQ(summary("tcp[13] & 2 != 0 or ip[8] = 64", web), "nm yes by ip[8] = 64");
}

TEST(Explain, GivesTermsTheQualifiersTheyInherit) {
  const Octets web = web_frame();
  const Explanation explanation = explain("tcp dst port 443 or 80", packet_of(web));
  ASSERT_EQ(explanation.terms.size(), 2U);
  EXPECT_EQ(explanation.terms[1].text, "tcp dst port 80");
  EXPECT_EQ(explanation.terms[1].position, 20U);
  EXPECT_EQ(explanation.terms[1].length, 2U);
  EXPECT_EQ(explanation.terms[1].value, TermValue::matched);
  EXPECT_EQ(explanation.decided, 1U);
}

TEST(Explain, EvaluatesTermsBehindEncapsulationsWhereTheyStand) {
  const Octets tagged = test::frame(test::eth(0x8100), Octets{0, 100, 0x08, 0}, test::ip4(17),
                                    test::udp(), test::rest(4));
  EXPECT_EQ(summary("udp and vlan", tagged), "n- no by udp");
  EXPECT_EQ(summary("vlan and udp", tagged), "mm yes by udp");
  EXPECT_EQ(summary("vlan 100 and ip and tcp", tagged), "mmn no by tcp");
  EXPECT_EQ(summary("vlan and vlan", tagged), "mn no by vlan");
  EXPECT_EQ(summary("not vlan or not ip", tagged), "mm no by ip");
  // The word moves the offsets even where it was not evaluated.
  EXPECT_EQ(summary("(len > 0 or vlan) and udp", tagged), "m-m yes by udp");
  EXPECT_EQ(summary("(len > 0 or vlan) and udp", web_frame()), "m-n no by udp");
}

TEST(Explain, EvaluatesTermsBehindLaneWhereTheyStand) {
  Octets cell{1, 0, 0, 5, 0, 0};
  const Octets web = web_frame();
  cell.insert(cell.end(), web.begin(), web.end());
  const Explanation explanation =
      explain("lane and udp or port 80", packet_of(cell, LinkType{123}));
  EXPECT_EQ(values_of(explanation), "mnm");
  EXPECT_EQ(explanation.decided, 2U);
}

TEST(Explain, NamesTheIdentifierOfAGroup) {
  EXPECT_EQ(summary("tcp dst port (443 or 80 or 22)", web_frame()), "nm- yes by 80");
}

TEST(Explain, TellsWhereThePacketEndsBeforeWhatATermReads) {
  Octets cut = web_frame();
  cut.resize(36);
  EXPECT_EQ(summary("ip and tcp port 80", cut), "mr no by tcp port 80");
  EXPECT_EQ(summary("udp or not port 80", cut), "nr no by port 80");
  EXPECT_EQ(summary("host 192.0.2.1 or port 80", cut), "m- yes by host 192.0.2.1");
  // Not evaluated, so what it would read does not count.
  EXPECT_EQ(summary("(ip or geneve) and udp", cut), "m-n no by udp");
  EXPECT_FALSE(explain("tcp port 80", packet_of(cut)).terms[0].divides);
}

TEST(Explain, TellsThatATermMayHaveDividedByZero) {
  const Octets web = web_frame();
  const Explanation explanation = explain("len / (ip[1] * 3) = 1 or tcp", packet_of(web));
  EXPECT_EQ(values_of(explanation), "r-");
  EXPECT_TRUE(explanation.terms[0].divides);
  EXPECT_FALSE(explanation.matches);
}

TEST(Explain, TakesTheEmptyExpressionAsOneTermThatMatches) {
  EXPECT_EQ(summary("", web_frame()), "m yes by ");
}

TEST(Explain, RefusesWhatTheCompilerRefuses) {
  const Octets web = web_frame();
  EXPECT_THROW(static_cast<void>(explain("tcp and", packet_of(web))), FilterError);
  EXPECT_THROW(static_cast<void>(explain("host www.example", packet_of(web))), FilterError);
  EXPECT_THROW(
      static_cast<void>(explain("ether host 02:00:5e:10:00:01", packet_of(web, LinkType::raw))),
      FilterError);
  std::string tags = "vlan";
  for (std::size_t i = 1; i < max_explained_encapsulations; ++i) tags += " or vlan";
  EXPECT_NO_THROW(static_cast<void>(explain(tags, packet_of(web))));
  EXPECT_THROW(static_cast<void>(explain(tags + " or vlan", packet_of(web))), FilterError);
}

TEST(Explain, SurvivesParenthesesAsDeepAsAnExpressionIsLong) {
  const Octets web = web_frame();
  const std::string deep = std::string(1500, '(') + "udp or tcp" + std::string(1500, ')');
  EXPECT_EQ(summary(deep, web), "nm yes by tcp");
}

class ExplainCaptures : public testing::TestWithParam<const char*> {};

TEST_P(ExplainCaptures, AddsUpToTheAnswerOfTheWholeForEveryPacket) {
  const std::string path = std::string{WEIR_CAPTURES} + "/" + GetParam();
  constexpr const char* expressions[] = {
      "tcp port 80 and not (src host 192.0.2.1 or len > 200)",
      "not (vlan and (tcp or icmp)) and not (vlan and ip6)",
      "(ip or vlan 10) and (tcp port 80 or icmp or vlan) and not ip6",
      "mpls and (mpls or ip) and (icmp or tcp port 80 or 53)",
      "ip6 or (pppoes and ip and icmp[icmptype] = icmp-echo) or udp",
      "(geneve and (arp or ip6 or tcp)) or (ip proto 47 and ip[20:2] & 0x2000 != 0)",
      "not geneve and icmp or tcp[tcpflags] & tcp-syn != 0",
      "ip6 protochain 6 or (ip and ip[ip[2:2] - 1] = 0) or ether[60:4] != 0",
  };
  std::size_t packets = 0;
  for (const Packet& whole_packet : savefile::Reader{path}) {
    if (packets++ % 7 != 0) continue;
    for (const std::size_t length : {std::size_t{65'535}, std::size_t{61}, std::size_t{37}}) {
      Packet packet = whole_packet;
      packet.data = packet.data.first(std::min(length, packet.data.size()));
      for (const char* expression : expressions) {
        const Explanation explanation = explain(expression, packet);
        ASSERT_TRUE(explanation.decided) << expression << ", packet " << packets << ", " << length
                                         << ": " << values_of(explanation);
        ASSERT_EQ(explanation.matches, (Filter{expression}.matches(packet)));
      }
    }
  }
  EXPECT_GT(packets, 0U);
}

INSTANTIATE_TEST_SUITE_P(Files, ExplainCaptures, testing::Values("tunnels.pcap", "http.pcap"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace weir::filter
