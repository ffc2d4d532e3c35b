// A gate without rights, whose broker has them: what still works, and what is left of both.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "sys/packet_socket.h"
#include "system/gate/attach/attached_gate.h"
#include "system/gate/rights/confined_gate.h"
#include "system/network.h"
#include "system/sys/observing.h"
#include "weir/capture/live.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Attachment;
using sys::Hook;

constexpr const char* drops = "drop out : ether proto 0x88b5\n";
constexpr const char* holds = "hold out : ether proto 0x88b5\n";
constexpr const char* others = "drop out : ether proto 0x88b6\n";

bool comes_true(const std::function<bool()>& what) {
  for (int i = 0; i < 2000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

/// And has not ended: whoever inherits a child may take its time.
bool lives(pid_t process) {
  std::ifstream stat{"/proc/" + std::to_string(process) + "/stat"};
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');
  return name_end != std::string::npos && line.find_first_of("ZX", name_end) == std::string::npos;
}

/// Values of a line of /proc/PID/task/TID/status, of all threads.
std::vector<std::string> of_threads(pid_t process, const std::string& key) {
  std::vector<std::string> values;
  for (const auto& thread :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/task"}) {
    std::ifstream status{thread.path() / "status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with(key)) values.push_back(line.substr(line.find_last_of("\t ") + 1));
    }
  }
  return values;
}

/// What the descriptors of a process are.
std::string descriptors_of(pid_t process) {
  std::string all;
  for (const auto& one :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/fd"}) {
    std::error_code gone;
    all += std::filesystem::read_symlink(one.path(), gone).string() + ' ';
  }
  return all;
}

class RightsTest : public AttachTest {
 protected:
  void SetUp() override {
    AttachTest::SetUp();
    if (IsSkipped()) return;
    ip("link set near up");
    ip("link set far up");
    wait_for_carriers(2);
  }
  void start(const std::string& rules) { gate.emplace(GetParam(), rules); }

  /// How many of three frames arrive.
  static std::size_t arriving(const std::string& from = "near", const std::string& to = "far") {
    capture::Live live{to};
    const FrameSender sender{from};
    for (std::uint64_t i = 0; i < 3; ++i) sender.send(numbered_frame(i));
    return collect(live, 3).size();
  }

  std::optional<ConfinedGate> gate{};
};
INSTANTIATE_TEST_SUITE_P(Rights, RightsTest, ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

TEST_P(RightsTest, NoThreadHasAnyAndPacketsAreHeldAllTheSame) {
  start(holds);
  EXPECT_EQ(arriving(), 3U);
  EXPECT_EQ(gate->accepted(), 3U);
  const auto effective = of_threads(gate->id(), "CapEff");
  EXPECT_GE(effective.size(), 5U);
  for (const char* const set : {"CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"}) {
    for (const std::string& value : of_threads(gate->id(), set)) {
      EXPECT_EQ(value, "0000000000000000") << set;
    }
  }
  for (const std::string& value : of_threads(gate->id(), "Seccomp:")) EXPECT_EQ(value, "2");
  for (const std::string& value : of_threads(gate->id(), "NoNewPrivs")) EXPECT_EQ(value, "1");
  // CAP_NET_ADMIN, CAP_NET_RAW, CAP_PERFMON, CAP_BPF.
  EXPECT_EQ(of_threads(gate->broker(), "CapEff"), std::vector<std::string>{"000000c000003000"});
  EXPECT_EQ(gate->errors(), "");
}

TEST_P(RightsTest, PacketsKeepTheirMark) {
  const std::uint32_t far = ::if_nametoindex("far");
  if (!sys::programs_at(far, Hook::ingress)) GTEST_SKIP() << "needs tcx (Linux 6.6)";
  start(holds);
  const sys::MappedArray map{4, 1};
  const sys::TrafficControlProgram program{as_bytes(observing(map))};
  const sys::TcxLink link{program, far, Hook::ingress};
  const sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
  ASSERT_EQ(socket.bind_to_send(::if_nametoindex("near")), 0);
  ASSERT_EQ(socket.set_priority(0x50005), 0);
  std::uint64_t count = 0;
  const Octets frame = numbered_frame(0);
  for (const std::uint32_t mark : {7U, 0xabcd0001U, 0U}) {
    ASSERT_EQ(socket.set_mark(mark), 0);
    ASSERT_GT(::send(socket.descriptor().number(), frame.data(), frame.size(), 0), 0);
    ++count;
    EXPECT_TRUE(comes_true([&] { return map.words()[3] == count; }));
    EXPECT_EQ(map.words()[1], mark);
  }
  EXPECT_EQ(gate->accepted(), count);
}

TEST_P(RightsTest, RulesChange) {
  start(others);
  EXPECT_EQ(arriving(), 3U);
  EXPECT_EQ(gate->put(drops), "");
  EXPECT_EQ(arriving(), 0U);
  EXPECT_NE(gate->put("drop out : no such filter"), "");
  EXPECT_EQ(arriving(), 0U);
  std::string many;
  for (int i = 0; i < 500; ++i) {
    many += "drop out : tcp port " + std::to_string(i + 1) + " or udp port 5\n";
  }
  EXPECT_EQ(gate->put(many + holds), "");
  EXPECT_EQ(arriving(), 3U);
  EXPECT_EQ(gate->accepted(), 3U);
  EXPECT_EQ(gate->errors(), "");
}

TEST_P(RightsTest, AdaptersComeAndGo) {
  start(drops);
  ip("link add late type veth peer name later");
  ip("link set late up");
  ip("link set later up");
  for (const Hook hook : {Hook::egress, Hook::ingress}) {
    EXPECT_TRUE(comes_true([&] { return order(hook, "late").size() == 1; }));
  }
  EXPECT_EQ(arriving("late", "later"), 0U);
  EXPECT_EQ(gate->put(holds), "");
  EXPECT_EQ(arriving("late", "later"), 3U);
  ip("link del late");
  EXPECT_TRUE(comes_true([&] { return gate->adapters().find("late ") == std::string::npos; }));
  EXPECT_EQ(gate->errors(), "");
}

TEST_P(RightsTest, TheBrokerKeepsNoDescriptor) {
  start(holds);
  EXPECT_EQ(gate->put(drops), "");
  const std::string open = descriptors_of(gate->broker());
  EXPECT_EQ(open.find("bpf"), std::string::npos) << open;
  EXPECT_EQ(open.find("pipe"), std::string::npos) << open;
  EXPECT_NE(open.find("socket"), std::string::npos) << open;
}

TEST_P(RightsTest, StoppedItLeavesNothing) {
  start(holds);
  const pid_t broker = gate->broker();
  EXPECT_EQ(gate->stop(), "");
  for (const Hook hook : {Hook::ingress, Hook::egress}) EXPECT_TRUE(order(hook).empty());
  EXPECT_EQ(output_of("tc qdisc show dev near").find("clsact"), std::string::npos);
  EXPECT_EQ(arriving(), 3U);
  gate.reset();
  EXPECT_TRUE(comes_true([&] { return !lives(broker); }));
}

TEST_P(RightsTest, KilledItLeavesNoProcessAndNoProgram) {
  start(drops);
  const pid_t broker = gate->broker();
  ASSERT_TRUE(lives(broker));
  gate->signal(SIGKILL);
  gate->wait();
  EXPECT_TRUE(comes_true([&] { return !lives(broker); }));
  EXPECT_EQ(arriving(), 3U);
  if (GetParam() == Attachment::tcx) {
    for (const Hook hook : {Hook::ingress, Hook::egress}) EXPECT_TRUE(order(hook).empty());
  } else {
    EXPECT_FALSE(gate::remains().empty());
  }
}

TEST_P(RightsTest, WithoutItsBrokerItGoesOnWithTheRulesItHas) {
  start(drops);
  ::kill(gate->broker(), SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !gate->errors().empty(); }));
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(gate->errors(),
            "the process that keeps the gate's rights has ended: rules and adapters stay as they "
            "are\n");
  EXPECT_NE(gate->put(holds).find("has ended"), std::string::npos);
  EXPECT_EQ(arriving(), 0U);
  EXPECT_EQ(gate->stop(), "");
  EXPECT_EQ(arriving(), 3U);
}

TEST_P(RightsTest, StopSignalsOfATerminalAreTheGates) {
  start(drops);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGIO}) ::kill(gate->broker(), number);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(gate->put(holds), "");
  EXPECT_EQ(arriving(), 3U);
}

}  // namespace
}  // namespace weir::test
