// Frames inserted as received reach local sockets, and captures on the adapter once.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "support/allocations.h"
#include "support/temporary_folder.h"
#include "system/inject/local_host.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/wire/tcp.h"

namespace weir::test {
namespace {

using capture::Live;
using inject::Incoming;
using inject::IncomingMethod;
using inject::Refusal;
using inject::SendCounts;
using inject::Sent;
using namespace std::chrono_literals;

class IncomingTest : public EachMethodTest {};

INSTANTIATE_TEST_SUITE_P(ByWay, IncomingTest,
                         ::testing::Values(IncomingMethod::xdp, IncomingMethod::redirect),
                         [](const auto& each) { return std::string{name(each.param)}; });

std::vector<Octets> seen_in(PacketSource& source) {
  std::vector<Octets> frames;
  for (const OwnedPacket& packet : collect(source)) {
    if (packet.packet().direction == Direction::in) frames.push_back(octets(packet.packet()));
  }
  return frames;
}

TEST_P(IncomingTest, DatagramsReachSocketsOfBothFamilies) {
  Incoming incoming = open("near");
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const UdpReceiver receiver{family};
    EXPECT_TRUE(incoming.insert(datagram_to_near(family, "hello")));
    EXPECT_EQ(receiver.next(), "hello");
    EXPECT_EQ(receiver.next(), "");
  }
  EXPECT_EQ(incoming.method(), GetParam());
  EXPECT_EQ(incoming.link_type(), LinkType::ethernet);
  EXPECT_EQ(incoming.adapter(), "near");
}

TEST_P(IncomingTest, CapturesOnTheAdapterSeeEachOnceAndAsReceived) {
  const UdpReceiver receiver{Family::ipv4};
  Live near{"near"};
  Live far{"far"};
  Incoming incoming = open("near");
  const Octets plain = datagram_to_near(Family::ipv4, "plain");
  const std::vector<Octets> frames{plain,
                                   numbered_frame(1),
                                   tagged(plain, 5),
                                   tagged(tagged(plain, 5), 7, 0x88a8),
                                   datagram_of_length(1514),
                                   Octets(plain.begin(), plain.begin() + 14)};
  const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
  EXPECT_EQ(incoming.insert(borrowed).frames, frames.size());
  EXPECT_EQ(seen_in(near), frames);
  for (const Octets& frame : seen_in(far)) EXPECT_EQ(std::ranges::count(frames, frame), 0);
}

TEST_P(IncomingTest, ACaptureOnAllAdaptersSeesTheWayItTakes) {
  Live all{"any", {.filter = filter::Filter{"ether proto 0x88b5"}}};
  Incoming incoming = open("near");
  EXPECT_TRUE(incoming.insert(numbered_frame(1)));
  EXPECT_EQ(seen_in(all).size(), GetParam() == IncomingMethod::xdp ? 1U : 2U);
}

TEST_P(IncomingTest, TcpdumpOnTheAdapterSeesEachOnce) {
  if (std::system("command -v tcpdump >/dev/null") != 0) GTEST_SKIP() << "needs tcpdump";
  const UdpReceiver receiver{Family::ipv4};
  const TemporaryFolder folder;
  const std::string lines = folder.path("lines");
  const auto told = [&](const std::string& what) {
    return std::system(("grep -q '" + what + "' " + lines).c_str()) == 0;
  };
  run("timeout 20 tcpdump -Z root -i near -n -l -Q in udp port 7200 >" + lines +
      " 2>&1 & echo $! >" + folder.path("process"));
  for (int i = 0; i < 1000 && !told("listening on"); ++i) std::this_thread::sleep_for(10ms);
  Incoming incoming = open("near");
  EXPECT_TRUE(incoming.insert(datagram_to_near(Family::ipv4, "one"), 3));
  for (int i = 0; i < 300 && !told("7200"); ++i) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(200ms);
  run("kill $(cat " + folder.path("process") + ")");
  run("test $(grep -c '192.0.2.1.50000 > 192.0.2.2.7200: UDP, length 3' " + lines + ") = 3");
}

TEST_P(IncomingTest, AChecksumThatIsWrongIsFoundOut) {
  const UdpReceiver receiver{Family::ipv4};
  Octets wrong = datagram_to_near(Family::ipv4, "wrong");
  wrong[42] ^= 1;
  EXPECT_TRUE(open("near").insert(wrong));
  EXPECT_EQ(receiver.next(), "");
}

TEST_P(IncomingTest, AVlanAdapterReceivesWhatIsTaggedForIt) {
  if (std::system("ip link add link near name near.5 type vlan id 5 2>/dev/null") != 0) {
    GTEST_SKIP() << "needs VLAN adapters (8021q)";
  }
  ip("link set near.5 up");
  ip("addr add 198.51.100.2/24 dev near.5");
  const UdpReceiver receiver{Family::ipv4};
  Live vlan{"near.5"};
  const Octets plain = datagram_to_near(Family::ipv4, "tagged");
  EXPECT_TRUE(open("near").insert(tagged(plain, 5)));
  EXPECT_EQ(seen_in(vlan), std::vector<Octets>{plain});
  EXPECT_EQ(receiver.next(), "tagged");
}

/// A server on port 7300.
class Listener {
 public:
  Listener() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(7300);
    ::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(socket_.number(), 1);
  }
  [[nodiscard]] std::string first_words() const {
    pollfd wait{.fd = socket_.number(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, 1000) != 1) return "nobody";
    const sys::FileDescriptor connection{::accept(socket_.number(), nullptr, nullptr)};
    wait = {.fd = connection.number(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, 1000) != 1) return "nothing";
    char text[100];
    const ssize_t size = ::recv(connection.number(), text, sizeof text, 0);
    return {text, size < 0 ? 0 : static_cast<std::size_t>(size)};
  }

