// Names a capture carries.
#include "weir/savefile/resolved_names.h"

#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;

class ResolvedNamesOf : public testing::TestWithParam<ByteOrder> {
 protected:
  [[nodiscard]] CaptureBytes bytes() const { return CaptureBytes{GetParam()}; }
  [[nodiscard]] static bool is_big() { return GetParam() == ByteOrder::big; }
};
INSTANTIATE_TEST_SUITE_P(BothOrders, ResolvedNamesOf,
                         testing::Values(ByteOrder::little, ByteOrder::big), [](const auto& order) {
                           return order.param == ByteOrder::big ? "Big" : "Little";
                         });

TEST_P(ResolvedNamesOf, NamesAreCountedByKindOfAddress) {
  CaptureBytes body = bytes()
                          .option(1, std::string{"\xc0\0\2\1one\0two\0", 12})
                          .option(2, std::string(16, 'a') + std::string{"three\0", 6})
                          .option(1, std::string{"\xc0\0\2\2", 4})
                          .option(1, "\xc0")
                          .option(77, std::string{"\0\0\0", 3})
                          .option(0, "")
                          .option(1, std::string{"\xc0\0\2\1not\0", 8});
  ResolvedNames names{.ipv4 = 10, .ipv6 = 20};
  add_resolved_names(names, {.type = 4, .body = body.bytes(), .big_endian = is_big()});
  EXPECT_EQ(names, (ResolvedNames{.ipv4 = 12, .ipv6 = 21}));
  add_resolved_names(names, {.type = 10, .body = body.bytes(), .big_endian = is_big()});
  EXPECT_EQ(names, (ResolvedNames{.ipv4 = 12, .ipv6 = 21}));
}

}  // namespace
}  // namespace weir::savefile
