// DNS: header, sections and names of whole, cut and hostile messages.
#include "weir/wire/dns.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto header = hex("12 34 85 b0 00 01 00 02 00 03 00 04");
const DnsFields header_fields{.id = 0x1234,
                              .is_response = true,
                              .authoritative_answer = true,
                              .recursion_desired = true,
                              .recursion_available = true,
                              .authentic_data = true,
                              .checking_disabled = true,
                              .question_count = 1,
                              .answer_count = 2,
                              .authority_count = 3,
                              .additional_count = 4};

// www.example.com A, answered by a CNAME to web.example.com and its address.
const auto response =
    hex("12 34 81 80 00 01 00 02 00 00 00 00"
        "03 77 77 77 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01"
        "c0 0c 00 05 00 01 00 00 0e 10 00 06 03 77 65 62 c0 10"
        "c0 2d 00 01 00 01 00 00 00 3c 00 04 c0 00 02 01");

std::vector<std::uint8_t> message(std::string_view sections) {
  auto bytes = hex("12 34 81 80 00 01 00 01 00 00 00 00");
  const auto more = hex(sections);
  bytes.insert(bytes.end(), more.begin(), more.end());
  return bytes;
}

std::string name_at(const std::vector<std::uint8_t>& bytes, std::size_t offset) {
  DnsNameBuffer buffer;
  const auto text = DnsReader{*DnsView::parse(bytes)}.name(offset, buffer);
  return text ? std::string{*text} : std::string{"error: "} + name(text.error());
}

TEST(Dns, ReadsEveryFieldOfTheHeader) {
  const auto dns = DnsView::parse(header);
  ASSERT_TRUE(dns);
  EXPECT_EQ(dns->id(), 0x1234);
  EXPECT_TRUE(dns->is_response());
  EXPECT_EQ(dns->opcode(), 0);
  EXPECT_TRUE(dns->authoritative_answer());
  EXPECT_FALSE(dns->truncated());
  EXPECT_TRUE(dns->recursion_desired());
  EXPECT_TRUE(dns->recursion_available());
  EXPECT_TRUE(dns->authentic_data());
  EXPECT_TRUE(dns->checking_disabled());
  EXPECT_EQ(dns->response_code(), 0);
  EXPECT_EQ(dns->question_count(), 1);
  EXPECT_EQ(dns->answer_count(), 2);
  EXPECT_EQ(dns->authority_count(), 3);
  EXPECT_EQ(dns->additional_count(), 4);
  const auto update = hex("00 00 2a 03 00 00 00 00 00 00 00 00");
  const auto other = DnsView::parse(update);
  EXPECT_EQ(other->opcode(), 5);
  EXPECT_EQ(other->response_code(), 3);
  EXPECT_TRUE(other->truncated());
  EXPECT_FALSE(other->is_response());
}

TEST(Dns, RefusesEveryShorterPrefixOfTheHeader) {
  test::expect_refuses_every_shorter_prefix<DnsView>(header);
}

TEST(Dns, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<DnsView>(header); }

TEST(Dns, WritesWhatItReads) { test::expect_writes<DnsView>(header_fields, header); }

TEST(Dns, AllocatesNothing) {
  test::expect_allocates_nothing<DnsView>(header_fields, header);
  DnsNameBuffer buffer;
  const std::size_t before = test::allocation_count();
  DnsReader reader{*DnsView::parse(response)};
  const auto record = reader.next_record();
  const auto text = reader.name(record->data_offset, buffer);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(*text, "web.example.com");
}

TEST(DnsReader, ReadsQuestionsAndRecordsInOrder) {
  DnsReader reader{*DnsView::parse(response)};
  const auto question = reader.next_question();
  ASSERT_TRUE(question);
  EXPECT_EQ(name_at(response, question->name_offset), "www.example.com");
  EXPECT_EQ(question->type, DnsType::a);
  EXPECT_EQ(question->class_number, 1);
  EXPECT_FALSE(reader.next_question());

  const auto alias = reader.next_record();
  ASSERT_TRUE(alias);
  EXPECT_EQ(name_at(response, alias->name_offset), "www.example.com");
  EXPECT_EQ(alias->type, DnsType::cname);
  EXPECT_EQ(alias->class_number, 1);
  EXPECT_EQ(alias->time_to_live, 3600U);
  EXPECT_EQ(name_at(response, alias->data_offset), "web.example.com");
  const auto address = reader.next_record();
  ASSERT_TRUE(address);
  EXPECT_EQ(name_at(response, address->name_offset), "web.example.com");
  EXPECT_EQ(address->type, DnsType::a);
  EXPECT_EQ(exactly(address->data), hex("c0 00 02 01"));
  EXPECT_EQ(reader.records_read(), 2U);
  EXPECT_FALSE(reader.next_record());
}

TEST(DnsReader, SkipsQuestionsToReachRecords) {
  DnsReader reader{*DnsView::parse(response)};
  const auto record = reader.next_record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->type, DnsType::cname);
}

