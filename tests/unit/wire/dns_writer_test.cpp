// DNS messages written: every type of data, all sections, names compressed and
// not, and read again.
#include "weir/wire/dns_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

constexpr DnsWriterOptions plain{.compress = false};

std::string name_at(const DnsReader& reader, std::size_t offset) {
  DnsNameBuffer buffer;
  const auto text = reader.name(offset, buffer);
  return text ? std::string{*text} : std::string{"error: "} + name(text.error());
}

// www.example.com CNAME web.example.com, its address, the zone's server.
std::size_t write_answer(MutableBytes buffer, DnsWriterOptions options) {
  DnsWriter writer{buffer, {.id = 7, .is_response = true}, options};
  EXPECT_TRUE(writer.add(DnsQuestionFields{.name = "www.example.com"}));
  EXPECT_TRUE(writer.add(
      DnsSection::answer,
      {.name = "www.example.com", .time_to_live = 60, .data = DnsNameData{"web.example.com"}}));
  EXPECT_TRUE(writer.add(DnsSection::answer,
                         {.name = "web.example.com", .data = Ipv4Address{{192, 0, 2, 1}}}));
  EXPECT_TRUE(writer.add(
      DnsSection::authority,
      {.name = "example.com", .type = DnsType::ns, .data = DnsNameData{"ns.example.com"}}));
  EXPECT_TRUE(writer.add(DnsSection::additional, {.data = DnsExtensionData{}}));
  return writer.message().size();
}

TEST(DnsWriter, CompressesNames) {
  std::vector<std::uint8_t> buffer(512);
  buffer.resize(write_answer(buffer, {}));
  EXPECT_EQ(buffer, hex("00 07 80 00 00 01 00 02 00 01 00 01"
                        "03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01"
                        "c0 0c 00 05 00 01 00 00 00 3c 00 06 03 77 65 62 c0 10"
                        "c0 2d 00 01 00 01 00 00 00 00 00 04 c0 00 02 01"
                        "c0 10 00 02 00 01 00 00 00 00 00 05 02 6e 73 c0 10"
                        "00 00 29 04 d0 00 00 00 00 00 00"));
}

// Each name keeps all of its labels.
TEST(DnsWriter, WritesTheSameUncompressed) {
  std::vector<std::uint8_t> compressed(512);
  compressed.resize(write_answer(compressed, {}));
  std::vector<std::uint8_t> whole(512);
  whole.resize(write_answer(whole, plain));
  EXPECT_GT(whole.size(), compressed.size());
  EXPECT_EQ(
      std::ranges::find_if(whole, [](std::uint8_t octet) { return octet == 0xc0; }) - whole.begin(),
      std::ranges::search(whole, hex("c0 00 02 01")).begin() - whole.begin())
      << "no pointer anywhere";
  DnsReader a{*DnsView::parse(compressed)};
  DnsReader b{*DnsView::parse(whole)};
  EXPECT_EQ(name_at(b, b.next_question()->name_offset), "www.example.com");
  EXPECT_EQ(name_at(a, a.next_question()->name_offset), "www.example.com");
  for (int i = 0; i < 4; ++i) {
    const auto x = a.next_record();
    const auto y = b.next_record();
    ASSERT_TRUE(x && y);
    EXPECT_EQ(name_at(a, x->name_offset), name_at(b, y->name_offset));
    EXPECT_EQ(x->type, y->type);
    if (x->name_in_data()) {
      EXPECT_EQ(name_at(a, *x->name_in_data()), name_at(b, *y->name_in_data()));
    }
  }
  EXPECT_FALSE(a.next_record());
  EXPECT_FALSE(b.next_record());
}

// Options of an OPT record, and what no type is known for.
const auto cookie = hex("01 02 03 04 05 06 07 08");
const auto raw = hex("de ad");

