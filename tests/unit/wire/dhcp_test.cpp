// DHCP: the checks of every view, options wherever they may stand, and hostile ones.
#include "weir/wire/dhcp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "support/frames.h"
#include "support/hex.h"
#include "support/view_checks.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/layers.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto hardware = hex("00 00 5e 00 53 01");
const auto server_name = hex("73 72 76");
const auto boot_file = hex("62 6f 6f 74 2e 69 6d 67");

DhcpFields reply() {
  return {.op = 2,
          .htype = 1,
          .hlen = 6,
          .hops = 3,
          .xid = 0x12345678,
          .secs = 0x0102,
          .flags = 0x8000,
          .ciaddr = {{192, 0, 2, 1}},
          .yiaddr = {{192, 0, 2, 2}},
          .siaddr = {{192, 0, 2, 3}},
          .giaddr = {{192, 0, 2, 4}},
          .chaddr = hardware,
          .sname = server_name,
          .file = boot_file};
}

std::vector<std::uint8_t> written(const DhcpFields& fields) {
  std::vector<std::uint8_t> to(fields.header_length(), 0xff);
  EXPECT_EQ(fields.write(to, {}), to.size());
  return to;
}

// The fixed fields as RFC 2131 2 draws them.
std::vector<std::uint8_t> fixed() {
  auto bytes =
      hex("02 01 06 03 12 34 56 78 01 02 80 00 c0 00 02 01 c0 00 02 02 c0 00 02 03 c0 00 02 04"
          "00 00 5e 00 53 01 00 00 00 00 00 00 00 00 00 00");
  bytes.insert(bytes.end(), server_name.begin(), server_name.end());
  bytes.resize(108);
  bytes.insert(bytes.end(), boot_file.begin(), boot_file.end());
  bytes.resize(236);
  return bytes;
}

std::vector<std::uint8_t> with_vendor(std::string_view octets) {
  auto bytes = fixed();
  const auto more = hex(octets);
  bytes.insert(bytes.end(), more.begin(), more.end());
  return bytes;
}

std::size_t count(const DhcpOptionList& list) {
  std::size_t options = 0;
  for ([[maybe_unused]] const auto& option : list) ++options;
  return options;
}

TEST(Dhcp, ReadsEveryField) {
  const auto bytes = with_vendor("63 82 53 63 35 01 05 ff");
  const auto message = DhcpView::parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->op(), 2);
  EXPECT_EQ(message->htype(), 1);
  EXPECT_EQ(message->hlen(), 6);
  EXPECT_EQ(message->hops(), 3);
  EXPECT_EQ(message->xid(), 0x12345678U);
  EXPECT_EQ(message->secs(), 0x0102);
  EXPECT_EQ(message->flags(), 0x8000);
  EXPECT_TRUE(message->broadcast());
  EXPECT_EQ(message->ciaddr(), (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(message->yiaddr(), (Ipv4Address{{192, 0, 2, 2}}));
  EXPECT_EQ(message->siaddr(), (Ipv4Address{{192, 0, 2, 3}}));
  EXPECT_EQ(message->giaddr(), (Ipv4Address{{192, 0, 2, 4}}));
  EXPECT_EQ(exactly(message->chaddr().first(6)), hardware);
  EXPECT_EQ(message->chaddr().size(), 16U);
  EXPECT_EQ(exactly(message->sname().first(3)), server_name);
  EXPECT_EQ(message->sname().size(), 64U);
  EXPECT_EQ(exactly(message->file().first(8)), boot_file);
  EXPECT_EQ(message->file().size(), 128U);
  EXPECT_TRUE(message->has_options());
  EXPECT_EQ(message->message_type(), DhcpMessageType::ack);
  EXPECT_EQ(name(*message->message_type()), "ACK");
  EXPECT_EQ(message->overload(), 0);
  EXPECT_EQ(count(message->options()), 2U);
}

TEST(Dhcp, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<DhcpView>(fixed());
}

TEST(Dhcp, RefusesWhatIsNoMessage) {
  test::expect_refuses<DhcpView>(fixed(), 0, 0, ParseError::bad_field);
  test::expect_refuses<DhcpView>(fixed(), 0, 3, ParseError::bad_field);
  test::expect_refuses<DhcpView>(fixed(), 2, 17, ParseError::bad_length);
}

TEST(Dhcp, IsAllOfItsDatagram) {
  const auto bytes = with_vendor("63 82 53 63 ff 00 00");
  const auto message = DhcpView::parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header_length(), bytes.size());
  EXPECT_TRUE(message->payload().empty());
}

