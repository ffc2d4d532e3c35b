#include "weir/sandbox/protection.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "support/temporary_folder.h"
#include "system/child.h"
#include "weir/sandbox/user.h"

namespace weir::sandbox {
namespace {

using test::in_child;

constexpr int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
constexpr User nobody{.user = 65534, .group = 65534};

volatile std::sig_atomic_t times_handled = 0;
void count(int /*signal*/) { times_handled = times_handled + 1; }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  ASSERT_EQ(::sigaction(signal, &action, nullptr), 0);
}

int oom_score() {
  int score = 0;
  std::ifstream{"/proc/self/oom_score_adj"} >> score;
  return score;
}

int dumpable() { return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

/// Whether another process of this one's user may look into it.
bool others_may_look() {
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/environ";
  const pid_t other = ::fork();
  if (other == 0) {
    // It has inherited what protects this one, and may be looked into itself.
    ::_exit(std::ifstream{path}.is_open() ? 0 : 1);
  }
  int result = -1;
  ::waitpid(other, &result, 0);
  return result == 0;
}

class ProtectionOfRoot : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting and becoming another user takes root";
  }
};

class ProtectionFromTheKernel : public ProtectionOfRoot {
 protected:
  void SetUp() override {
    ProtectionOfRoot::SetUp();
    if ((effective_capabilities() & only(CAP_SYS_RESOURCE)) == 0) {
      GTEST_SKIP() << "this needs CAP_SYS_RESOURCE";
    }
  }
};

/// Has this process, and none but it, find a file of ours where the kernel's would be.
void stand_in_for_oom_score(const std::string& file) {
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/oom_score_adj";
  ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
  ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  ASSERT_EQ(::mount(file.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0);
}

TEST(Protection, KeepsSignalsAwayThatEndAProcess) {
  // B-80: protects process and threads from termination
  in_child([] {
    for (const int signal : signals) handle(signal, SIG_DFL);
    const Protection protection;
    for (const int signal : signals) ::raise(signal);
  });
}

TEST(Protection, PutsBackWhatSignalsDid) {
  // B-80: must be disabled before exiting
  in_child([] {
    handle(SIGTERM, count);
    handle(SIGHUP, SIG_DFL);
    {
      const Protection protection;
      ::raise(SIGTERM);
      EXPECT_EQ(times_handled, 0);
    }
    ::raise(SIGTERM);
    EXPECT_EQ(times_handled, 1);
    struct sigaction action{};
    ::sigaction(SIGHUP, nullptr, &action);
    EXPECT_EQ(action.sa_handler, SIG_DFL);
  });
}

TEST(Protection, LeavesHandlersThatCameMeanwhile) {
  in_child([] {
    {
      const Protection protection;
      handle(SIGINT, count);
    }
    ::raise(SIGINT);
    EXPECT_EQ(times_handled, 1);
  });
}

TEST(Protection, LastsAsLongAsOneOfThemLives) {
  in_child([] {
    handle(SIGTERM, count);
    std::optional<Protection> first{std::in_place};
    std::optional<Protection> second{std::in_place};
    EXPECT_EQ(first->is_last_to_go(), second->is_last_to_go());
    first.reset();
    ::raise(SIGTERM);
    EXPECT_EQ(times_handled, 0);
    EXPECT_EQ(dumpable(), 0);
    second.reset();
    ::raise(SIGTERM);
    EXPECT_EQ(times_handled, 1);
    EXPECT_EQ(dumpable(), 1);
  });
}

TEST(Protection, DoesWhatItCanWithoutRights) {
  in_child([] {
    if (::geteuid() == 0) become(nobody);
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    const int before = oom_score();
    {
      const Protection protection;
      EXPECT_FALSE(protection.is_last_to_go());
      EXPECT_FALSE(others_may_look());
      ::raise(SIGTERM);
    }
    EXPECT_EQ(oom_score(), before);
    EXPECT_TRUE(others_may_look());
  });
}

TEST(Protection, LeavesAProcessThatCouldNotBeDumpedAsItWas) {
  in_child([] {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    {
      const Protection protection;
    }
    EXPECT_EQ(dumpable(), 0);
  });
}

TEST_F(ProtectionOfRoot, AsksTheKernelToEndOthersFirst) {
  // B-80
  const test::TemporaryFolder folder;
  in_child([&] {
    std::ofstream{folder.path("score")} << "137\n";
    stand_in_for_oom_score(folder.path("score"));
    {
      const Protection protection;
      EXPECT_TRUE(protection.is_last_to_go());
      EXPECT_EQ(oom_score(), -1000);
    }
    EXPECT_EQ(oom_score(), 137);
  });
}

TEST_F(ProtectionFromTheKernel, HasItEndOthersFirst) {
  // B-80
  in_child([] {
    std::ofstream{"/proc/self/oom_score_adj"} << 137;
    {
      const Protection protection;
      EXPECT_TRUE(protection.is_last_to_go());
      EXPECT_EQ(oom_score(), -1000);
    }
    EXPECT_EQ(oom_score(), 137);
  });
}

TEST_F(ProtectionFromTheKernel, DoesSoForAUserWhoDoesNotOwnHisProcessMeanwhile) {
  in_child([] {
    become(nobody, only(CAP_SYS_RESOURCE));
    use_only(only(CAP_SYS_RESOURCE));
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    const int before = oom_score();
    {
      const Protection protection;
      EXPECT_TRUE(protection.is_last_to_go());
      EXPECT_EQ(oom_score(), -1000);
    }
    EXPECT_EQ(oom_score(), before);
  });
}

}  // namespace
}  // namespace weir::sandbox