 private:
  sys::FileDescriptor socket_;
};

TEST_P(IncomingTest, AConnectionOpensAndCarriesWords) {
  const Listener listener;
  Live far{"far", {.filter = filter::Filter{"tcp"}}};
  Incoming incoming = open("near");
  EXPECT_TRUE(incoming.insert(segment_to_near({.flags = wire::tcp_flags::syn, .sequence = 1000})));
  const auto answers = collect(far, 1);
  ASSERT_EQ(answers.size(), 1U);
  const Octets answer = octets(answers[0].packet());
  const auto tcp = wire::TcpView::parse(Bytes{answer}.subspan(34));
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->flags(), wire::tcp_flags::syn | wire::tcp_flags::ack);
  EXPECT_EQ(tcp->acknowledgment_number(), 1001U);
  EXPECT_TRUE(incoming.insert(segment_to_near({.flags = wire::tcp_flags::ack,
                                               .sequence = 1001,
                                               .acknowledgment = tcp->sequence_number() + 1,
                                               .payload = "good day"})));
  EXPECT_EQ(listener.first_words(), "good day");
}

TEST_P(IncomingTest, AnAdapterWithoutALinkHeaderReceivesIpPackets) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  const Tunnel tunnel{"tunnel"};
  ip("addr flush dev near");
  run("echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/tunnel/disable_ipv6 || true");
  ip("addr add 192.0.2.2/24 dev tunnel");
  ip("addr add 2001:db8::2/64 dev tunnel nodad");
  Incoming incoming = open("tunnel");
  EXPECT_EQ(incoming.link_type(), LinkType::raw);
  Live live{"tunnel"};
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const UdpReceiver receiver{family};
    const Octets packet = packet_to_near(family, "hello");
    EXPECT_TRUE(incoming.insert(packet));
    EXPECT_EQ(receiver.next(), "hello");
    EXPECT_EQ(seen_in(live), std::vector<Octets>{packet});
  }
  EXPECT_EQ(incoming.insert(Octets(19, 0x45)).refusal, Refusal::too_short);
  EXPECT_EQ(incoming.insert(datagram_to_near(Family::ipv4, "")).refusal, Refusal::link_type);
}

TEST_P(IncomingTest, TheLoopbackAdapterReceivesIpv4OnlyWhenItIsToldTo) {
  run("echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/lo/disable_ipv6 || true");
  ip("link set lo up");
  Octets from_itself = datagram_to_near(Family::ipv6, "six");
  std::fill_n(from_itself.begin(), 12, std::uint8_t{0});
  Octets to_itself = datagram_to_near(Family::ipv4, "four");
  std::fill_n(to_itself.begin(), 12, std::uint8_t{0});
  ip("addr add 192.0.2.1/32 dev lo");
  Incoming incoming = open("lo");
  const UdpReceiver six{Family::ipv6};
  EXPECT_TRUE(incoming.insert(from_itself));
  EXPECT_EQ(six.next(), "six");
  const UdpReceiver four{Family::ipv4};
  EXPECT_TRUE(incoming.insert(to_itself));
  EXPECT_EQ(four.next(), "");
  run("echo 1 >/proc/sys/net/ipv4/conf/lo/accept_local");
  EXPECT_TRUE(incoming.insert(to_itself));
  EXPECT_EQ(four.next(), "four");
}

TEST_P(IncomingTest, TwoInsertAtOnceAndAllArrives) {
  const UdpReceiver receiver{Family::ipv4};
  const Octets frame = datagram_to_near(Family::ipv4, "one of many");
  constexpr std::uint64_t each = 2000;
  const auto insert = [&] {
    Incoming incoming = open("near");
    EXPECT_EQ(incoming.insert(frame, each).frames, each);
  };
  std::thread other{insert};
  insert();
  other.join();
  EXPECT_EQ(receiver.count(), 2 * each);
}

TEST_P(IncomingTest, NothingIsAllocatedForAFrame) {
  Incoming incoming = open("near");
  const std::vector<Octets> frames{datagram_to_near(Family::ipv4, "a"), datagram_of_length(1514)};
  const std::vector<Bytes> borrowed{frames.begin(), frames.end()};
  const std::size_t before = allocation_count();
  for (int i = 0; i < 50; ++i) static_cast<void>(incoming.insert(borrowed));
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(incoming.counts().sent, 100U);
}

using LongFrames = LocalHostTest;

TEST_F(LongFrames, GoWhereThereIsRoomForThem) {
  const UdpReceiver receiver{Family::ipv4};
  Live near{"near"};
  Incoming incoming{"near"};
  for (const std::size_t length :
       {std::size_t{60}, inject::longest_by_xdp, inject::longest_by_xdp + 1, std::size_t{60'000},
        std::size_t{65'535 + 14}}) {
    EXPECT_TRUE(incoming.insert(datagram_of_length(length))) << length;
    EXPECT_EQ(receiver.next().size(), length - 42);
    EXPECT_EQ(seen_in(near).size(), 1U);
  }
  if (incoming.method(60) == IncomingMethod::xdp) {
    EXPECT_EQ(incoming.method(inject::longest_by_xdp), IncomingMethod::xdp);
    EXPECT_EQ(incoming.method(inject::longest_by_xdp + 1), IncomingMethod::redirect);
    Incoming only{"near", {.method = IncomingMethod::xdp}};
    EXPECT_EQ(only.insert(datagram_of_length(4000)).refusal, Refusal::too_long);
    EXPECT_EQ(only.method(4000), IncomingMethod::xdp);
  }
}

}  // namespace
}  // namespace weir::test