TEST(DnsReader, EndsAtEveryCut) {
  for (std::size_t size = DnsView::min_header_length; size < response.size(); ++size) {
    const auto cut = exactly(Bytes{response}.first(size));
    DnsReader reader{*DnsView::parse(cut)};
    std::size_t records = 0;
    while (reader.next_record()) ++records;
    EXPECT_EQ(records, size < 51 ? 0U : 1U) << size;
    EXPECT_EQ(reader.next_record().error(), ParseError::truncated) << size;
  }
}

TEST(DnsName, OfTheRootIsADot) { EXPECT_EQ(name_at(message("00"), 12), "."); }

TEST(DnsName, EscapesWhatIsNotPlain) {
  EXPECT_EQ(name_at(message("05 61 2e 5c 20 ff 00"), 12), "a\\.\\\\\\032\\255");
}

TEST(DnsName, RefusesPointersThatDoNotGoBack) {
  EXPECT_EQ(name_at(message("c0 0c"), 12), "error: bad_field");     // to itself
  EXPECT_EQ(name_at(message("c0 0e 00"), 12), "error: bad_field");  // forward
  EXPECT_EQ(name_at(message("01 61 c0 0c"), 12),
            "error: bad_field");  // to its own start
  EXPECT_EQ(name_at(message("01 61 c0 10 c0 0c"), 16),
            "error: bad_field");  // a loop of two
}

TEST(DnsName, FollowsAChainOfPointersBack) {
  EXPECT_EQ(name_at(message("01 61 00 01 62 c0 0c 01 63 c0 0f"), 19), "c.b.a");
}

// However a message is made, a name costs a few hundred steps.
TEST(DnsName, RefusesLongChainsOfPointers) {
  std::vector<std::uint8_t> bytes = header;
  bytes.push_back(0);
  std::size_t before = 12;
  for (int pointers = 1; pointers <= 128; ++pointers) {
    const std::size_t here = bytes.size();
    bytes.push_back(static_cast<std::uint8_t>(0xc0 | before >> 8));
    bytes.push_back(static_cast<std::uint8_t>(before));
    EXPECT_EQ(name_at(bytes, here), pointers < 128 ? "." : "error: bad_field") << pointers;
    before = here;
  }
}

TEST(DnsName, RefusesReservedLabelTypesAndCuts) {
  EXPECT_EQ(name_at(message("41 61 00"), 12), "error: bad_field");
  EXPECT_EQ(name_at(message("81 61 00"), 12), "error: bad_field");
  EXPECT_EQ(name_at(message("03 61 62"), 12), "error: truncated");
  EXPECT_EQ(name_at(message("01 61"), 12), "error: truncated");
  EXPECT_EQ(name_at(message("c0"), 12), "error: truncated");
  EXPECT_EQ(name_at(message(""), 99), "error: truncated");
}

TEST(DnsName, IsAtMost255BytesLong) {
  std::vector<std::uint8_t> bytes = header;
  // 126 labels of one unprintable byte, 252 bytes, then one label of a byte and
  // the root: 255.
  for (int label = 0; label < 127; ++label) {
    bytes.push_back(1);
    bytes.push_back(0xff);
  }
  bytes.push_back(0);
  EXPECT_EQ(name_at(bytes, 12).size(), 127U * 4 + 126);
  bytes.insert(bytes.begin() + 12, {1, 0xff});
  EXPECT_EQ(name_at(bytes, 12), "error: bad_length");

  bytes = header;
  for (const auto size : std::to_array<std::uint8_t>({63, 63, 63, 61})) {
    bytes.push_back(size);
    bytes.insert(bytes.end(), size, 0xff);
  }
  bytes.push_back(0);
  EXPECT_EQ(name_at(bytes, 12).size(), 250U * 4 + 3);
  DnsReader reader{*DnsView::parse(bytes)};
  EXPECT_EQ(reader.name_end(12), bytes.size());
}

TEST(DnsRecordData, IsReadForMxSrvSoaAndTxt) {
  const auto mx = message("00 00 0f 00 01  00 00 0f 00 01 00 00 00 00 00 05 00 0a 01 6d 00");
  DnsReader reader{*DnsView::parse(mx)};
  const auto exchange = DnsMailExchange::parse(*reader.next_record());
  ASSERT_TRUE(exchange);
  EXPECT_EQ(exchange->preference, 10);
  EXPECT_EQ(name_at(mx, exchange->exchange_offset), "m");

  const auto srv = message(
      "00 00 21 00 01  00 00 21 00 01 00 00 00 00 00 09 "
      "00 01 00 02 13 c4 01 73 00");
  reader = DnsReader{*DnsView::parse(srv)};
  const auto service = DnsService::parse(*reader.next_record());
  ASSERT_TRUE(service);
  EXPECT_EQ(service->priority, 1);
  EXPECT_EQ(service->weight, 2);
  EXPECT_EQ(service->port, 5060);
  EXPECT_EQ(name_at(srv, service->target_offset), "s");

  const auto soa = message(
      "00 00 06 00 01  00 00 06 00 01 00 00 00 00 00 19 01 61 00 c0 1c"
      "00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 05");
  reader = DnsReader{*DnsView::parse(soa)};
  const auto record = reader.next_record();
  ASSERT_TRUE(record);
  const auto authority = DnsStartOfAuthority::parse(reader, *record);
  ASSERT_TRUE(authority);
  EXPECT_EQ(name_at(soa, authority->primary_offset), "a");
  EXPECT_EQ(name_at(soa, authority->responsible_offset), "a");
  EXPECT_EQ(authority->serial, 1U);
  EXPECT_EQ(authority->refresh, 2U);
  EXPECT_EQ(authority->retry, 3U);
  EXPECT_EQ(authority->expire, 4U);
  EXPECT_EQ(authority->minimum, 5U);

  const auto strings = hex("02 68 69 00 05 61");
  Bytes rest = strings;
  EXPECT_EQ(exactly(*take_dns_string(rest)), hex("68 69"));
  EXPECT_TRUE(take_dns_string(rest)->empty());
  EXPECT_FALSE(take_dns_string(rest));
}