TEST(Dhcp, WithoutTheCookieIsBootp) {
  for (const auto* octets : {"", "63", "63 82 53", "63 82 53 64 35 01 01 ff"}) {
    const auto bytes = with_vendor(octets);
    const auto message = DhcpView::parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->has_options()) << octets;
    EXPECT_FALSE(message->message_type()) << octets;
    EXPECT_EQ(count(message->options()), 0U) << octets;
  }
}

TEST(Dhcp, WritesWhatItReads) {
  test::expect_writes<DhcpView>(reply(), fixed());
  const auto vendor = hex("63 82 53 63 35 01 01 ff 00");
  auto fields = reply();
  fields.vendor = vendor;
  test::expect_writes<DhcpView>(fields, with_vendor("63 82 53 63 35 01 01 ff 00"));
}

TEST(Dhcp, WritesNothingThatDoesNotFit) {
  const std::vector<std::uint8_t> long_one(129, 1);
  std::vector<std::uint8_t> to(300, 0xa5);
  for (auto change : {+[](DhcpFields& f, Bytes b) { f.chaddr = b.first(17); },
                      +[](DhcpFields& f, Bytes b) { f.sname = b.first(65); },
                      +[](DhcpFields& f, Bytes b) { f.file = b; }}) {
    DhcpFields fields;
    change(fields, long_one);
    EXPECT_EQ(fields.write(to, {}), std::unexpected{WriteError::too_long});
    EXPECT_EQ(std::ranges::count(to, 0xa5), 300);
  }
}

TEST(Dhcp, AllocatesNothing) { test::expect_allocates_nothing<DhcpView>(reply(), fixed()); }

TEST(DhcpOptions, AreWrittenAndReadAgain) {
  const auto address = hex("c0 00 02 63");
  const auto kind = hex("03");
  const std::array options{DhcpOption{dhcp_option::message_type, kind},
                           DhcpOption{dhcp_option::pad, {}},
                           DhcpOption{dhcp_option::requested_address, address},
                           DhcpOption{80, {}}};  // rapid commit has no data
  std::vector<std::uint8_t> to(64, 0xee);
  const auto length = write_dhcp_options(to, options);
  ASSERT_EQ(length, 4U + 3 + 1 + 6 + 2 + 1);
  to.resize(*length);
  EXPECT_EQ(to, hex("63 82 53 63 35 01 03 00 32 04 c0 00 02 63 50 00 ff"));
  for (std::size_t size = 0; size < to.size(); ++size) {
    std::vector<std::uint8_t> small(size, 0xa5);
    EXPECT_EQ(write_dhcp_options(small, options), std::unexpected{WriteError::no_room});
    EXPECT_EQ(small, std::vector<std::uint8_t>(size, 0xa5));
  }
  auto fields = reply();
  fields.vendor = to;
  const auto bytes = written(fields);
  const auto message = DhcpView::parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_type(), DhcpMessageType::request);
  const auto found = message->option(dhcp_option::requested_address);
  ASSERT_TRUE(found);
  EXPECT_EQ((DhcpOption{50, *found}.address()), (Ipv4Address{{192, 0, 2, 99}}));
  EXPECT_TRUE(message->option(80));
  EXPECT_FALSE(message->option(81));
}

// RFC 3396: one option in several parts.
TEST(DhcpOptions, LongerThan255BytesAreSplitAndPutTogether) {
  for (const std::size_t size : {255U, 256U, 510U, 511U, 1000U}) {
    std::vector<std::uint8_t> data(size);
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    const std::array options{DhcpOption{dhcp_option::classless_static_route, data}};
    std::vector<std::uint8_t> vendor(size + 32);
    const auto length = write_dhcp_options(vendor, options);
    ASSERT_TRUE(length);
    auto fields = reply();
    fields.vendor = Bytes{vendor}.first(*length);
    const auto bytes = written(fields);
    const auto message = *DhcpView::parse(bytes);
    EXPECT_EQ(count(message.options()), (size + 254) / 255 + 1) << size;
    std::vector<std::uint8_t> whole(size + 8, 0xee);
    EXPECT_EQ(message.whole_option(dhcp_option::classless_static_route, whole), size);
    EXPECT_TRUE(std::ranges::equal(data, Bytes{whole}.first(size)));
    EXPECT_EQ(whole[size], 0xee);
    std::vector<std::uint8_t> small(100);
    EXPECT_EQ(message.whole_option(dhcp_option::classless_static_route, small), size);
    EXPECT_TRUE(std::ranges::equal(Bytes{data}.first(100), small));
  }
}

