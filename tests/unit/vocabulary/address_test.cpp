// Addresses as text, in both directions.
#include "weir/address.h"

#include <gtest/gtest.h>

#include "support/allocations.h"

namespace weir {
namespace {

Ipv6Address v6(std::array<std::uint16_t, 8> groups) {
  Ipv6Address address;
  for (std::size_t i = 0; i < 8; ++i) store_be(address.octets.data() + 2 * i, groups[i]);
  return address;
}

TEST(MacAddress, PrintsTwoDigitsPerOctet) {
  EXPECT_EQ(to_string(MacAddress{{0x02, 0x00, 0x5e, 0x10, 0x00, 0xff}}), "02:00:5e:10:00:ff");
}

TEST(MacAddress, ParsesColonsAndHyphensInAnyCase) {
  const MacAddress address{{0x02, 0x00, 0x5e, 0x10, 0xab, 0xff}};
  EXPECT_EQ(parse_mac("02:00:5e:10:ab:ff"), address);
  EXPECT_EQ(parse_mac("02-00-5E-10-AB-FF"), address);
}

TEST(MacAddress, RefusesOtherText) {
  for (const char* text : {"", "02:00:5e:10:ab:f", "02:00:5e:10:ab:fg", "02:00:5e-10:ab:ff",
                           "02.00.5e.10.ab.ff", "02:00:5e:10:ab:ff:"}) {
    EXPECT_FALSE(parse_mac(text)) << text;
  }
}

TEST(MacAddress, KnowsGroupAddresses) {
  EXPECT_TRUE((MacAddress{{0x01, 0, 0x5e, 0, 0, 1}}.is_group()));
  EXPECT_FALSE((MacAddress{{0x02, 0, 0x5e, 0, 0, 1}}.is_group()));
}

TEST(Ipv4Address, PrintsEveryOctetWithoutLeadingZeros) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const Ipv4Address address{{192, 0, 2, static_cast<std::uint8_t>(octet)}};
    EXPECT_EQ(to_string(address), "192.0.2." + std::to_string(octet));
    EXPECT_EQ(parse_ipv4(to_string(address)), address);
  }
}

TEST(Ipv4Address, RefusesAnythingButFourDecimalNumbers) {
  for (const char* text : {"", "192.0.2", "192.0.2.", "192.0.2.1.", "192.0.2.1.1", "192.0.2.256",
                           "192.0.2.01", "192.0.2.0x1", "192.0.2.-1", "192.0.2.+1", " 192.0.2.1",
                           "192.0.2.1 ", "192..2.1", "3221225985"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
}

struct Ipv6Case {
  const char* text;
  std::array<std::uint16_t, 8> groups;
};

// RFC 5952: 4.1 leading zeros, 4.2.1 shorten as much as possible, 4.2.2 not one group, 4.2.3 the
// longest run and the first of equals, 4.3 lower case, 5 dotted forms.
const Ipv6Case printed[] = {
    {"2001:db8::1", {0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}},
    {"2001:db8:0:1:1:1:1:1", {0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}},
    {"2001:0:0:1::1", {0x2001, 0, 0, 1, 0, 0, 0, 1}},
    {"2001:db8::1:0:0:1", {0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}},
    {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
     {0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 1}},
    {"::", {0, 0, 0, 0, 0, 0, 0, 0}},
    {"::1", {0, 0, 0, 0, 0, 0, 0, 1}},
    {"2001:db8::", {0x2001, 0xdb8, 0, 0, 0, 0, 0, 0}},
    {"1:2:3:4:5:6::", {1, 2, 3, 4, 5, 6, 0, 0}},
    {"::3:4:5:6:7:8", {0, 0, 3, 4, 5, 6, 7, 8}},
    {"10:100:1000:f:ff:fff:ffff:0", {0x10, 0x100, 0x1000, 0xf, 0xff, 0xfff, 0xffff, 0}},
    {"::ffff:192.0.2.1", {0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}},
    {"::192.0.2.1", {0, 0, 0, 0, 0, 0, 0xc000, 0x0201}},
    {"::ffff:0:c000:201", {0, 0, 0, 0, 0xffff, 0, 0xc000, 0x0201}},
};

TEST(Ipv6Address, PrintsAsRfc5952Says) {
  for (const Ipv6Case& one : printed) EXPECT_EQ(to_string(v6(one.groups)), one.text);
}

TEST(Ipv6Address, ParsesWhatItPrints) {
  for (const Ipv6Case& one : printed) EXPECT_EQ(parse_ipv6(one.text), v6(one.groups)) << one.text;
}

TEST(Ipv6Address, ParsesFormsItNeverPrints) {
  EXPECT_EQ(parse_ipv6("2001:0DB8:0:0:0:0:0:0001"), v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(parse_ipv6("1:2:3:4:5:6:7::"), v6({1, 2, 3, 4, 5, 6, 7, 0}));
  EXPECT_EQ(parse_ipv6("1:2:3:4:5:6:192.0.2.1"), v6({1, 2, 3, 4, 5, 6, 0xc000, 0x0201}));
}

TEST(Ipv6Address, RefusesOtherText) {
  for (const char* text :
       {"", ":", ":1", "1:", "1::2::3", "1:::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8", "12345::", "::g", "::192.0.2", "::192.0.2.01", "::192.0.2.1:5",
        "1:2:3:4:5:6:7:192.0.2.1", "fe80::1%lo", "192.0.2.1", "::1 "}) {
    EXPECT_FALSE(parse_ipv6(text)) << text;
  }
}

TEST(IpAddress, KeepsItsVersionAndBytes) {
  const IpAddress four{Ipv4Address{{192, 0, 2, 1}}};
  EXPECT_EQ(four.version(), 4);
  EXPECT_EQ(four.bytes().size(), 4U);
  EXPECT_EQ(to_string(four), "192.0.2.1");
  const IpAddress six{v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})};
  EXPECT_EQ(six.version(), 6);
  EXPECT_EQ(six.bytes().size(), 16U);
  EXPECT_EQ(to_string(six), "2001:db8::1");
  EXPECT_LT(four, six);
  EXPECT_EQ(to_string(IpAddress{}), "");
  EXPECT_TRUE(IpAddress{}.bytes().empty());
}

TEST(IpAddress, ParsesEitherVersion) {
  EXPECT_EQ(parse_ip("192.0.2.1"), IpAddress{(Ipv4Address{{192, 0, 2, 1}})});
  EXPECT_EQ(parse_ip("2001:db8::1"), IpAddress{v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})});
  EXPECT_FALSE(parse_ip("example"));
}

TEST(WriteText, StaysWithinItsRoomAndAllocatesNothing) {
  const auto before = test::allocation_count();
  std::array<char, max_address_text + 1> text{};
  text.back() = '#';
  const auto longest = v6({0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff});
  EXPECT_EQ(write_text(text.data(), longest) - text.data(), 39);
  const auto mapped = v6({0, 0, 0, 0, 0, 0xffff, 0xffff, 0xffff});
  EXPECT_EQ(write_text(text.data(), mapped) - text.data(), 22);
  EXPECT_EQ(text.back(), '#');
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace weir
