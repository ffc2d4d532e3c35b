#include "weir/sandbox/capabilities.h"

#include <gtest/gtest.h>
#include <linux/capability.h>

namespace weir::sandbox {
namespace {

TEST(Capabilities, AreNamedAsSetcapNamesThem) {
  EXPECT_EQ(names_of(0), "none");
  EXPECT_EQ(names_of(only(CAP_NET_RAW)), "cap_net_raw");
  EXPECT_EQ(names_of(only(CAP_NET_RAW) | only(CAP_CHOWN)), "cap_chown,cap_net_raw");
  EXPECT_EQ(names_of(only(63)), "63");
}

}  // namespace
}  // namespace weir::sandbox
