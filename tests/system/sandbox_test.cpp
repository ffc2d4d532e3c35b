// The sandbox, entered for real in a process of its own.
#include "weir/sandbox/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include "support/temporary_folder.h"
#include "sys/packet_socket.h"
#include "system/child.h"
#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/error.h"
#include "weir/savefile/rotating_writer.h"

#ifdef WEIR_WITH_SQLITE
#include "weir/stores/flow_database.h"
#endif

namespace weir::sandbox {
namespace {

using test::in_child;
using test::TemporaryFolder;

/// What a line of /proc/self/status says. It stays within reach where the rules name it.
std::string status(const std::string& key) {
  std::ifstream file{"/proc/self/status"};
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + ":\t")) continue;
    const std::string value = line.substr(key.size() + 2);
    return value.substr(0, value.find_last_not_of(' ') + 1);
  }
  return "?";
}

/// The errno of a call that is to fail; 0 if it does not.
template <class Result>
int refusal(Result result) {
  return result < 0 ? errno : 0;
}

bool holds(const std::vector<Confinement>& sandbox, const std::string& name) {
  for (const Confinement& part : sandbox) {
    if (name == part.name) return part.holds;
  }
  return false;
}

class Sandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
    if (support().landlock == 0) GTEST_SKIP() << "needs a kernel with Landlock";
    if (!support().seccomp) GTEST_SKIP() << "needs a kernel with seccomp";
  }

  TemporaryFolder folder_;
};

TEST_F(Sandbox, LeavesNoRights) {
  in_child([] {
    const auto sandbox = enter({.readable = {"/proc/self/status"}});
    for (const char* name : {"capabilities", "no_new_privs", "landlock", "seccomp"}) {
      EXPECT_TRUE(holds(sandbox, name)) << name;
    }
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      EXPECT_EQ(status(set), "0000000000000000") << set;
    }
    EXPECT_EQ(status("NoNewPrivs"), "1");
    EXPECT_EQ(status("Seccomp"), "2");
  });
}

TEST_F(Sandbox, RefusesToReadWhatIsNotNamed) {
  in_child([this] {
    static_cast<void>(enter({.writable_directories = {folder_.path("")}}));
    for (const char* path : {"/etc/shadow", "/etc/passwd", "/proc/self/mem", "/", "/root"}) {
      EXPECT_EQ(refusal(::open(path, O_RDONLY)), EACCES) << path;
    }
  });
}

TEST_F(Sandbox, RefusesToWriteElsewhere) {
  TemporaryFolder elsewhere;
  std::ofstream{elsewhere.path("old")} << "old";
  in_child([&] {
    static_cast<void>(enter({.writable_directories = {folder_.path("")}}));
    const std::string inside = folder_.path("new");
    const std::string old = elsewhere.path("old");
    EXPECT_EQ(refusal(::open(elsewhere.path("new").c_str(), O_WRONLY | O_CREAT, 0600)), EACCES);
    EXPECT_EQ(refusal(::open(old.c_str(), O_WRONLY)), EACCES);
    EXPECT_EQ(refusal(::truncate(old.c_str(), 0)), EPERM);
    EXPECT_EQ(refusal(::unlink(old.c_str())), EACCES);
    EXPECT_GE(::open(inside.c_str(), O_WRONLY | O_CREAT, 0600), 0);
    EXPECT_EQ(refusal(::rename(inside.c_str(), elsewhere.path("moved").c_str())), EACCES);
    EXPECT_EQ(refusal(::chmod(old.c_str(), 0777)), EPERM);
  });
}

TEST_F(Sandbox, RefusesProgramsSocketsAndOtherProcesses) {
  in_child([] {
    static_cast<void>(enter({}));
    char* const words[] = {nullptr};
    EXPECT_EQ(refusal(::execve("/bin/true", words, words)), EPERM);
    EXPECT_EQ(refusal(::fork()), EPERM);
    EXPECT_EQ(refusal(::socket(AF_PACKET, SOCK_RAW, 0)), EPERM);
    EXPECT_EQ(refusal(::socket(AF_INET, SOCK_STREAM, 0)), EPERM);
    EXPECT_EQ(refusal(::socket(AF_NETLINK, SOCK_RAW, 0)), EPERM);
    EXPECT_EQ(refusal(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)), EPERM);
    EXPECT_EQ(refusal(::kill(::getppid(), 0)), EPERM);
    EXPECT_EQ(refusal(::syscall(SYS_bpf, 0, nullptr, 0)), EPERM);
    EXPECT_EQ(refusal(::syscall(SYS_mount, nullptr, "/", nullptr, 0, nullptr)), EPERM);
    EXPECT_EQ(refusal(::unshare(CLONE_NEWUSER)), EPERM);
    EXPECT_EQ(refusal(::syscall(SYS_io_uring_setup, 1, nullptr)), EPERM);
    void* const code =
        ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_EQ(code, MAP_FAILED);
  });
}

