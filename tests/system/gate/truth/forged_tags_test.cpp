// What processes without rights send as though a gate had sent it on.
#include <gtest/gtest.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "gate/kernel/layout.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Action;
using gate::Gate;
namespace tag = gate::tag;

constexpr std::uint16_t port = 7'000;
constexpr std::uint32_t gate_address = 0x0a0001fe, left_address = 0x0a000101;

sys::FileDescriptor forger(const std::string& adapter = {}) {
  sys::FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  // CLOCK_MONOTONIC is everybody's.
  const sock_txtime clock{.clockid = CLOCK_MONOTONIC, .flags = 0};
  EXPECT_EQ(::setsockopt(socket.number(), SOL_SOCKET, SO_TXTIME, &clock, sizeof clock), 0);
  if (!adapter.empty()) {
    EXPECT_EQ(::setsockopt(socket.number(), SOL_SOCKET, SO_BINDTODEVICE, adapter.c_str(),
                           static_cast<socklen_t>(adapter.size())),
              0);
  }
  return socket;
}

void send(const sys::FileDescriptor& socket, std::uint32_t address, std::uint64_t time) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(address);
  char payload[] = "forged";
  iovec bytes{.iov_base = payload, .iov_len = sizeof payload};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof time)] = {};
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = sizeof to;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_TXTIME;
  header->cmsg_len = CMSG_LEN(sizeof time);
  std::memcpy(CMSG_DATA(header), &time, sizeof time);
  EXPECT_EQ(::sendmsg(socket.number(), &message, 0), static_cast<ssize_t>(sizeof payload));
}

/// As of the gates that may be here, and of ones that are further on.
std::vector<std::uint64_t> tags() {
  std::vector<std::uint64_t> tags{
      tag::going_on(tag::place(std::numeric_limits<std::int32_t>::max(), 1)),
      tag::going_on(tag::place(std::numeric_limits<std::int32_t>::min(), 1))};
  for (std::uint32_t instance = 0; instance < 4; ++instance) {
    tags.push_back(tag::going_on(tag::place(0, instance)));
    tags.push_back(tag::turning(tag::place(0, instance)));
  }
  return tags;
}

class GateForgedTags : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (IsSkipped()) return;
    route();
    run("ping -qc 1 -W 2 10.0.1.1 >/dev/null");
    gate_.emplace(options());
    gate_->add({.action = Action::drop, .filter = "udp port 7000"});
    gate_->start();
  }

  std::optional<Gate> gate_{};
};

TEST_P(GateForgedTags, OfThisHostAreNone) {
  const DatagramSocket receiver{left(), port};
  const auto socket = forger();
  for (const std::uint64_t time : tags()) send(socket, left_address, time);
  EXPECT_TRUE(receiver.receive(200).empty());
  EXPECT_EQ(counters_of(*gate_, "to_left", Direction::out).dropped.packets, tags().size());
}

TEST_P(GateForgedTags, OfANeighborThatSharesTheKernelAreNone) {
  const DatagramSocket receiver{port};
  left().inside([&] {
    const auto socket = forger();
    for (const std::uint64_t time : tags()) send(socket, gate_address, time);
  });
  EXPECT_TRUE(receiver.receive(200).empty());
  EXPECT_EQ(counters_of(*gate_, "to_left", Direction::in).dropped.packets, tags().size());
}

TEST_P(GateForgedTags, GetNothingIntoAnAdapterByTheHelper) {
  const std::uint32_t index = ::if_nametoindex("to_left");
  constexpr std::uint32_t all_hosts = 0xe0000001;
  send(forger("weir0"), all_hosts, tag::going_in(index));
  const auto counters = counters_of(*gate_, "to_left", Direction::in);
  EXPECT_EQ(counters.reinjected.packets, 0U);
  EXPECT_EQ(counters.seen.packets, 0U);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateForgedTags,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
