// SCTP: the checks of every view, and the walk over chunks.
#include "weir/wire/sctp.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

const auto header = hex("0b 59 13 8a de ad be ef 12 34 56 78");
const SctpFields fields{.source_port = 2905,
                        .destination_port = 5002,
                        .verification_tag = 0xdeadbeef,
                        .checksum = 0x12345678};

TEST(Sctp, ReadsEveryField) {
  const auto sctp = SctpView::parse(header);
  ASSERT_TRUE(sctp);
  EXPECT_EQ(sctp->source_port(), 2905);
  EXPECT_EQ(sctp->destination_port(), 5002);
  EXPECT_EQ(sctp->verification_tag(), 0xdeadbeefU);
  EXPECT_EQ(sctp->checksum(), 0x12345678U);
  EXPECT_TRUE(sctp->chunks().begin() == sctp->chunks().end());
}

TEST(Sctp, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<SctpView>(header);
}

TEST(Sctp, HandsOutTheRestAsPayload) { test::expect_payload_is_the_rest<SctpView>(header); }

TEST(Sctp, WritesWhatItReads) { test::expect_writes<SctpView>(fields, header); }

TEST(Sctp, AllocatesNothing) { test::expect_allocates_nothing<SctpView>(fields, header); }

TEST(SctpChunks, AreReadInOrderWithoutTheirPadding) {
  auto packet = header;
  const auto chunks = hex("04 00 00 05 aa 00 00 00  0b 00 00 04  00 03 00 06 bb cc");
  packet.insert(packet.end(), chunks.begin(), chunks.end());
  std::vector<std::pair<int, std::vector<std::uint8_t>>> seen;
  for (const SctpChunk& chunk : SctpView::parse(packet)->chunks()) {
    seen.emplace_back(chunk.type, exactly(chunk.value));
    if (chunk.type == SctpChunk::data) {
      EXPECT_EQ(chunk.flags, 3);
    }
  }
  const decltype(seen) expected{{4, hex("aa")}, {11, {}}, {0, hex("bb cc")}};
  EXPECT_EQ(seen, expected);
}

TEST(SctpChunks, EndBeforeADamagedChunk) {
  for (const char* text :
       {"00 00 00", "00 00 00 00", "00 00 00 03", "00 00 00 05", "00 00 ff ff"}) {
    const auto bytes = hex(text);
    const SctpChunkList list{bytes};
    EXPECT_TRUE(list.begin() == list.end()) << text;
  }
}

TEST(Sctp, KeepsEveryValue) {
  test::expect_keeps_values<SctpView>(
      SctpFields{}, test::value(&SctpFields::source_port, &SctpView::source_port),
      test::value(&SctpFields::destination_port, &SctpView::destination_port),
      test::value(&SctpFields::verification_tag, &SctpView::verification_tag),
      test::value(&SctpFields::checksum, &SctpView::checksum));
}

}  // namespace
}  // namespace weir::wire
