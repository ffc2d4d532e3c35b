// The thread that gives signs of life: on a busy machine too.
#include <gtest/gtest.h>
#include <sched.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>

#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using GateClock = GateTest;

int threads_in_real_time() {
  int count = 0;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
    const int policy = ::sched_getscheduler(std::stoi(thread.path().filename().string()));
    if (policy >= 0 && (policy & ~SCHED_RESET_ON_FORK) == SCHED_FIFO) ++count;
  }
  return count;
}

bool may_run_in_real_time() {
  int error = 0;
  std::thread trial{[&] {
    const sched_param least{.sched_priority = 1};
    if (::sched_setscheduler(0, SCHED_FIFO, &least) != 0) error = errno;
  }};
  trial.join();
  return error == 0;
}

TEST_P(GateClock, RunsBeforeThreadsThatShareTheProcessors) {
  if (!may_run_in_real_time()) GTEST_SKIP() << "needs CAP_SYS_NICE: no thread may in real time";
  bridge();
  ASSERT_EQ(threads_in_real_time(), 0);
  gate::Gate gate{options()};
  gate.start();
  EXPECT_TRUE(wait_until([] { return threads_in_real_time() == 1; }));
  gate.stop();
  EXPECT_EQ(threads_in_real_time(), 0);
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateClock, ::testing::Values(gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