std::size_t write_every_type(MutableBytes buffer) {
  const std::array<std::string_view, 3> strings{"v=spf1", "", "-all"};
  const std::array options{DnsOption{10, cookie}, DnsOption{12, {}}};
  DnsWriter writer{buffer, {}};
  const auto add = [&](std::string_view name, std::optional<DnsType> type, const DnsData& data) {
    const auto written = writer.add(DnsSection::answer,
                                    {.name = name, .type = type, .time_to_live = 5, .data = data});
    ASSERT_TRUE(written) << wire::name(written.error());
  };
  add("a.test", {}, Ipv4Address{{192, 0, 2, 1}});
  add("a.test", {}, Ipv6Address{{0x20, 1, 0x0d, 0xb8}});
  add("1.2.0.192.in-addr.arpa", DnsType::ptr, DnsNameData{"a.test"});
  add("test", {}, DnsMailExchangeData{10, "mail.test"});
  add("_sip._udp.test", {}, DnsServiceData{1, 2, 5060, "sip.test"});
  add("test", {}, DnsStartOfAuthorityData{"ns.test", "host\\.master.test", 1, 2, 3, 4, 5});
  add("test", {}, DnsTextData{strings});
  add("test", static_cast<DnsType>(65280), Bytes{raw});
  add("", {}, DnsExtensionData{4096, 1, 0, true, options});
  return writer.message().size();
}

TEST(DnsWriter, WritesEveryTypeOfData) {
  std::vector<std::uint8_t> buffer(1024);
  const auto message = exactly(Bytes{buffer}.first(write_every_type(buffer)));
  DnsReader reader{*DnsView::parse(message)};
  const auto next = [&](DnsType type) {
    const auto record = reader.next_record();
    EXPECT_TRUE(record);
    EXPECT_EQ(record->type, type);
    return *record;
  };
  EXPECT_EQ(next(DnsType::a).ipv4(), (Ipv4Address{{192, 0, 2, 1}}));
  EXPECT_EQ(next(DnsType::aaaa).ipv6(), (Ipv6Address{{0x20, 1, 0x0d, 0xb8}}));
  EXPECT_EQ(name_at(reader, *next(DnsType::ptr).name_in_data()), "a.test");
  const auto mail = DnsMailExchange::parse(next(DnsType::mx));
  EXPECT_EQ(mail->preference, 10);
  EXPECT_EQ(name_at(reader, mail->exchange_offset), "mail.test");
  const auto srv = next(DnsType::srv);
  const auto service = DnsService::parse(srv);
  EXPECT_EQ(service->port, 5060);
  EXPECT_EQ(exactly(srv.data.subspan(6)), hex("03 73 69 70 04 74 65 73 74 00"))
      << "RFC 2782: not compressed";
  const auto zone = DnsStartOfAuthority::parse(reader, next(DnsType::soa));
  ASSERT_TRUE(zone);
  EXPECT_EQ(name_at(reader, zone->primary_offset), "ns.test");
  EXPECT_EQ(name_at(reader, zone->responsible_offset), "host\\.master.test");
  EXPECT_EQ(zone->serial, 1U);
  EXPECT_EQ(zone->refresh, 2U);
  EXPECT_EQ(zone->retry, 3U);
  EXPECT_EQ(zone->expire, 4U);
  EXPECT_EQ(zone->minimum, 5U);
  Bytes text = next(DnsType::txt).data;
  EXPECT_EQ(take_dns_string(text)->size(), 6U);
  EXPECT_EQ(take_dns_string(text)->size(), 0U);
  EXPECT_EQ(take_dns_string(text)->size(), 4U);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(exactly(next(static_cast<DnsType>(65280)).data), raw);
  const auto extension = DnsExtension::parse(next(DnsType::opt));
  ASSERT_TRUE(extension);
  EXPECT_EQ(extension->udp_payload_size, 4096);
  EXPECT_EQ(extension->extended_response_code, 1);
  EXPECT_EQ(extension->response_code(*DnsView::parse(message)), DnsResponseCode::bad_version);
  EXPECT_EQ(extension->version, 0);
  EXPECT_TRUE(extension->dnssec_ok);
  EXPECT_TRUE(extension->options.well_formed());
  EXPECT_EQ(extension->options.begin()->code, 10);
  EXPECT_EQ(exactly(extension->options.begin()->data), cookie);
  EXPECT_FALSE(DnsExtension::parse(DnsRecord{}));
}