#ifdef __x86_64__
TEST_F(Sandbox, RefusesTheOtherAbiOfTheProcessor) {
  in_child([] {
    static_cast<void>(enter({}));
    constexpr long x32 = 0x40000000;
    EXPECT_EQ(refusal(::syscall(x32 + SYS_getpid)), EPERM);
  });
}
#endif

TEST_F(Sandbox, LeavesRotationWithinTheOutputDirectory) {
  in_child([this] {
    static_cast<void>(enter({.writable_directories = {folder_.path("")}}));
    const std::vector<Interface> interfaces(1);
    const auto frame = test::numbered_frame(1);
    const Packet packet{.data = frame, .wire_length = static_cast<std::uint32_t>(frame.size())};
    savefile::RotatingWriter writer{folder_.path("ring.pcap"), {}, {.packets = 1, .files = 2}};
    for (int i = 0; i < 5; ++i) writer.write(interfaces, {&packet, 1});
    writer.close();
    EXPECT_EQ(writer.counts().packets, 5U);
    EXPECT_EQ(writer.counts().removed, 3U);
  });
  EXPECT_TRUE(std::ifstream{folder_.path("ring-00005.pcap")}.is_open());
  EXPECT_FALSE(std::ifstream{folder_.path("ring-00001.pcap")}.is_open());
}

#ifdef WEIR_WITH_SQLITE
TEST_F(Sandbox, LeavesADatabaseInTheOutputDirectory) {
  in_child([this] {
    stores::FlowDatabase database{folder_.path("flows.db")};
    static_cast<void>(enter({.writable_directories = {folder_.path("")}}));
    for (int i = 0; i < 2; ++i) {
      database.begin_run({.source = "near"});
      database.end_run(stores::RunState::complete);
      database.commit();
    }
  });
}
#endif

TEST_F(Sandbox, LeavesAFileThatIsNamed) {
  std::ofstream{folder_.path("pipe")} << "old";
  in_child([this] {
    static_cast<void>(enter({.writable_files = {folder_.path("pipe")}}));
    EXPECT_GE(::open(folder_.path("pipe").c_str(), O_WRONLY | O_TRUNC), 0);
    EXPECT_EQ(refusal(::open(folder_.path("other").c_str(), O_WRONLY | O_CREAT, 0600)), EACCES);
  });
}

TEST_F(Sandbox, KeepsTheRightToWriteInSomebodyElsesDirectory) {
  ASSERT_EQ(::chown(folder_.path("").c_str(), 65534, 65534), 0);
  ASSERT_EQ(::chmod(folder_.path("").c_str(), 0755), 0);
  in_child([this] {
    const auto sandbox =
        enter({.readable = {"/proc/self/status"}, .writable_directories = {folder_.path("")}});
    EXPECT_FALSE(holds(sandbox, "capabilities"));
    EXPECT_EQ(status("CapEff"), "0000000000000002");
    EXPECT_GE(::open(folder_.path("new").c_str(), O_WRONLY | O_CREAT, 0600), 0);
    EXPECT_EQ(refusal(::open("/etc/shadow", O_RDONLY)), EACCES);
  });
}

TEST_F(Sandbox, BecomesTheUserBehindSudo) {
  ASSERT_EQ(::chown(folder_.path("").c_str(), 65534, 65534), 0);
  in_child([this] {
    const auto sandbox = enter({.readable = {"/proc/self/status"},
                                .writable_directories = {folder_.path("")},
                                .user = User{65534, 65534}});
    EXPECT_TRUE(holds(sandbox, "user"));
    EXPECT_EQ(::getuid(), 65534U);
    EXPECT_EQ(::getegid(), 65534U);
    EXPECT_EQ(status("CapEff"), "0000000000000000");
    EXPECT_EQ(status("Groups"), "65534");
    EXPECT_GE(::open(folder_.path("new").c_str(), O_WRONLY | O_CREAT, 0600), 0);
  });
}

