// TLS: the record view, and the server name in whole, cut and hostile ClientHellos.
#include "weir/wire/tls.h"

#include <gtest/gtest.h>

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

using Octets = std::vector<std::uint8_t>;

void append(Octets& to, const Octets& more) { to.insert(to.end(), more.begin(), more.end()); }

Octets with_length(const Octets& body) {
  Octets bytes{static_cast<std::uint8_t>(body.size() >> 8), static_cast<std::uint8_t>(body.size())};
  append(bytes, body);
  return bytes;
}

Octets server_name_extension(std::string_view host) {
  Octets entry{0};
  append(entry, with_length({host.begin(), host.end()}));
  Octets extension{0, 0};
  append(extension, with_length(with_length(entry)));
  return extension;
}

Octets client_hello(const Octets& extensions) {
  Octets body = hex("03 03");
  body.resize(34, 0x77);                   // random
  append(body, hex("04 01 02 03 04"));     // session id
  append(body, hex("00 04 13 01 13 02"));  // cipher suites
  append(body, hex("01 00"));              // compression methods
  append(body, with_length(extensions));
  Octets message{1, 0};
  append(message, with_length(body));
  Octets record = hex("16 03 01");
  append(record, with_length(message));
  return record;
}

const Octets other_extension = hex("00 17 00 00");
const Octets hello = [] {
  Octets extensions = other_extension;
  append(extensions, server_name_extension("www.example.com"));
  append(extensions, hex("00 2b 00 03 02 03 04"));
  return client_hello(extensions);
}();

TEST(TlsRecord, ReadsEveryField) {
  const auto bytes = hex("17 03 03 00 02 aa bb");
  const auto record = TlsRecordView::parse(bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->content_type(), TlsContentType::application_data);
  EXPECT_EQ(record->legacy_record_version(), 0x0303);
  EXPECT_EQ(record->length(), 2);
  EXPECT_EQ(exactly(record->payload()), hex("aa bb"));
}

TEST(TlsRecord, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<TlsRecordView>(hex("17 03 03 00 00"));
}

TEST(TlsRecord, RefusesEachBadField) {
  const auto bytes = hex("17 03 03 00 00");
  test::expect_refuses<TlsRecordView>(bytes, 0, 19, ParseError::bad_field);
  test::expect_refuses<TlsRecordView>(bytes, 0, 25, ParseError::bad_field);
  test::expect_refuses<TlsRecordView>(bytes, 1, 2, ParseError::bad_version);
  test::expect_refuses<TlsRecordView>(bytes, 2, 5, ParseError::bad_version);
  test::expect_refuses<TlsRecordView>(bytes, 3, 0x49, ParseError::bad_length);
}

TEST(TlsRecord, StopsAtItsLength) {
  test::expect_stops_after<TlsRecordView>(hex("17 03 03 00 09"), 9);
}

TEST(TlsRecord, BelievesALengthBeyondTheCapturedBytes) {
  const auto bytes = hex("17 03 03 01 00 aa");
  const auto record = TlsRecordView::parse(bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->length(), 256);
  EXPECT_EQ(record->payload().size(), 1U);
}

const auto empty_record = hex("17 03 02 00 00");
const TlsRecordFields record_fields{.content_type = TlsContentType::application_data,
                                    .legacy_record_version = 0x0302};

TEST(TlsRecord, WritesWhatItReads) {
  test::expect_writes<TlsRecordView>(record_fields, empty_record);
  TlsRecordFields longer = record_fields;
  longer.length = 0x1234;
  test::expect_writes<TlsRecordView>(longer, hex("17 03 02 12 34"));
}

TEST(TlsRecord, AllocatesNothing) {
  test::expect_allocates_nothing<TlsRecordView>(record_fields, empty_record);
}

TEST(TlsServerName, IsFoundInAClientHello) { EXPECT_EQ(tls_server_name(hello), "www.example.com"); }

TEST(TlsServerName, IsFoundInEveryCutBehindItAndInNoShorterOne) {
  const std::size_t end = hello.size() - 7;
  for (std::size_t size = 0; size <= hello.size(); ++size) {
    const Octets cut = exactly(Bytes{hello}.first(size));
    EXPECT_EQ(tls_server_name(cut).has_value(), size >= end) << size;
  }
}

TEST(TlsServerName, IsAbsentWhereNothingNamesOne) {
  EXPECT_FALSE(tls_server_name(client_hello(other_extension)));
  EXPECT_FALSE(tls_server_name(client_hello({})));
  Octets server_hello = hello;
  server_hello[5] = 2;
  EXPECT_FALSE(tls_server_name(server_hello));
  Octets alert = hello;
  alert[0] = 21;
  EXPECT_FALSE(tls_server_name(alert));
}

TEST(TlsServerName, OfAnotherKindThanHostNameIsPassedOver) {
  Octets entries{7};
  append(entries, with_length(hex("01 02")));
  entries.push_back(0);
  append(entries, with_length({'a', '.', 'b'}));
  Octets extension{0, 0};
  append(extension, with_length(with_length(entries)));
  EXPECT_EQ(tls_server_name(client_hello(extension)), "a.b");
}

TEST(TlsServerName, WithAByteThatCannotStandInOneIsRefused) {
  using namespace std::string_view_literals;
  for (const auto host : {"a b"sv, "a\0b"sv, "a\nb"sv, "\x1b[2J"sv, ""sv, "b\xc3\xbc"sv}) {
    EXPECT_FALSE(tls_server_name(client_hello(server_name_extension(host)))) << host;
  }
  const std::string long_name(256, 'a');
  EXPECT_FALSE(tls_server_name(client_hello(server_name_extension(long_name))));
}

TEST(TlsServerName, SurvivesEveryChangedByte) {
  for (std::size_t at = 0; at < hello.size(); ++at) {
    for (const auto value : std::to_array<std::uint8_t>({0x00, 0x01, 0x7f, 0xff})) {
      Octets changed = hello;
      changed[at] = value;
      if (const auto name = tls_server_name(changed)) {
        ASSERT_LE(name->size(), changed.size()) << at;
      }
    }
  }
}

TEST(TlsServerName, AllocatesNothing) {
  const std::size_t before = test::allocation_count();
  const auto name = tls_server_name(hello);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(name);
}

TEST(TlsRecord, KeepsEveryValue) {
  for (const auto type : std::to_array<std::uint8_t>({20, 21, 24})) {
    for (const auto version : std::to_array<std::uint16_t>({0x0300, 0x0301, 0x0304})) {
      for (const std::uint16_t length :
           {std::uint16_t{0}, std::uint16_t{1}, TlsRecordView::max_length}) {
        Octets to(5, 0xa5);
        ASSERT_TRUE((TlsRecordFields{.content_type = TlsContentType{type},
                                     .legacy_record_version = version,
                                     .length = length}
                         .write(to, {})));
        const auto record = TlsRecordView::parse(to);
        ASSERT_TRUE(record);
        EXPECT_EQ(record->content_type(), TlsContentType{type});
        EXPECT_EQ(record->legacy_record_version(), version);
        EXPECT_EQ(record->length(), length);
      }
    }
  }
}

TEST(TlsRecord, CountsItsFragment) {
  Octets to(5);
  ASSERT_TRUE(TlsRecordFields{}.write(to, Octets(TlsRecordView::max_length)));
  EXPECT_EQ(TlsRecordView::parse(to)->length(), TlsRecordView::max_length);
  EXPECT_EQ(TlsRecordFields{}.write(to, Octets(TlsRecordView::max_length + 1)),
            std::unexpected{WriteError::too_long});
}

}  // namespace
}  // namespace weir::wire
