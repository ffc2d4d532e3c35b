// Tests of TeredoView and TeredoFields.
#include "weir/wire/teredo.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto client = hex("63 6c");
const auto value = hex("76");
const auto header =
    hex("00 01 02 01 63 6c 76 b1 1b 3f ea 46 a9 af e9 01"  // authentication
        "00 00 fe dc 3f ff fd fe");                        // origin
const TeredoFields fields{.has_authentication = true,
                          .client_identifier = client,
                          .authentication_value = value,
                          .nonce = 0xb11b3fea46a9afe9,
                          .confirmation = 1,
                          .has_origin = true,
                          .obfuscated_port = 0xfedc,
                          .obfuscated_address = {{0x3f, 0xff, 0xfd, 0xfe}}};

const auto ipv6_byte = hex("60");

/// `indications` and the first byte of an IPv6 packet.
std::vector<std::uint8_t> before_ipv6(Bytes indications) {
  auto bytes = test::exactly(indications);
  bytes.push_back(0x60);
  return bytes;
}

TEST(TeredoView, ReadsEveryField) {
  const auto bytes = before_ipv6(header);
  const auto view = TeredoView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->has_authentication());
  EXPECT_EQ(test::exactly(view->client_identifier()), client);
  EXPECT_EQ(test::exactly(view->authentication_value()), value);
  EXPECT_EQ(view->nonce(), 0xb11b3fea46a9afe9U);
  EXPECT_EQ(view->confirmation(), 1);
  EXPECT_TRUE(view->has_origin());
  EXPECT_EQ(view->obfuscated_port(), 0xfedc);
  EXPECT_EQ(view->obfuscated_address(), (Ipv4Address{{0x3f, 0xff, 0xfd, 0xfe}}));
}

TEST(TeredoView, ReadsAPacketWithoutIndications) {
  const auto bytes = hex("60");
  const auto view = TeredoView::parse(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header_length(), 0U);
  EXPECT_FALSE(view->has_authentication());
  EXPECT_TRUE(view->client_identifier().empty());
  EXPECT_TRUE(view->authentication_value().empty());
  EXPECT_EQ(view->nonce(), 0U);
  EXPECT_EQ(view->confirmation(), 0);
  EXPECT_FALSE(view->has_origin());
  EXPECT_EQ(view->obfuscated_port(), 0);
  EXPECT_EQ(view->obfuscated_address(), Ipv4Address{});
}

TEST(TeredoView, ReadsEitherIndicationAlone) {
  test::expect_payload_is_the_rest<TeredoView>(Bytes{header}.first(16));
  test::expect_payload_is_the_rest<TeredoView>(Bytes{header}.subspan(16));
}

TEST(TeredoView, RefusesEveryShorterPrefix) {
  const auto bytes = before_ipv6(header);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto prefix = test::exactly(Bytes{bytes}.first(size));
    const auto view = TeredoView::parse(prefix);
    ASSERT_FALSE(view) << size;
    EXPECT_EQ(view.error(), ParseError::truncated) << size;
  }
}

TEST(TeredoView, RefusesWhatIsNotIpv6Behind) {
  test::expect_refuses<TeredoView>(before_ipv6(header), 24, 0x45, ParseError::bad_version);
  test::expect_refuses<TeredoView>(hex("60 00"), 0, 0x40, ParseError::bad_version);
}

TEST(TeredoView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<TeredoView>(header);
}

TEST(TeredoView, WritesWhatItReads) {
  std::vector<std::uint8_t> to(header.size(), 0xff);
  ASSERT_EQ(fields.write(to, {}), header.size());
  EXPECT_EQ(to, header);
  for (std::size_t size = 0; size < header.size(); ++size) {
    std::vector<std::uint8_t> small(size);
    EXPECT_FALSE(fields.write(small, {})) << size;
  }
}

TEST(TeredoView, AllocatesNothing) {
  const auto bytes = before_ipv6(header);
  std::vector<std::uint8_t> to(header.size());
  const std::size_t before = test::allocation_count();
  const auto view = TeredoView::parse(bytes);
  const Written written = fields.write(to, {});
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(view);
  EXPECT_EQ(written, header.size());
}

TEST(TeredoView, KeepsEveryValue) {
  test::expect_keeps_values_parsed(
      TeredoFields{.has_authentication = true, .has_origin = true}, ipv6_byte, &TeredoView::parse,
      test::value(&TeredoFields::nonce, &TeredoView::nonce),
      test::value(&TeredoFields::confirmation, &TeredoView::confirmation),
      test::value(&TeredoFields::obfuscated_port, &TeredoView::obfuscated_port),
      test::value(&TeredoFields::obfuscated_address, &TeredoView::obfuscated_address),
      test::value(&TeredoFields::client_identifier, &TeredoView::client_identifier, 255),
      test::value(&TeredoFields::authentication_value, &TeredoView::authentication_value, 255));
}

TEST(TeredoView, WritesNoIdentifierWithoutAnAuthentication) {
  std::vector<std::uint8_t> to(64);
  EXPECT_EQ(TeredoFields{.client_identifier = client}.write(to, {}),
            std::unexpected{WriteError::bad_value});
}

TEST(TeredoView, IsWrittenAgain) {
  const auto bytes = before_ipv6(header);
  std::vector<std::uint8_t> again(header.size(), 0xff);
  ASSERT_TRUE(TeredoFields::of(*TeredoView::parse(bytes)).write(again, {}));
  EXPECT_EQ(again, header);
}

}  // namespace
}  // namespace weir::wire
