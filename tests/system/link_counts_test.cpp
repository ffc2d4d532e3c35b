// Counters of adapters as ip(8) has them, after traffic of the test's own.
#include "weir/capture/link_counts.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "system/network.h"
#include "system/tunnel.h"

namespace weir::capture {
namespace {

using Json = nlohmann::json;

bool operator==(const LinkCounts& a, const LinkCounts& b) {
  return a.packets_received == b.packets_received && a.bytes_received == b.bytes_received &&
         a.packets_sent == b.packets_sent && a.bytes_sent == b.bytes_sent &&
         a.received_dropped == b.received_dropped && a.sent_dropped == b.sent_dropped;
}

LinkCounts counts_of(const std::string& adapter) {
  return link_counts(::if_nametoindex(adapter.c_str()));
}

/// The same by ip(8).
LinkCounts told_by_ip(const std::string& adapter) {
  const Json stats =
      Json::parse(test::output_of_ip("-s -s -j link show dev " + adapter)).at(0).at("stats64");
  const Json& received = stats.at("rx");
  const Json& sent = stats.at("tx");
  return {.packets_received = received.at("packets"),
          .bytes_received = received.at("bytes"),
          .packets_sent = sent.at("packets"),
          .bytes_sent = sent.at("bytes"),
          .received_dropped = received.at("dropped").get<std::uint64_t>() +
                              received.at("missed_errors").get<std::uint64_t>(),
          .sent_dropped = sent.at("dropped")};
}

/// The errno of asking for what is not there.
int refusal(std::uint32_t adapter) {
  try {
    static_cast<void>(link_counts(adapter));
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    return error.system_code().value();
  }
  return 0;
}

/// "here", and "there" in the other namespace, with nothing on them but what the test sends.
void connect(const test::ElsewhereProcess& elsewhere) {
  const std::string there = "nsenter -t " + elsewhere.id() + " -n ip ";
  test::ip("link add here type veth peer name there netns " + elsewhere.id());
  test::run("sysctl -qw net.ipv6.conf.here.disable_ipv6=1");
  test::ip("addr add 192.0.2.1/24 dev here");
  test::ip("link set here up");
  test::run(there + "addr add 192.0.2.2/24 dev there");
  test::run(there + "link set there addrgenmode none up");
  test::wait_for_carriers(3);
}

using LinkCountsTest = test::LiveTest;

TEST_F(LinkCountsTest, AreThoseOfIpAfterPings) {
  const test::ElsewhereProcess elsewhere;
  connect(elsewhere);
  constexpr std::uint64_t bytes = std::uint64_t{5} * (14 + 20 + 8 + 400);
  const LinkCounts before = counts_of("here");
  test::run("ping -q -c 5 -i 0.01 -s 400 192.0.2.2 > /dev/null");
  const LinkCounts after = counts_of("here");
  EXPECT_GE(after.packets_sent, before.packets_sent + 5);
  EXPECT_GE(after.packets_received, before.packets_received + 5);
  EXPECT_GE(after.bytes_sent, before.bytes_sent + bytes);
  EXPECT_GE(after.bytes_received, before.bytes_received + bytes);
  EXPECT_TRUE(after == told_by_ip("here"));
}

TEST_F(LinkCountsTest, TellWhatIsSentFromWhatIsReceived) {
  const LinkCounts near = counts_of("near");
  const LinkCounts far = counts_of("far");
  const test::FrameSender sender{"near"};
  for (std::uint64_t i = 0; i < 10; ++i) sender.send(test::numbered_frame(i));
  EXPECT_EQ(counts_of("near").packets_sent, near.packets_sent + 10);
  EXPECT_EQ(counts_of("near").bytes_sent, near.bytes_sent + 640);
  EXPECT_EQ(counts_of("near").packets_received, near.packets_received);
  EXPECT_EQ(counts_of("far").packets_received, far.packets_received + 10);
  EXPECT_EQ(counts_of("far").packets_sent, far.packets_sent);
  EXPECT_TRUE(counts_of("far") == told_by_ip("far"));
}

TEST_F(LinkCountsTest, HaveWhatTheDriverDropsOfWhatIsSent) {
  const test::ElsewhereProcess elsewhere;
  connect(elsewhere);
  // Larger than the other end takes.
  test::run("nsenter -t " + elsewhere.id() + " -n ip link set there mtu 500");
  const std::uint64_t before = counts_of("here").sent_dropped;
  test::run("ping -q -c 3 -i 0.01 -W 0.1 -s 1000 192.0.2.2 > /dev/null 2>&1 || true");
  EXPECT_GT(counts_of("here").sent_dropped, before);
  EXPECT_TRUE(counts_of("here") == told_by_ip("here"));
}

TEST_F(LinkCountsTest, HaveWhatTheDriverDropsOfWhatIsReceived) {
  if (!test::Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  const test::Tunnel tunnel{"tun0"};
  const std::uint64_t before = counts_of("tun0").received_dropped;
  tunnel.drop(7);
  EXPECT_EQ(counts_of("tun0").received_dropped, before + 7);
  EXPECT_EQ(counts_of("tun0").sent_dropped, told_by_ip("tun0").sent_dropped);
}

TEST_F(LinkCountsTest, AreNotThereForAnAdapterThatIsNot) {
  EXPECT_EQ(refusal(0), ENODEV);
  EXPECT_EQ(refusal(4711), ENODEV);
  EXPECT_EQ(refusal(0xFFFFFFFF), ENODEV);
}

}  // namespace
}  // namespace weir::capture