TEST(DnsRecordData, ThatIsTooShortIsRefused) {
  const DnsRecord two{.data_offset = 12, .data = Bytes{header}.first(2)};
  EXPECT_FALSE(DnsMailExchange::parse(two));
  EXPECT_FALSE(DnsService::parse(two));
  const auto soa = message("00 00 06 00 01  00 00 06 00 01 00 00 00 00 00 03 01 61 00 00");
  DnsReader reader{*DnsView::parse(soa)};
  const auto record = reader.next_record();
  ASSERT_TRUE(record);
  const auto authority = DnsStartOfAuthority::parse(reader, *record);
  ASSERT_FALSE(authority);
  EXPECT_EQ(authority.error(), ParseError::bad_length);
}

// A name that goes on behind its record, ends before it, or is not there.
TEST(DnsRecordData, HoldsTheWholeName) {
  const auto with_data = [](DnsType type, std::string_view data, std::size_t length) {
    auto bytes = message("");
    bytes[5] = 0;  // no question
    const auto fixed = hex("00 00 00 00 01 00 00 00 00 00 00");
    bytes.insert(bytes.end(), fixed.begin(), fixed.end());
    bytes[14] = static_cast<std::uint8_t>(type);
    bytes[22] = static_cast<std::uint8_t>(length);
    const auto more = hex(data);
    bytes.insert(bytes.end(), more.begin(), more.end());
    return bytes;
  };
  const auto name_of = [&](std::string_view data, std::size_t length) {
    const auto bytes = with_data(DnsType::ns, data, length);
    const auto offset = DnsReader{*DnsView::parse(bytes)}.next_record()->name_in_data();
    return offset ? name_at(bytes, *offset) : "none";
  };
  EXPECT_EQ(name_of("01 61 00", 3), "a");
  EXPECT_EQ(name_of("01 61 c0 0c", 4), "a");
  EXPECT_EQ(name_of("01 61 00", 0), "none");
  EXPECT_EQ(name_of("01 61 00", 2), "none");
  EXPECT_EQ(name_of("01 61 00 00", 4), "none");
  const auto record_of = [](const std::vector<std::uint8_t>& bytes) {
    return *DnsReader{*DnsView::parse(bytes)}.next_record();
  };
  const auto exchange = with_data(DnsType::mx, "00 0a 01 6d 00", 4);
  EXPECT_EQ(DnsMailExchange::parse(record_of(exchange)).error(), ParseError::bad_length);
  const auto service = with_data(DnsType::srv, "00 01 00 02 13 c4 01 73 00", 8);
  EXPECT_EQ(DnsService::parse(record_of(service)).error(), ParseError::bad_length);
}

TEST(DnsTypeName, IsTheOneOfTheRegistry) {
  EXPECT_EQ(name(DnsType::aaaa), "AAAA");
  EXPECT_EQ(name(DnsType::https), "HTTPS");
  EXPECT_EQ(name(DnsType::any), "ANY");
  EXPECT_TRUE(name(static_cast<DnsType>(65280)).empty());
}

TEST(Dns, KeepsEveryValue) {
  test::expect_keeps_values<DnsView>(
      DnsFields{}, test::value(&DnsFields::id, &DnsView::id),
      test::value(&DnsFields::is_response, &DnsView::is_response),
      test::value(&DnsFields::opcode, &DnsView::opcode, 15),
      test::value(&DnsFields::authoritative_answer, &DnsView::authoritative_answer),
      test::value(&DnsFields::truncated, &DnsView::truncated),
      test::value(&DnsFields::recursion_desired, &DnsView::recursion_desired),
      test::value(&DnsFields::recursion_available, &DnsView::recursion_available),
      test::value(&DnsFields::reserved, &DnsView::reserved),
      test::value(&DnsFields::authentic_data, &DnsView::authentic_data),
      test::value(&DnsFields::checking_disabled, &DnsView::checking_disabled),
      test::value(&DnsFields::response_code, &DnsView::response_code, 15),
      test::value(&DnsFields::question_count, &DnsView::question_count),
      test::value(&DnsFields::answer_count, &DnsView::answer_count),
      test::value(&DnsFields::authority_count, &DnsView::authority_count),
      test::value(&DnsFields::additional_count, &DnsView::additional_count));
}

}  // namespace
}  // namespace weir::wire
