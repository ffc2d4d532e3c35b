// PCAPSocket of steelscript on real adapters.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "support/temporary_folder.h"
#include "system/compat/monitored.h"
#include "weir/compat/steelscript.h"
#include "weir/savefile/reader.h"

namespace weir::test {
namespace {

using compat::steelscript::pcap_pkthdr_t;
using compat::steelscript::PCAPItem;
using compat::steelscript::PCAPSocket;
using namespace std::chrono_literals;
using SteelscriptSocket = LiveTest;

/// The next packets, time-outs passed over: so many, or as many as come within a second.
std::vector<Octets> packets(PCAPSocket& socket, std::size_t count) {
  std::vector<Octets> found;
  const auto until = std::chrono::steady_clock::now() + 1s;
  PCAPItem item;
  while (found.size() < count && std::chrono::steady_clock::now() < until && socket.next(item)) {
    if (!item.pkt.empty()) found.emplace_back(item.pkt.begin(), item.pkt.end());
  }
  return found;
}

Duration taken(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - start;
}

TEST_F(SteelscriptSocket, WalksPacketsWithTimeLengthsAndBytes) {
  // E-1 E-2 E-5 E-10
  PCAPSocket socket{"far", 0, 1, 50};
  EXPECT_TRUE(socket);
  const Timestamp before = wall_clock();
  const std::vector<Octets> sent = {datagram_of(53), datagram_of(54, 600)};
  send("near", sent);
  std::size_t count = 0;
  for (const PCAPItem& item : socket) {
    if (item.pkt.empty()) continue;
    EXPECT_EQ(Octets(item.pkt.begin(), item.pkt.end()), sent[count]);
    EXPECT_EQ(item.hdr.caplen, sent[count].size());
    EXPECT_EQ(item.hdr.len, sent[count].size());
    EXPECT_NEAR(item.ts, static_cast<double>(before.time_since_epoch().count()) / 1e9, 5);
    EXPECT_NEAR(item.ts, static_cast<double>(item.hdr.ts.tv_sec) + item.hdr.ts.tv_usec / 1e6, 1e-6);
    if (++count == 2) break;
  }
  EXPECT_EQ(count, 2U);
}

TEST_F(SteelscriptSocket, SaysWithAnEmptyItemThatNothingCame) {
  // E-8 E-9 E-16
  PCAPSocket socket{"far", 0, 1, 100};
  PCAPItem item;
  EXPECT_GE(taken([&] { EXPECT_TRUE(socket.next(item)); }), 90ms);
  EXPECT_TRUE(item.pkt.empty());
  EXPECT_EQ(item.hdr.caplen, 0U);
  EXPECT_EQ(socket.set_timeout(300), 0);
  EXPECT_GE(taken([&] { EXPECT_TRUE(socket.next(item)); }), 290ms);
  send("near", {datagram_of(53)});
  EXPECT_EQ(packets(socket, 1).size(), 1U) << "and goes on";
  EXPECT_THROW(socket.set_timeout(-1), Error);
}

TEST_F(SteelscriptSocket, WaitsASecondUnlessTold) {
  // E-8
  PCAPSocket socket{"far"};
  PCAPItem item;
  const Duration waited = taken([&] { EXPECT_TRUE(socket.next(item)); });
  EXPECT_GE(waited, 990ms);
  EXPECT_LE(waited, 3s);
}

TEST_F(SteelscriptSocket, ReturnsAtOnceWhereItDoesNotBlock) {
  // E-17 E-18
  PCAPSocket socket{"far", 0, 1, 60'000};
  EXPECT_EQ(socket.getnonblock(), 0);
  EXPECT_EQ(socket.setnonblock(1), 0);
  EXPECT_EQ(socket.getnonblock(), 1);
  PCAPItem item;
  EXPECT_LE(taken([&] { EXPECT_TRUE(socket.next(item)); }), 10s);
  EXPECT_TRUE(item.pkt.empty());
  send("near", {datagram_of(53)});
  EXPECT_EQ(packets(socket, 1).size(), 1U);
  socket.setnonblock(0);
  EXPECT_EQ(socket.getnonblock(), 0);
}

TEST_F(SteelscriptSocket, CutsPacketsAsItIsToldAlsoWhileItListens) {
  // E-6 E-14
  PCAPSocket socket{"far", 96, 1, 50};
  PCAPItem item;
  const auto next_of = [&](std::size_t size) {
    send("near", {datagram_of(53, size)});
    do {
      if (!socket.next(item)) break;
    } while (item.pkt.empty());
  };
  next_of(600);
  EXPECT_EQ(item.hdr.caplen, 96U);
  EXPECT_EQ(item.hdr.len, 600U);
  EXPECT_EQ(socket.set_snaplen(60), 0);
  next_of(600);
  EXPECT_EQ(item.pkt.size(), 60U);
  EXPECT_EQ(socket.set_snaplen(0), 0);
  next_of(600);
  EXPECT_EQ(item.pkt.size(), 600U);
  EXPECT_THROW(socket.set_snaplen(-1), Error);
}

TEST_F(SteelscriptSocket, IsPromiscuousAsItIsTold) {
  // E-7 E-15
  PCAPSocket socket{"far"};
  EXPECT_EQ(promiscuity("far"), 1);
  EXPECT_EQ(socket.set_promisc(0), 0);
  EXPECT_EQ(promiscuity("far"), 0);
  EXPECT_EQ(socket.set_promisc(1), 0);
  EXPECT_EQ(promiscuity("far"), 1);
  socket.close();
  EXPECT_EQ(promiscuity("far"), 0);
  const PCAPSocket other{"far", 0, 0};
  EXPECT_EQ(promiscuity("far"), 0);
}

TEST_F(SteelscriptSocket, DropsWhatCameBeforeTheFirstFilter) {
  // E-20
  PCAPSocket socket{"far", 0, 1, 50};
  send("near", {datagram_of(53), datagram_of(80)});
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(socket.add_bpf_filter("udp port 53"), 0);
  send("near", {datagram_of(80), datagram_of(53, 70)});
  EXPECT_EQ(packets(socket, 2), std::vector<Octets>{datagram_of(53, 70)});
}

TEST_F(SteelscriptSocket, FiltersAnewWhatHasNotBeenWalkedYet) {
  // E-20
  PCAPSocket socket{"far", 0, 1, 50};
  socket.add_bpf_filter("udp");
  send("near", {datagram_of(53), datagram_of(80), datagram_of(53, 70)});
  EXPECT_EQ(packets(socket, 1), std::vector<Octets>{datagram_of(53)});
  socket.add_bpf_filter("udp port 53");
  EXPECT_THROW(socket.add_bpf_filter("no such words"), FilterError);
  EXPECT_EQ(packets(socket, 2), std::vector<Octets>{datagram_of(53, 70)});
}

TEST_F(SteelscriptSocket, EndsAWaitAtOnceWhenItsStopEventIsSet) {
  // E-11
  const TemporaryFolder folder;
  PCAPSocket socket{"far", 0, 1, 60'000};
  socket.open_pcap_dumper(folder.path("out.pcap"));
  socket.dump_pkt(datagram_of(53));
  const auto event = socket.get_stop_event();
  EXPECT_FALSE(event.is_set());
  std::thread other{[&] {
    std::this_thread::sleep_for(200ms);
    event.set();
  }};
  PCAPItem item;
  EXPECT_LE(taken([&] { EXPECT_FALSE(socket.next(item)); }), 20s);
  other.join();
  EXPECT_TRUE(event.is_set());
  EXPECT_FALSE(socket);
  EXPECT_EQ(promiscuity("far"), 0) << "everything is closed";
  EXPECT_EQ(std::filesystem::file_size(folder.path("out.pcap")), 24U + 16 + 60);
}

TEST_F(SteelscriptSocket, EndsWithPacketsAtHandWhenItsStopEventIsSet) {
  // E-11
  PCAPSocket socket{"far", 0, 1, 50};
  send("near", {datagram_of(53), datagram_of(53), datagram_of(53)});
  EXPECT_EQ(packets(socket, 1).size(), 1U);
  socket.get_stop_event().set();
  EXPECT_TRUE(packets(socket, 1).empty());
  EXPECT_FALSE(socket);
  const auto event = PCAPSocket{"far"}.get_stop_event();
  event.set();
  EXPECT_TRUE(event.is_set()) << "also when the socket is gone";
}

TEST_F(SteelscriptSocket, DumpsPacketsAsTheyWere) {
  // E-3 E-21 E-22 E-23 E-24
  const TemporaryFolder folder;
  const std::string path = folder.path("out.pcap");
  PCAPSocket socket{"far", 0, 1, 50};
  socket.open_pcap_dumper(path);
  send("near", {datagram_of(53), datagram_of(54, 700)});
  std::vector<pcap_pkthdr_t> headers;
  PCAPItem item;
  while (headers.size() < 2 && socket.next(item)) {
    if (item.pkt.empty()) continue;
    socket.dump_hdr_pkt(item.hdr, item.pkt);
    headers.push_back(item.hdr);
  }
  socket.dump_hdr_pkt(headers[0], datagram_of(53), 1, 2);
  socket.dump_pkt(datagram_of(55), 3, 4);
  socket.close_pcap_dumper();
  EXPECT_TRUE(socket) << "the socket goes on";
  std::vector<OwnedPacket> written;
  for (const Packet& packet : savefile::Reader{path}) written.emplace_back(packet);
  ASSERT_EQ(written.size(), 4U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto time = written[i].packet().timestamp.time_since_epoch().count();
    EXPECT_EQ(time, headers[i].ts.tv_sec * 1'000'000'000 + headers[i].ts.tv_nsec);
    EXPECT_EQ(octets(written[i].packet()), i == 0 ? datagram_of(53) : datagram_of(54, 700));
  }
  EXPECT_EQ(written[2].packet().timestamp.time_since_epoch().count(), 1'000'002'000);
  EXPECT_EQ(written[3].packet().timestamp.time_since_epoch().count(), 3'000'004'000);
}

TEST_F(SteelscriptSocket, SendsFramesAsTheyAre) {
  // E-19
  PCAPSocket far{"far", 0, 1, 50};
  PCAPSocket near{"near", 0, 1, 50};
  EXPECT_EQ(near.sendpacket(datagram_of(53, 200)), 200);
  EXPECT_EQ(packets(far, 1), std::vector<Octets>{datagram_of(53, 200)});
  EXPECT_THROW(near.sendpacket(Octets(13, 0)), Error);
  EXPECT_THROW(near.sendpacket(Octets(70'000, 0)), Error);
  near.close();
  EXPECT_THROW(near.sendpacket(datagram_of(53)), Error);
}

TEST_F(SteelscriptSocket, KnowsTheNetworkOfItsDevice) {
  // E-12 E-13
  run("ip addr add 192.0.2.65/26 dev far");
  const PCAPSocket socket{"far"};
  EXPECT_EQ(socket.get_network(), "192.0.2.64");
  EXPECT_EQ(socket.get_netmask(), "255.255.255.192");
  const PCAPSocket other{"near"};
  EXPECT_EQ(other.get_network(), "");
  EXPECT_EQ(other.get_netmask(), "");
}

TEST_F(SteelscriptSocket, IsOverWhenItIsClosed) {
  // E-10 E-25
  const TemporaryFolder folder;
  PCAPSocket socket{"far", 0, 1, 50};
  socket.open_pcap_dumper(folder.path("out.pcap"));
  socket.dump_pkt(datagram_of(53));
  send("near", {datagram_of(53)});
  socket.close();
  socket.close();
  EXPECT_FALSE(socket);
  EXPECT_EQ(std::filesystem::file_size(folder.path("out.pcap")), 24U + 16 + 60);
  PCAPItem item;
  EXPECT_FALSE(socket.next(item));
  EXPECT_THROW(socket.set_snaplen(96), Error);
  EXPECT_THROW(static_cast<void>(socket.getnonblock()), Error);
  EXPECT_THROW(socket.dump_pkt(datagram_of(53)), Error);
}

TEST_F(SteelscriptSocket, ThrowsForADeviceThatIsNotThereOrGoesAway) {
  // E-5 E-25
  EXPECT_THROW(PCAPSocket{"none"}, SystemError);
  PCAPSocket socket{"far", 0, 1, 10'000};
  run("ip link del far");
  PCAPItem item;
  EXPECT_THROW(socket.next(item), SystemError);
  EXPECT_FALSE(socket);
  EXPECT_FALSE(socket.next(item));
}

}  // namespace
}  // namespace weir::test
