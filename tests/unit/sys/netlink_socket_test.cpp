// Questions to the kernel of this machine, which everybody may ask.
#include "sys/netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::sys {
namespace {

TEST(NetlinkSocket, GivesAListAsWholeMessages) {
  NetlinkSocket socket{NETLINK_ROUTE};
  for (int round = 0; round < 3; ++round) {
    const auto answer = socket.ask(RTM_GETLINK, NLM_F_DUMP, body_of(ifinfomsg{}));
    Bytes rest{answer};
    std::size_t links = 0;
    while (const auto message = take_message(rest)) {
      EXPECT_EQ(message->type, RTM_NEWLINK);
      ++links;
    }
    EXPECT_GE(links, 1u);
  }
}

TEST(NetlinkSocket, GivesASingleAnswer) {
  NetlinkSocket socket{NETLINK_ROUTE};
  ifinfomsg first{};
  first.ifi_index = 1;
  const auto answer = socket.ask(RTM_GETLINK, 0, body_of(first));
  Bytes rest{answer};
  EXPECT_TRUE(take_message(rest));
  EXPECT_TRUE(rest.empty());
}

TEST(NetlinkSocket, ThrowsTheKernelsErrorAndStaysUsable) {
  NetlinkSocket socket{NETLINK_ROUTE};
  ifinfomsg nobody{};
  nobody.ifi_index = 0x7fffffff;
  try {
    static_cast<void>(socket.ask(RTM_GETLINK, 0, body_of(nobody)));
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), ENODEV);
  }
  EXPECT_FALSE(socket.ask(RTM_GETLINK, NLM_F_DUMP, body_of(ifinfomsg{})).empty());
}

TEST(NetlinkSocket, HasNoNewsWithoutWaiting) {
  NetlinkSocket socket{NETLINK_ROUTE};
  socket.subscribe(RTNLGRP_PHONET_IFADDR);
  Bytes messages;
  EXPECT_EQ(socket.receive(messages), NetlinkSocket::News::none);
}

TEST(NetlinkSocket, RefusesAGroupThatIsNone) {
  NetlinkSocket socket{NETLINK_ROUTE};
  EXPECT_THROW(socket.subscribe(100'000), SystemError);
}

}  // namespace
}  // namespace weir::sys