TEST(DhcpOptions, GoOnInOverloadedFields) {
  const auto in_file = hex("0c 02 61 62 ff");
  constexpr std::array<std::size_t, 4> lengths{0, 2, 1, 3};
  const auto in_sname = hex("0c 01 63 34 01 03 ff");  // an overload in here means nothing
  for (const auto value : std::to_array<std::uint8_t>({0, 1, 2, 3})) {
    auto vendor = hex("63 82 53 63 34 01 00 ff");
    vendor[6] = value;
    auto fields = reply();
    fields.file = in_file;
    fields.sname = in_sname;
    fields.vendor = vendor;
    const auto bytes = written(fields);
    const auto message = *DhcpView::parse(bytes);
    EXPECT_EQ(message.overload(), value);
    EXPECT_EQ(count(message.file_options()), (value & 1) != 0 ? 2U : 0U);
    EXPECT_EQ(count(message.sname_options()), (value & 2) != 0 ? 3U : 0U);
    std::vector<std::uint8_t> whole(8);
    const auto length = message.whole_option(dhcp_option::host_name, whole).value_or(0);
    EXPECT_EQ(length, lengths[value]);
    if (value != 3) continue;
    EXPECT_EQ(exactly(Bytes{whole}.first(3)), hex("61 62 63")) << "file first";
  }
}

TEST(DhcpOptions, ThatNeverEndOrGoBeyondTheBytesEnd) {
  const auto open = with_vendor("63 82 53 63 35 01 01 00 00");
  EXPECT_EQ(count(DhcpView::parse(open)->options()), 3U);
  const auto beyond = with_vendor("63 82 53 63 35 01 01 0c 05 61 62");
  const auto message = DhcpView::parse(beyond);
  EXPECT_EQ(count(message->options()), 1U);
  EXPECT_FALSE(message->options().well_formed());
  EXPECT_FALSE(message->option(dhcp_option::host_name));
  const auto code_alone = with_vendor("63 82 53 63 0c");
  EXPECT_EQ(count(DhcpView::parse(code_alone)->options()), 0U);
  auto pads = with_vendor("63 82 53 63");
  pads.resize(pads.size() + 60'000);
  EXPECT_EQ(count(DhcpView::parse(pads)->options()), 60'000U);
}

TEST(DhcpOptions, SayThatFileAndSnameAreOptionsAllTheWay) {
  auto bytes = with_vendor("63 82 53 63 34 01 03 ff");
  std::fill(bytes.begin() + 44, bytes.begin() + 236, std::uint8_t{dhcp_option::overload});
  const auto message = *DhcpView::parse(bytes);
  EXPECT_EQ(message.overload(), 3);
  EXPECT_LE(count(message.file_options()), 128U);
  EXPECT_FALSE(message.message_type());
}

TEST(Dhcp, IsBuiltIntoAFrameThatDecodeReads) {
  const auto vendor = hex("63 82 53 63 35 01 01 ff");
  for (const auto op : std::to_array<std::uint8_t>({1, 2})) {
    std::array<std::uint8_t, 512> buffer{};
    const auto frame = build(buffer, EthernetFields{}, Ipv4Fields{}, UdpFields{},
                             DhcpFields{.op = op, .chaddr = hardware, .vendor = vendor});
    ASSERT_TRUE(frame);
    const Packet packet{.data = *frame,
                        .wire_length = static_cast<std::uint32_t>(frame->size()),
                        .link_type = LinkType::ethernet};
    const Layers layers = decode(packet);
    const auto message = view<DhcpView>(packet, layers);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->message_type(), DhcpMessageType::discover);
    EXPECT_EQ(view<UdpView>(packet, layers)->destination_port(), op == 1 ? 67 : 68);
  }
}

}  // namespace
}  // namespace weir::wire
