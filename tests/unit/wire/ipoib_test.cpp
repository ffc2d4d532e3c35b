// Tests of IpoibView and IpoibFields.
#include "weir/wire/ipoib.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "support/value_checks.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::hex;

const auto routing_header =
    hex("60 00 00 00 00 1c 04 40 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fe 80 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 02");
const auto header =
    hex("60 00 00 00 00 1c 04 40 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 fe 80 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 02 08 00 00 00");
const IpoibFields fields{.routing_header = routing_header, .type = 0x0800};

TEST(IpoibView, ReadsEveryField) {
  const auto view = IpoibView::parse(header);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->type(), 0x0800);
  EXPECT_EQ(test::exactly(view->routing_header()), routing_header);
}

TEST(IpoibView, RefusesEveryShorterPrefix) {
  test::expect_refuses_every_shorter_prefix<IpoibView>(header);
}

TEST(IpoibView, WritesNoRoutingHeaderOfAnotherLength) {
  const std::vector<std::uint8_t> odd(39);
  std::vector<std::uint8_t> to(300);
  EXPECT_EQ((IpoibFields{.routing_header = odd}.write(to, {})),
            std::unexpected{WriteError::bad_value});
}

TEST(IpoibView, TakesEverythingBehindAsPayload) {
  test::expect_payload_is_the_rest<IpoibView>(header);
}

TEST(IpoibView, WritesWhatItReads) { test::expect_writes<IpoibView>(fields, header); }

TEST(IpoibView, AllocatesNothing) { test::expect_allocates_nothing<IpoibView>(fields, header); }

TEST(IpoibView, KeepsEveryValue) {
  test::expect_keeps_values<IpoibView>(IpoibFields{},
                                       test::value(&IpoibFields::type, &IpoibView::type),
                                       test::value(&IpoibFields::reserved, &IpoibView::reserved));
}

TEST(IpoibView, LosesNoBit) { test::expect_rewrites<IpoibView, IpoibFields>(header); }

}  // namespace
}  // namespace weir::wire
