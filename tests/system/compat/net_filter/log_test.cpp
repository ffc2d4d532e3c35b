// The system log as another program takes it: a socket at /dev/log, where only the test sees it.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "compat/net_filter/log.h"
#include "sys/file_descriptor.h"
#include "system/child.h"

namespace weir::compat::net_filter {
namespace {

/// Takes the lines of its process, which no other sees, in a child.
class Listener {
 public:
  Listener() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", "/dev", "tmpfs", 0, nullptr) != 0) {
      throw std::runtime_error{"a /dev of its own: " + std::to_string(errno)};
    }
    const sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    if (::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0) {
      throw std::runtime_error{"/dev/log: " + std::to_string(errno)};
    }
  }

  /// The next line; empty if there is none.
  std::string line() {
    std::array<char, 4096> buffer{};
    const auto size = ::recv(socket_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size > 0 ? std::string{buffer.data(), static_cast<std::size_t>(size)} : std::string{};
  }

 private:
  sys::FileDescriptor socket_;
};

class NetFilterLog : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "a /dev of its own takes root";
  }
};

TEST_F(NetFilterLog, TellsTheSystemLogAsADaemonByTheNameOfTheProgram) {
  // B-126: whether extended logging is enabled
  test::in_child([] {
    Listener listener;
    Log log;
    log.set(true);
    log.write(LogPriority::error, "100 %s of it");
    const std::string line = listener.line();
    EXPECT_TRUE(line.starts_with("<" + std::to_string(LOG_DAEMON | LOG_ERR) + ">")) << line;
    EXPECT_TRUE(line.ends_with(std::string{program_invocation_short_name} + ": 100 %s of it"))
        << line;
  });
}

TEST_F(NetFilterLog, SaysHowMuchALineMatters) {
  test::in_child([] {
    Listener listener;
    Log log;
    log.set(true);
    log.write(LogPriority::warning, "a");
    log.write(LogPriority::notice, "b");
    EXPECT_TRUE(listener.line().starts_with("<28>"));
    EXPECT_TRUE(listener.line().starts_with("<29>"));
  });
}

TEST_F(NetFilterLog, IsSilentUntilItIsSetAndOnceItIsNotAnyMore) {
  test::in_child([] {
    Listener listener;
    Log log;
    log.write(LogPriority::error, "before");
    log.set(true);
    log.write(LogPriority::error, "meanwhile");
    log.set(false);
    log.write(LogPriority::error, "behind");
    EXPECT_TRUE(listener.line().ends_with(": meanwhile"));
    EXPECT_EQ(listener.line(), "");
  });
}

TEST_F(NetFilterLog, CutsALineThatNoReceiverHasToTake) {
  test::in_child([] {
    Listener listener;
    Log log;
    log.set(true);
    log.write(LogPriority::notice, std::string(3000, 'x'));
    const std::string line = listener.line();
    EXPECT_TRUE(line.ends_with(": " + std::string(2048, 'x')));
  });
}

TEST_F(NetFilterLog, IsLostWhereNobodyTakesIt) {
  test::in_child([] {
    {
      const Listener listener;
    }
    Log log;
    log.set(true);
    log.write(LogPriority::error, "unheard");
  });
}

}  // namespace
}  // namespace weir::compat::net_filter
