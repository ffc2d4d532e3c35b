// IGMP, DNS and classes of one's own in the packets of steelscript.packets.
#include <gtest/gtest.h>

#include "support/hex.h"
#include "weir/compat/steelscript/dns.h"
#include "weir/compat/steelscript/igmp.h"

namespace weir::compat::steelscript {
namespace {

std::string text(PKT& layer, std::string_view field) {
  const auto value = layer.get_field_val(field);
  return value ? std::get<std::string>(*value) : "nothing";
}

TEST(InetpktMessages, IgmpOfEachVersion) {
  // XE-16
  EXPECT_EQ(IGMP{test::hex("11000000 e0000001")}.version, 1);
  EXPECT_EQ(IGMP{test::hex("11640000 e0000001")}.version, 2);
  EXPECT_EQ(IGMP{test::hex("16000000 effffffa")}.version, 2);
  IGMP query;
  query.version = 3;
  query.type = IP_CONST::IGMP_MEMBER_QUERY;
  query.s = 1;
  query.qrv = 2;
  query.qqic = 125;
  query.set_source_addresses({{{192, 0, 2, 1}}, {{192, 0, 2, 2}}});
  const Octets written = query.pkt2net({.csum = true});
  EXPECT_EQ(checksum(written), 0);
  IGMP again{written};
  EXPECT_EQ(again.version, 3);
  EXPECT_EQ(again.num_records, 2);
  EXPECT_EQ(text(again, "igmp.saddr"), "192.0.2.1,192.0.2.2");
  EXPECT_EQ(again.pkt2net(), written);
}

TEST(InetpktMessages, IgmpReportsWithGroupRecords) {
  // XE-16
  IGMP report;
  report.version = 3;
  report.type = IP_CONST::IGMP_V3_MEMBER_REPORT;
  for (const std::uint8_t last : {std::uint8_t{1}, std::uint8_t{2}}) {
    auto record = std::make_shared<IGMPGroupRecord>();
    record->type = 4;
    record->group_address = {{239, 0, 0, last}};
    record->set_source_addresses({{{192, 0, 2, last}}});
    record->set_aux_data(test::hex("aa"));
    report.group_records.push_back(record);
  }
  const Octets written = report.pkt2net({.csum = true, .update = true});
  EXPECT_EQ(written.size(), 8U + 2 * 16);
  IGMP again{written};
  ASSERT_EQ(again.group_records.size(), 2U);
  EXPECT_EQ(again.group_records[1]->get_byte_len(), 16U);
  EXPECT_EQ(text(again, "igmp.maddr"), "239.0.0.1,239.0.0.2");
  EXPECT_EQ(text(again, "igmp.saddr"), "192.0.2.1,192.0.2.2");
  EXPECT_EQ(again.pkt2net(), written);
  IGMP cut{Bytes{written}.first(30)};
  EXPECT_EQ(cut.group_records.size(), 1U);
  EXPECT_EQ(cut.pkt2net(), Octets(written.begin(), written.begin() + 30));
}

DnsSections response() {
  DnsSections message;
  message.queries = {{.query_name = "www.example.com"}};
  message.answers = {
      {.domain_name = "www.example.com", .res_type = 5, .res_data = "web.example.com"},
      {.domain_name = "web.example.com", .res_type = 1, .res_data = "192.0.2.3"},
      {.domain_name = "web.example.com", .res_type = 28, .res_data = "2001:db8::1"}};
  message.authority = {{.domain_name = "example.com",
                        .res_type = 6,
                        .res_data =
                            "SOA mname: ns.example.com, rname: host@example.com, serial: 1, "
                            "refresh: 2, retry: 3, expire: 4, minimum: 5"}};
  message.ad = {{.domain_name = "", .res_type = 16, .res_data = test::hex("03616263")}};
  return message;
}

TEST(InetpktMessages, DnsIsReadAsItWasWritten) {
  // XE-19
  DNS message;
  static_cast<DnsSections&>(message) = response();
  const Octets compressed = message.pkt2net({.update = true});
  EXPECT_EQ(message.answer_count, 3);
  EXPECT_EQ(message.answers[1].res_len, 4);
  const Octets whole = message.pkt2net({.compress = false});
  EXPECT_LT(compressed.size(), whole.size());
  for (const Octets& bytes : {compressed, whole}) {
    const DNS again{bytes};
    EXPECT_EQ(again.queries.at(0).query_name, "www.example.com");
    EXPECT_EQ(std::get<std::string>(again.answers.at(0).res_data), "web.example.com");
    EXPECT_EQ(std::get<std::string>(again.answers.at(2).res_data), "2001:db8::1");
    EXPECT_EQ(again.authority.at(0).res_data, response().authority.at(0).res_data);
    EXPECT_EQ(std::get<Octets>(again.ad.at(0).res_data), test::hex("03616263"));
  }
}

TEST(InetpktMessages, OnlyWhatIsChangedOfDnsIsWrittenAnew) {
  // XE-19
  const Octets read = test::hex(
      "000781800001000100000000 016100 00010001 016100 00010001 0000003c 0004 c0000201 ff");
  DNS message{read};
  EXPECT_EQ(message.pkt2net({.update = true}), read);
  message.ident = 8;
  message.answers[0].res_ttl = 61;
  const Octets written = message.pkt2net({.update = true});
  EXPECT_EQ(written, test::hex("000881800001000100000000 016100 00010001 c00c 00010001 0000003d "
                               "0004 c0000201"));
  message.answers[0].res_data = "no address";
  try {
    (void)message.pkt2net();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "cannot write DNS: answers[0].res_data 'no address' is no IPv4 address");
  }
}

TEST(InetpktMessages, DamagedDnsEndsWhereTheDamageIs) {
  // XE-19
  DNS message;
  static_cast<DnsSections&>(message) = response();
  const Octets whole = message.pkt2net({.update = true});
  for (std::size_t length = 12; length < whole.size(); ++length) {
    const DNS cut{Bytes{whole}.first(length)};
    EXPECT_LE(cut.answers.size(), 3U);
    EXPECT_EQ(cut.answer_count, 3);
  }
  EXPECT_THROW(DNS{Bytes{whole}.first(11)}, Error);
  message.answers[1].res_data = "no address";
  EXPECT_THROW(message.pkt2net(), Error);
}

TEST(InetpktMessages, DomainNamesAreChecked) {
  // XE-19
  for (const std::string_view good : {"", "example.com", "example.com.", "_sip._udp.example.com"}) {
    EXPECT_TRUE(is_domain_name(good)) << good;
  }
  for (const std::string_view bad : {"a b", "a..b", "-a.b", "a-.b", ".a", "a!"}) {
    EXPECT_FALSE(is_domain_name(bad)) << bad;
  }
  EXPECT_FALSE(is_domain_name(std::string(64, 'a')));
}

TEST(InetpktMessages, DnsHasItsNumbers) {
  // XE-20
  EXPECT_EQ(DNS_CONST::DNSTYPE_AAAA, 28);
  EXPECT_EQ(DNS_CONST::RCODE_NOTZONE, 10);
  EXPECT_EQ(DNS_CONST::OPTCODE_UPDATE, 5);
  EXPECT_EQ(DNS_CONST::RCLASS_ANY, 255);
  EXPECT_EQ(DNS::default_ports()[0], 53);
}

/// A class of one's own: what it writes is longer than what it read.
class Doubled : public PKT {
 public:
  explicit Doubled(Bytes bytes) : bytes_{bytes.begin(), bytes.end()} { pkt_name = "Doubled"; }
  void append(Octets& out, const Pkt2Net& /*told*/) override {
    for (int i = 0; i < 2; ++i) out.insert(out.end(), bytes_.begin(), bytes_.end());
  }

 private:
  Octets bytes_;
};

TEST(InetpktMessages, PortsHaveClassesOfOnesOwn) {
  // XE-21
  const L7Class doubled = [](Bytes bytes) { return std::make_shared<Doubled>(bytes); };
  const Octets datagram = test::hex("0007 0009 000a 0000 aabb");
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{9, 7, 0}) {
    UDP udp{datagram, {{port, doubled}}};
    EXPECT_EQ(udp.payload->pkt_name, "Doubled") << port;
    EXPECT_EQ(udp.pkt2net({.update = true}), test::hex("0007 0009 000c 0000 aabbaabb"));
  }
  EXPECT_EQ(UDP(datagram, {{8, doubled}}).payload->pkt_name, "NullPkt");
}

}  // namespace
}  // namespace weir::compat::steelscript
