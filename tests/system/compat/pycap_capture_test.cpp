// pycap on adapters: what it captures, when it gives up, what it counts.
#include <gtest/gtest.h>

#include <chrono>

#include "support/frames.h"
#include "system/compat/monitored.h"
#include "system/network.h"
#include "weir/compat/pycap.h"

namespace weir::test {
namespace {

using compat::pycap::item;
using compat::pycap::pycap;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace protocol = compat::pycap::protocol;
using PycapCapture = LiveTest;

int port_of(const std::optional<item>& found) {
  const auto* const udp = found ? found->find<protocol::udp>() : nullptr;
  return udp == nullptr ? 0 : udp->destinationport;
}

TEST_F(PycapCapture, HandsOutWhatComes) {
  // C-1 C-7 C-11 C-13a C-13b
  pycap far{"far"};
  EXPECT_EQ(far.device(), "far");
  EXPECT_FALSE(far.filename());
  EXPECT_EQ(far.datalink(), 1);
  const Timestamp before = wall_clock();
  send("near", {datagram_of(1), datagram_of(2)});
  EXPECT_EQ(port_of(far.next()), 1);
  const auto second = far.next();
  EXPECT_EQ(port_of(second), 2);
  EXPECT_GE(second->time, before - std::chrono::seconds{1});
  EXPECT_LE(second->time, wall_clock());
}

TEST_F(PycapCapture, TakesTheFirstAdapterThatIsUpAndHasAnAddress) {
  // C-2 XC-2
  EXPECT_THROW(pycap{}, SystemError);
  ip("addr add 192.0.2.1/24 dev far");
  EXPECT_EQ(pycap{}.device(), "far");
  EXPECT_EQ(compat::pycap::capture::capture{}.device(), "far");
}

TEST_F(PycapCapture, GivesUpAtTheTimeoutAndGoesOnAfterwards) {
  // C-6 C-9
  for (const int timeout : {60, 255}) {
    pycap far{"far", {}, 65535, false, timeout};
    const auto start = steady_clock::now();
    EXPECT_THROW(far.next(), pycap::error);
    const auto waited = steady_clock::now() - start;
    EXPECT_GE(waited, milliseconds{timeout});
    EXPECT_LT(waited, milliseconds{timeout} + milliseconds{200});
    send("near", {datagram_of(9)});
    EXPECT_EQ(port_of(far.next()), 9);
  }
  EXPECT_EQ(pycap{"far"}.timeout(), milliseconds{255});
  EXPECT_FALSE((pycap{"far", {}, 65535, false, 0}.timeout()));
}

TEST_F(PycapCapture, CapturesSoManyBytesOfEachPacket) {
  // C-4
  pycap far{"far", {}, 50};
  send("near", {datagram_of(1, 400)});
  const auto found = far.next();
  EXPECT_EQ(found->find<compat::pycap::Ethernet>()->packet().size(), 50U);
  EXPECT_EQ(found->rest.size(), 8U);
  EXPECT_EQ(found->find<protocol::ip>()->length, 386);
  pycap whole{"far"};
  send("near", {datagram_of(1, 1400)});
  EXPECT_EQ(whole.next()->find<compat::pycap::Ethernet>()->packet().size(), 1400U);
}

TEST_F(PycapCapture, IsPromiscuousWhereThatIsAskedFor) {
  // C-5
  {
    const pycap far{"far", {}, 65535, true};
    EXPECT_EQ(promiscuity("far"), 1);
  }
  const pycap far{"far"};
  EXPECT_EQ(promiscuity("far"), 0);
}

TEST_F(PycapCapture, CountsReceivedAndDropped) {
  // C-10
  pycap far{"far"};
  far.filter("udp port 5");
  send("near", {datagram_of(4), datagram_of(5), datagram_of(5), datagram_of(6)});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(port_of(far.next()), 5);
  const auto counts = far.stats();
  EXPECT_EQ(counts.received, 2U);
  EXPECT_EQ(counts.dropped, 0U);
  EXPECT_EQ(counts.dropped_by_interface, 0U);
}

TEST_F(PycapCapture, FiltersAllThatFollows) {
  // C-12 XC-4
  pycap far{"far"};
  send("near", {datagram_of(1), datagram_of(2), datagram_of(3)});
  EXPECT_EQ(port_of(far.next()), 1);
  far.filter("udp port 3");
  EXPECT_EQ(port_of(far.next()), 3) << "what waited is judged, too";
  send("near", {datagram_of(2), datagram_of(3)});
  EXPECT_EQ(port_of(far.next()), 3);
  EXPECT_THROW(far.filter("no such thing"), FilterError);
  EXPECT_THROW(far.next(), pycap::error);
}

TEST_F(PycapCapture, LooksUpNamesWhenTheFilterIsSet) {
  // C-12
  pycap far{"far"};
  far.filter("dst host localhost");
  EXPECT_THROW(far.filter("host no.such.host.invalid"), FilterError);
}

TEST_F(PycapCapture, SaysThatTheAdapterIsGone) {
  pycap far{"far"};
  ip("link set far down");
  EXPECT_THROW(
      {
        for (int i = 0; i < 20; ++i) {
          try {
            far.next();
          } catch (const pycap::error&) {
          }
        }
      },
      SystemError);
  EXPECT_THROW(pycap{"far"}, SystemError);
  EXPECT_THROW(pycap{"no-such"}, SystemError);
}

}  // namespace
}  // namespace weir::test