// RFC 3597 4, RFC 6672 2.5: receivers that do not know the type could not find what is pointed at.
TEST(DnsWriter, CompressesNoNamesInDataOfLaterTypes) {
  const auto data_size = [](DnsType type) {
    std::vector<std::uint8_t> buffer(512);
    DnsWriter writer{buffer, {}};
    EXPECT_TRUE(writer.add(DnsSection::answer,
                           {.name = "a.test", .type = type, .data = DnsNameData{"b.test"}}));
    DnsReader reader{*DnsView::parse(writer.message())};
    const auto record = reader.next_record();
    EXPECT_EQ(name_at(reader, record->data_offset), "b.test");
    return record->data.size();
  };
  for (const DnsType type : {DnsType::ns, DnsType::cname, DnsType::ptr}) {
    EXPECT_EQ(data_size(type), 4U) << name(type);
  }
  EXPECT_EQ(data_size(DnsType::dname), 8U);
  EXPECT_EQ(data_size(static_cast<DnsType>(65280)), 8U);
}

TEST(DnsWriter, WritesTheLengthBeforeAMessageOverTcp) {
  std::vector<std::uint8_t> udp(512);
  udp.resize(write_answer(udp, {}));
  std::vector<std::uint8_t> tcp(512);
  tcp.resize(write_answer(tcp, {.over_tcp = true}));
  ASSERT_EQ(tcp.size(), udp.size() + 2);
  EXPECT_EQ(load_be<std::uint16_t>(tcp.data()), udp.size());
  EXPECT_TRUE(std::ranges::equal(Bytes{tcp}.subspan(2), udp)) << "pointers count from the message";
}

