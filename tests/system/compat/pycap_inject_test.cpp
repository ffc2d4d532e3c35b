// pycap's inject on adapters: what arrives, and what the kernel there makes of it.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "support/frames.h"
#include "sys/file_descriptor.h"
#include "system/network.h"
#include "weir/capture/adapter.h"
#include "weir/compat/pycap.h"

namespace weir::test {
namespace {

using compat::pycap::Ethernet;
using compat::pycap::item;
using compat::pycap::pycap;
using compat::pycap::inject::injector;
using protocol_header = compat::pycap::protocol::any_header;
namespace inject = compat::pycap::inject;
namespace protocol = compat::pycap::protocol;

/// "near" without an address; "far" has 192.0.2.2, and knows where 192.0.2.1 is.
class PycapInject : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    ip("addr add 192.0.2.2/24 dev far");
    ip("neigh add 192.0.2.1 lladdr 02:00:5e:10:00:01 dev far");
    run("sysctl -qw net.ipv4.conf.far.accept_local=1 net.ipv4.conf.far.rp_filter=0 "
        "net.ipv4.conf.all.rp_filter=0");
    std::string mac = weir::capture::adapter("far").mac;
    std::ranges::replace(mac, '-', ':');
    link_ = Ethernet{0x0800, "02:00:5e:10:00:01", mac};
  }
  static protocol::ip to_far(std::uint8_t number) {
    return {4, 0, 1, 0, 64, number, 0, "192.0.2.1", "192.0.2.2"};
  }

  Ethernet link_{};
};

TEST_F(PycapInject, SendsTheVeryFrame) {
  // C-16 XC-18
  injector near{"near"};
  EXPECT_EQ(near.device(), "near");
  pycap far{"far"};
  const protocol_header headers[] = {link_, to_far(17), protocol::udp{1024, 9, 0}};
  const Octets payload = rest(20);
  near.inject(headers, payload);
  const auto found = far.next();
  EXPECT_TRUE(
      std::ranges::equal(found->find<Ethernet>()->packet(), inject::frame_of(headers, payload)));
  EXPECT_TRUE(std::ranges::equal(found->rest, payload));
}

TEST_F(PycapInject, ASocketReceivesTheDatagram) {
  // XC-18 XC-20
  const sys::FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(5353);
  ASSERT_EQ(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
            0);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  injector near{"near"};
  const protocol_header headers[] = {link_, to_far(17), protocol::udp{1024, 5353, 0}};
  near.inject(headers, rest(7));
  Octets received(100);
  EXPECT_EQ(::recv(socket.number(), received.data(), received.size(), 0), 7);
}

TEST_F(PycapInject, APingIsAnswered) {
  // XC-20
  injector near{"near"};
  pycap answers{"near"};
  answers.filter("icmp[icmptype] = icmp-echoreply");
  const protocol_header headers[] = {link_, to_far(1), protocol::icmpEchoRequest{0, 0, 77, 5}};
  near.inject(headers, rest(56));
  const auto found = answers.next();
  const auto* const reply = found->find<protocol::icmpEchoReply>();
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(std::tie(reply->id, reply->sequence), std::tuple(77, 5));
  EXPECT_TRUE(std::ranges::equal(found->rest, rest(56)));
}

TEST_F(PycapInject, SendsNothingOfWhatIsNoPacket) {
  // XC-19
  injector near{"near"};
  pycap far{"far"};
  const protocol_header udp = protocol::udp{1024, 9, 0};
  EXPECT_THROW(near.inject({{udp}}), inject::error);
  EXPECT_THROW(near.inject({{protocol_header{to_far(17)}, udp}}), inject::error);
  const protocol_header no_transport[] = {link_, to_far(17)};
  EXPECT_THROW(near.inject(no_transport, rest(3)), inject::error);
  const protocol_header headers[] = {link_, to_far(17), udp};
  near.inject(headers, rest(1));
  EXPECT_EQ(far.next()->rest.size(), 1U) << "nothing of the others is left";
}

TEST_F(PycapInject, SaysWhyTheAdapterDidNotTakeIt) {
  injector near{"near"};
  const protocol_header headers[] = {link_, to_far(17), protocol::udp{1024, 9, 0}};
  try {
    near.inject(headers, rest(2000));
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EMSGSIZE);
  }
  ip("link set near down");
  EXPECT_THROW(near.inject(headers, rest(1)), SystemError);
  EXPECT_THROW(injector{"no-such"}, SystemError);
}

TEST_F(PycapInject, TakesTheDefaultAdapter) {
  // XC-18
  EXPECT_EQ(injector{}.device(), "far");
}

}  // namespace
}  // namespace weir::test
