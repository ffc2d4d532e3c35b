// Waits by the real clock: their order, what ends them, and that lateness is not passed on. How
// exact they are is measured elsewhere.
#include "weir/inject/pacer.h"

#include <gtest/gtest.h>

#include <csignal>
#include <ctime>
#include <thread>

namespace weir::inject {
namespace {

using namespace std::chrono_literals;

TEST(pacer, is_never_early) {
  Pacer pacer;
  pacer.start();
  for (const Duration due : {Duration{0}, Duration{1us}, Duration{50us}, Duration{300us},
                             Duration{3ms}, Duration{20ms}}) {
    EXPECT_EQ(pacer.wait_until(due), Pacer::Waited::due);
    EXPECT_GE(pacer.now(), due);
  }
}

TEST(pacer, does_not_pass_on_that_somebody_was_late) {
  Pacer pacer;
  pacer.start();
  for (int i = 1; i <= 40; ++i) {
    EXPECT_EQ(pacer.wait_until(i * 1ms), Pacer::Waited::due);
    if (i == 3) std::this_thread::sleep_for(10ms);
  }
  // Had each wait begun where the one before ended, 10 ms would be missing; 9 more are for others.
  EXPECT_LT(pacer.now(), 49ms) << "a machine that is as busy as that is no place for this test";
}

TEST(pacer, is_stopped_from_another_thread_in_a_wait_for_ever) {
  Pacer pacer;
  pacer.start();
  std::thread other{[&] {
    std::this_thread::sleep_for(20ms);
    pacer.stop();
  }};
  EXPECT_EQ(pacer.wait_until(Duration::max() / 2), Pacer::Waited::stopped);
  other.join();
  EXPECT_TRUE(pacer.is_stopped());
  EXPECT_EQ(pacer.wait_until(pacer.now() + 1us), Pacer::Waited::stopped);
}

TEST(pacer, tells_of_a_signal) {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  struct sigaction before{};
  sigaction(SIGUSR1, &action, &before);
  Pacer pacer;
  pacer.start();
  const pthread_t self = pthread_self();
  std::thread other{[&] {
    std::this_thread::sleep_for(20ms);
    pthread_kill(self, SIGUSR1);
  }};
  EXPECT_EQ(pacer.wait_until(1h), Pacer::Waited::interrupted);
  other.join();
  sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace weir::inject
