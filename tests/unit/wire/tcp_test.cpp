// TCP: the checks of every view, and headers cut by the capture.
#include "weir/wire/tcp.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto header =
    hex("c0 00 00 50 01 02 03 04 05 06 07 08 61 98 fa f0"
        "12 34 00 09 02 04 05 b4");
const auto options = hex("02 04 05 b4");
const TcpFields fields{.source_port = 49152,
                       .destination_port = 80,
                       .sequence_number = 0x01020304,
                       .acknowledgment_number = 0x05060708,
                       .flags = tcp_flags::ae | tcp_flags::cwr | tcp_flags::ack | tcp_flags::psh,
                       .window = 64240,
                       .checksum = 0x1234,
                       .urgent_pointer = 9,
                       .options = options};

TEST(Tcp, ReadsEveryField) {
  const auto tcp = TcpView::parse(header);
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->source_port(), 49152);
  EXPECT_EQ(tcp->destination_port(), 80);
  EXPECT_EQ(tcp->sequence_number(), 0x01020304U);
  EXPECT_EQ(tcp->acknowledgment_number(), 0x05060708U);
  EXPECT_EQ(tcp->header_length(), 24U);
  EXPECT_EQ(tcp->reserved(), 1);
  EXPECT_EQ(tcp->flags(), 0x198);
  EXPECT_TRUE(tcp->has(tcp_flags::psh));
  EXPECT_FALSE(tcp->has(tcp_flags::syn));
  EXPECT_EQ(tcp->window(), 64240);
  EXPECT_EQ(tcp->checksum(), 0x1234);
  EXPECT_EQ(tcp->urgent_pointer(), 9);
  EXPECT_EQ(exactly(tcp->options().bytes()), options);
}

TEST(Tcp, RefusesEveryShorterPrefix) { test::expect_refuses_every_shorter_prefix<TcpView>(header); }

TEST(Tcp, RefusesEachBadDataOffset) {
  test::expect_refuses<TcpView>(header, 12, 0x40, ParseError::bad_header_length);
  test::expect_refuses<TcpView>(header, 12, 0x00, ParseError::bad_header_length);
  test::expect_refuses<TcpView>(header, 12, 0x70, ParseError::truncated);
}

TEST(Tcp, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<TcpView>(header); }

TEST(Tcp, WritesWhatItReads) { test::expect_writes<TcpView>(fields, header); }

TEST(Tcp, AllocatesNothing) { test::expect_allocates_nothing<TcpView>(fields, header); }

TEST(Tcp, ReadsASegmentWhoseOptionsWereCutByTheCapture) {
  for (std::size_t size = TcpView::min_header_length; size < header.size(); ++size) {
    const auto cut = exactly(Bytes{header}.first(size));
    const auto tcp = TcpView::parse_snapped(cut, 100);
    ASSERT_TRUE(tcp) << size;
    EXPECT_EQ(tcp->header_length(), 24U);
    EXPECT_EQ(tcp->options().bytes().size(), size - 20);
    EXPECT_TRUE(tcp->payload().empty());
    const auto short_on_the_wire = TcpView::parse_snapped(cut, 23);
    ASSERT_FALSE(short_on_the_wire);
    EXPECT_EQ(short_on_the_wire.error(), ParseError::truncated);
  }
  EXPECT_FALSE(TcpView::parse_snapped(Bytes{header}.first(19), 100));
}

TEST(Tcp, PadsOptionsAndRefusesTooMany) {
  std::vector<std::uint8_t> to(64, 0xff);
  const auto one = hex("01");
  ASSERT_EQ((TcpFields{.options = one}.write(to, {})), 24U);
  EXPECT_EQ(to[20], 1);
  EXPECT_EQ(to[21], 0);
  EXPECT_EQ(to[23], 0);
  const std::vector<std::uint8_t> too_many(41);
  EXPECT_EQ((TcpFields{.options = too_many}.write(to, {})), std::unexpected{WriteError::too_long});
}

TEST(Tcp, KeepsEveryValue) {
  test::expect_keeps_values<TcpView>(
      TcpFields{}, test::value(&TcpFields::source_port, &TcpView::source_port),
      test::value(&TcpFields::destination_port, &TcpView::destination_port),
      test::value(&TcpFields::sequence_number, &TcpView::sequence_number),
      test::value(&TcpFields::acknowledgment_number, &TcpView::acknowledgment_number),
      test::value(
          &TcpFields::reserved, [](const TcpView& read) { return read.reserved() >> 1; }, 7),
      test::value(&TcpFields::flags, &TcpView::flags, 511),
      test::value(&TcpFields::window, &TcpView::window),
      test::value(&TcpFields::checksum, &TcpView::checksum),
      test::value(&TcpFields::urgent_pointer, &TcpView::urgent_pointer),
      test::value(
          &TcpFields::options, [](const TcpView& read) { return read.options().bytes(); }, 40, 0,
          4));
}

}  // namespace
}  // namespace weir::wire
