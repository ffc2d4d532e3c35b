// Tests of EtherIpView and EtherIpFields.
#include "weir/wire/ether_ip.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto header = hex("30 00");
const EtherIpFields fields{};

TEST(EtherIpView, ReadsTheVersion) {
  const auto view = EtherIpView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->version(), 3);
}

TEST(EtherIpView, RefusesEachBadField) {
  test::expect_refuses<EtherIpView>(header, 0, 0x40, ParseError::bad_version);
  test::expect_refuses<EtherIpView>(header, 0, 0x31, ParseError::bad_field);
  test::expect_refuses<EtherIpView>(header, 1, 0x01, ParseError::bad_field);
}

TEST(EtherIpView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<EtherIpView>(header);
}

TEST(EtherIpView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<EtherIpView>(header);
}

TEST(EtherIpView, WritesWhatItReads) { test::expect_writes<EtherIpView>(fields, header); }

TEST(EtherIpView, AllocatesNothing) { test::expect_allocates_nothing<EtherIpView>(fields, header); }

TEST(EtherIpView, KeepsWhatIsWrongOnPurposeAndRefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> to(64);
  ASSERT_TRUE((EtherIpFields{.version = 15}.write(to, {})));
  EXPECT_EQ(to[0], 0xf0);
  EXPECT_EQ((EtherIpFields{.version = 16}.write(to, {})), std::unexpected{WriteError::bad_value});
  ASSERT_TRUE((EtherIpFields{.reserved = 0x0fff}.write(to, {})));
  EXPECT_EQ(load_be<std::uint16_t>(to.data()), 0x3fff);
  EXPECT_EQ((EtherIpFields{.reserved = 0x1000}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

}  // namespace
}  // namespace weir::wire