TEST_F(Sandbox, HandsFilesOverWhereTheUserBehindSudoMayNotWrite) {
  ASSERT_EQ(::chmod(folder_.path("").c_str(), 0700), 0);
  in_child([this] {
    const User nobody{65534, 65534};
    const auto sandbox = enter({.writable_directories = {folder_.path("")}, .user = nobody});
    EXPECT_FALSE(holds(sandbox, "user"));
    const int made = ::open(folder_.path("new").c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_GE(made, 0);
    EXPECT_EQ(::fchown(made, nobody.user, nobody.group), 0);
  });
}

TEST_F(Sandbox, KeepsTheRightToLeaveMonitorMode) {
  in_child([] {
    static_cast<void>(enter({.readable = {"/proc/self/status"}, .monitor_mode = true}));
    EXPECT_EQ(status("CapEff"), "0000000000001000");
    EXPECT_GE(::socket(AF_NETLINK, SOCK_RAW, 0), 0);
    EXPECT_EQ(refusal(::socket(AF_PACKET, SOCK_RAW, 0)), EPERM);
  });
}

TEST_F(Sandbox, NamesAnOutputDirectoryThatIsNotThere) {
  try {
    static_cast<void>(enter({.writable_directories = {folder_.path("missing")}}));
    FAIL() << "entered";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string{error.what()}.find("missing"), std::string::npos);
  }
}

TEST_F(Sandbox, EndsWithTheProgramWithoutComplaint) {
  in_child([] {
    static_cast<void>(enter({}));
    std::signal(SIGABRT, [](int) {});
    EXPECT_EQ(::raise(SIGABRT), 0);
  });
}

class SandboxedCapture : public test::LiveTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || support().landlock == 0 || !support().seccomp) {
      GTEST_SKIP() << "needs root, and a kernel with Landlock and seccomp";
    }
    LiveTest::SetUp();
  }
};

TEST_F(SandboxedCapture, TakesPacketsChangesAndCounts) {
  in_child([] {
    capture::Live live{"near", {.ring_size = 1U << 20U, .promiscuous = true}};
    const test::FrameSender sender{"far"};
    static_cast<void>(enter({}));
    sender.send(test::numbered_frame(1));
    EXPECT_EQ(test::collect(live, 1).size(), 1U);
    live.change({.filter = filter::Filter{"len < 1"}, .promiscuous = false});
    sender.send(test::numbered_frame(2));
    EXPECT_TRUE(test::collect(live, 1).empty());
    live.change({.filter = filter::Filter{}, .snapshot_length = 20});
    sender.send(test::numbered_frame(3));
    EXPECT_EQ(test::collect(live, 1).size(), 1U);
    const auto counted = live.statistics();
    EXPECT_EQ(counted.delivered, 2U);
    EXPECT_TRUE(counted.dropped_by_adapter.has_value());
  });
}

TEST_F(SandboxedCapture, LeavesItsSocketOptionsAlone) {
  in_child([] {
    const sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
    ASSERT_EQ(socket.bind(1), 0);
    static_cast<void>(enter({}));
    const bpf::Instruction accept_all{.code = 0x06, .k = 0xffff};
    EXPECT_EQ(socket.attach(std::as_bytes(std::span{&accept_all, 1})), 0);
    socklen_t size = sizeof(tpacket_stats);
    tpacket_stats counters{};
    EXPECT_EQ(
        ::getsockopt(socket.descriptor().number(), SOL_PACKET, PACKET_STATISTICS, &counters, &size),
        0);
    EXPECT_EQ(socket.bind(2), EPERM);
    const int on = 1;
    EXPECT_EQ(
        refusal(::setsockopt(socket.descriptor().number(), SOL_SOCKET, SO_MARK, &on, sizeof on)),
        EPERM);
  });
}

TEST_F(SandboxedCapture, WaitsForItsAdapterWhereThatWasAskedFor) {
  in_child([] {
    const sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
    static_cast<void>(enter({.adapter_returns = true}));
    EXPECT_EQ(socket.bind(1), 0);
  });
}

}  // namespace
}  // namespace weir::sandbox