TEST(DnsWriter, LeavesTheMessageAsItWasWhereThereIsNoRoom) {
  std::vector<std::uint8_t> whole(512);
  whole.resize(write_answer(whole, {}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::vector<std::uint8_t> buffer(size);
    DnsWriter writer{buffer, {.id = 7, .is_response = true}};
    bool all = writer.add(DnsQuestionFields{.name = "www.example.com"}).has_value();
    const auto before = exactly(writer.message());
    const auto added = writer.add(
        DnsSection::answer,
        {.name = "www.example.com", .time_to_live = 60, .data = DnsNameData{"web.example.com"}});
    if (added) continue;
    EXPECT_EQ(added.error(), WriteError::no_room);
    EXPECT_EQ(exactly(writer.message()), before);
    EXPECT_EQ(writer.message().empty(), size < 12);
    EXPECT_EQ(all, size >= 33);
  }
}

TEST(DnsWriter, RefusesWhatCannotBeWritten) {
  std::vector<std::uint8_t> buffer(70'000);
  DnsWriter writer{buffer, {}};
  const std::string long_text(256, 'x');
  const std::array<std::string_view, 1> strings{long_text};
  EXPECT_EQ(writer.add(DnsSection::answer, {.data = DnsTextData{strings}}),
            std::unexpected{WriteError::too_long});
  EXPECT_EQ(writer.add(DnsSection::answer, {.name = "a..b"}),
            std::unexpected{WriteError::bad_value});
  const std::vector<std::uint8_t> much(65536);
  EXPECT_EQ(writer.add(DnsSection::answer, {.data = Bytes{much}}),
            std::unexpected{WriteError::too_long});
  EXPECT_EQ(writer.add(DnsSection::question, {}), std::unexpected{WriteError::bad_value});
  EXPECT_EQ(writer.message().size(), 12U);
  EXPECT_TRUE(writer.add(DnsSection::authority, {}));
  EXPECT_EQ(writer.add(DnsSection::answer, {}), std::unexpected{WriteError::bad_value});
  EXPECT_EQ(writer.add(DnsQuestionFields{}), std::unexpected{WriteError::bad_value});
  DnsWriter bad{buffer, {.opcode = 16}};
  EXPECT_EQ(bad.add(DnsQuestionFields{}), std::unexpected{WriteError::bad_value});
  EXPECT_TRUE(bad.message().empty());
}

TEST(DnsWriter, KeepsCountsThatAreGiven) {
  std::vector<std::uint8_t> buffer(512);
  DnsWriter writer{buffer, {.question_count = 9, .additional_count = 0}};
  ASSERT_TRUE(writer.add(DnsQuestionFields{.name = "a"}));
  ASSERT_TRUE(writer.add(DnsSection::answer, {}));
  ASSERT_TRUE(writer.add(DnsSection::additional, {}));
  const auto header = DnsView::parse(writer.message());
  EXPECT_EQ(header->question_count(), 9);
  EXPECT_EQ(header->answer_count(), 1);
  EXPECT_EQ(header->additional_count(), 0);
}

// More names than the table holds, and more bytes than pointers reach.
TEST(DnsWriter, ReadsBackThousandsOfNames) {
  std::vector<std::uint8_t> buffer(65535);
  DnsWriter writer{buffer, {.is_response = true}};
  std::vector<std::string> names;
  for (std::size_t i = 0;; ++i) {
    names.push_back("host" + std::to_string(i) + ".zone" + std::to_string(i % 50) + ".example");
    if (!writer.add(DnsSection::answer, {.name = names.back(), .data = Ipv4Address{}})) break;
  }
  EXPECT_GT(names.size(), 1500U);
  const auto message = exactly(writer.message());
  DnsReader reader{*DnsView::parse(message)};
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const auto record = reader.next_record();
    ASSERT_TRUE(record) << i;
    ASSERT_EQ(name_at(reader, record->name_offset), names[i]);
  }
}

TEST(DnsWriter, PointsAtNothingThatIsNotWhole) {
  std::vector<std::uint8_t> buffer(512);
  DnsWriter writer{buffer, {}};
  for (const auto* name : {"x.x.x.x", "x.x", "x", "y.x.x.x.x", "x.x.x.x.x"}) {
    ASSERT_TRUE(writer.add(DnsQuestionFields{.name = name}));
  }
  const auto message = exactly(writer.message());
  DnsReader reader{*DnsView::parse(message)};
  for (const auto* name : {"x.x.x.x", "x.x", "x", "y.x.x.x.x", "x.x.x.x.x"}) {
    EXPECT_EQ(name_at(reader, reader.next_question()->name_offset), name);
  }
}

TEST(DnsWriter, AllocatesNothing) {
  std::array<std::uint8_t, 512> buffer{};
  const std::size_t before = test::allocation_count();
  const std::size_t size = write_answer(buffer, {});
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_GT(size, 12U);
}

std::string octets(std::string_view text) {
  const auto name = DnsName::parse(text);
  if (!name) return wire::name(name.error());
  return {reinterpret_cast<const char*>(name->bytes().data()), name->bytes().size()};
}

TEST(DnsNameText, IsReadWithItsEscapes) {
  using namespace std::string_literals;
  EXPECT_EQ(octets(""), "\0"s);
  EXPECT_EQ(octets("."), "\0"s);
  EXPECT_EQ(octets("a.bc"), "\1a\2bc\0"s);
  EXPECT_EQ(octets("a.bc."), "\1a\2bc\0"s);
  EXPECT_EQ(octets("a\\.b\\\\"), "\4a.b\\\0"s);
  EXPECT_EQ(octets("\\000\\255"), "\2\0\377\0"s);
}

TEST(DnsNameText, SaysWhatIsWrong) {
  EXPECT_EQ(octets("a..b"), "empty_label");
  EXPECT_EQ(octets(".a"), "empty_label");
  EXPECT_EQ(octets(".."), "empty_label");
  EXPECT_EQ(octets(std::string(64, 'a')), "label_too_long");
  EXPECT_EQ(octets(std::string(63, 'a')).size(), 65U);
  EXPECT_EQ(octets("a\\"), "bad_escape");
  EXPECT_EQ(octets("\\25"), "bad_escape");
  EXPECT_EQ(octets("\\256"), "bad_escape");
  EXPECT_EQ(octets("\\2x5"), "bad_escape");
  const std::string label(63, 'a');
  const std::string three = label + "." + label + "." + label + ".";
  EXPECT_EQ(octets(three + std::string(61, 'b')).size(), 255U);
  EXPECT_EQ(octets(three + std::string(62, 'b')), "name_too_long");
}

// Every byte, through text and back.
TEST(DnsNameText, IsWhatTheReaderWrites) {
  for (int octet = 0; octet < 256; ++octet) {
    std::vector<std::uint8_t> message(12);
    message.insert(message.end(), {1, static_cast<std::uint8_t>(octet), 0});
    DnsNameBuffer buffer;
    const auto text = DnsReader{*DnsView::parse(message)}.name(12, buffer);
    ASSERT_TRUE(text);
    EXPECT_TRUE(std::ranges::equal(DnsName::parse(*text)->bytes(), Bytes{message}.subspan(12)));
  }
}

}  // namespace
}  // namespace weir::wire
