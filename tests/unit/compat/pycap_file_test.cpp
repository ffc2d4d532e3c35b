// pycap on capture files.
#include <gtest/gtest.h>

#include <fstream>

#include "support/frames.h"
#include "support/temporary_folder.h"
#include "weir/compat/pycap.h"
#include "weir/savefile/writer.h"

namespace weir::compat::pycap {
namespace {

using test::Octets;

/// A capture file of datagrams to ports 1, 2, …, a second apart from 100.05 s on.
class PycapFile : public ::testing::Test {
 protected:
  PycapFile() {
    savefile::Writer writer{path_};
    for (std::uint16_t port = 1; port <= 5; ++port) {
      const Octets octets = datagram(port);
      Packet packet{.data = octets, .wire_length = static_cast<std::uint32_t>(octets.size())};
      packet.timestamp = Timestamp{std::chrono::seconds{99 + port} + std::chrono::milliseconds{50}};
      write(writer, packet);
    }
    writer.close();
  }
  static Octets datagram(std::uint16_t port) {
    return test::frame(wire::EthernetFields{.type_or_length = std::uint16_t{0x0800}},
                       wire::Ipv4Fields{.protocol = std::uint8_t{17}},
                       wire::UdpFields{.destination_port = port}, test::rest(3));
  }
  static void write(savefile::Writer& writer, const Packet& packet) {
    const Interface interface{};
    writer.write({&interface, 1}, {&packet, 1});
  }
  static int port_of(const std::optional<item>& found) {
    return found ? found->find<protocol::udp>()->destinationport : 0;
  }

  test::TemporaryFolder folder_{};
  std::string path_ = folder_.path("five.pcap");
};

TEST_F(PycapFile, HandsOutItsPacketsAndThenNothing) {
  // C-3 C-7 C-11 C-13a C-13b
  pycap file{{}, path_};
  EXPECT_EQ(file.filename(), path_);
  EXPECT_EQ(file.device(), "");
  EXPECT_EQ(file.datalink(), 1);
  for (int port = 1; port <= 5; ++port) EXPECT_EQ(port_of(file.next()), port);
  EXPECT_FALSE(file.next());
  EXPECT_FALSE(file.next());
}

TEST_F(PycapFile, TellsTimesToTheNanosecond) {
  // C-8 Q-1: a fraction of less than a tenth of a second is one
  pycap file{{}, path_};
  EXPECT_EQ(file.next()->time, Timestamp{std::chrono::milliseconds{100'050}});
}

TEST_F(PycapFile, IsOpenedByFromFileAndIsItsOwnIterator) {
  // XC-1 XC-2 XC-3
  auto file = capture::capture::fromFile(path_);
  int port = 0;
  for (const item& found : file) EXPECT_EQ(found.find<protocol::udp>()->destinationport, ++port);
  EXPECT_EQ(port, 5);
}

TEST_F(PycapFile, IsFilteredFromTheNextPacketOn) {
  // C-12 XC-4
  pycap file{{}, path_};
  EXPECT_EQ(port_of(file.next()), 1);
  file.filter("udp port 3 or udp port 5");
  EXPECT_EQ(port_of(file.next()), 3);
  file.filter("", true);
  EXPECT_EQ(port_of(file.next()), 4);
  EXPECT_THROW(file.filter("udp prot 3"), FilterError);
  EXPECT_THROW(file.filter("wlan type mgt"), FilterError);
  EXPECT_EQ(port_of(file.next()), 5) << "the filter before holds";
}

TEST_F(PycapFile, HasNoStatistics) {
  // C-10 XC-5
  pycap file{{}, path_};
  EXPECT_THROW(static_cast<void>(file.stats()), capture::error);
  EXPECT_THROW(static_cast<void>(file.stats()), pycap::error);
}

TEST_F(PycapFile, GoesOnBehindAPacketThatIsNotDecoded) {
  // XC-17
  const std::string path = folder_.path("wrong.pcap");
  {
    savefile::Writer writer{path};
    Octets wrong = datagram(1);
    wrong[14] = 0x65;
    const Octets right = datagram(2);
    for (const Octets* const octets : std::initializer_list<const Octets*>{&wrong, &right}) {
      write(writer, {.data = *octets, .wire_length = static_cast<std::uint32_t>(octets->size())});
    }
    writer.close();
  }
  pycap file{{}, path};
  EXPECT_THROW(file.next(), protocol::error);
  EXPECT_EQ(port_of(file.next()), 2);
  EXPECT_FALSE(file.next());
}

TEST_F(PycapFile, DeliversWhatIsWholeOfADamagedFile) {
  std::ofstream{path_, std::ios::app} << "torn";
  pycap file{{}, path_};
  for (int port = 1; port <= 5; ++port) EXPECT_EQ(port_of(file.next()), port);
  EXPECT_THROW(file.next(), FormatError);
  EXPECT_FALSE(file.next());
}

TEST_F(PycapFile, RefusesWhatIsNone) {
  // C-3 C-4 C-6
  EXPECT_THROW(pycap({}, folder_.path("missing.pcap")), SystemError);
  const std::string text = folder_.path("text");
  std::ofstream{text} << "no capture, but a long enough text to be one";
  EXPECT_THROW(pycap({}, text), FormatError);
  EXPECT_THROW(pycap("lo", {}, -1), Error);
  EXPECT_THROW(pycap("lo", {}, 262'145), Error);
  EXPECT_THROW(pycap("lo", {}, 65535, false, -1), Error);
}

}  // namespace
}  // namespace weir::compat::pycap
