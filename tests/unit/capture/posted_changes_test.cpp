// Changes that several threads ask for while one captures.
#include "capture/posted_changes.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <thread>

namespace weir::capture {
namespace {

TEST(PostedChanges, AreDoneInOrder) {
  PostedChanges posted;
  std::future<void> first = posted.post(0, {.snapshot_length = 1});
  std::future<void> second = posted.post(7, {.snapshot_length = 2});
  std::vector<std::pair<std::size_t, std::uint32_t>> done;
  const auto note = [&done](std::size_t adapter, const LiveChange& change) {
    done.emplace_back(adapter, *change.snapshot_length);
  };
  posted.for_each(note);
  posted.for_each(note);
  EXPECT_EQ(done, (std::vector<std::pair<std::size_t, std::uint32_t>>{{0, 1}, {7, 2}}));
  first.get();
  second.get();
}

TEST(PostedChanges, TellWhoPostedWhatWentWrong) {
  PostedChanges posted;
  std::future<void> refused = posted.post(0, {});
  std::future<void> done = posted.post(1, {});
  posted.for_each([](std::size_t adapter, const LiveChange&) {
    if (adapter == 0) throw std::runtime_error{"no"};
  });
  EXPECT_THROW(refused.get(), std::runtime_error);
  done.get();
}

TEST(PostedChanges, AreBrokenPromisesOnceClosed) {
  PostedChanges posted;
  std::future<void> before = posted.post(0, {});
  posted.close();
  std::future<void> after = posted.post(0, {});
  EXPECT_THROW(before.get(), std::future_error);
  EXPECT_THROW(after.get(), std::future_error);
}

TEST(PostedChanges, AreTakenUpAgainOnceReopened) {
  PostedChanges posted;
  posted.close();
  posted.open();
  std::future<void> done = posted.post(0, {});
  posted.for_each([](std::size_t, const LiveChange&) {});
  done.get();
}

// Each is done or broken, none is forgotten.
TEST(PostedChanges, ComeFromSeveralThreadsAtOnce) {
  constexpr std::uint32_t each = 500;
  PostedChanges posted;
  std::array<std::uint32_t, 3> kept{};
  std::array<std::thread, 3> posters;
  for (std::size_t i = 0; i < posters.size(); ++i) {
    posters[i] = std::thread{[&posted, &mine = kept[i], i] {
      for (std::uint32_t number = 0; number < each; ++number) {
        try {
          posted.post(i, {.snapshot_length = number}).get();
          ++mine;
        } catch (const std::future_error&) {
          return;
        }
      }
    }};
  }
  std::array<std::uint32_t, 3> done{};
  for (std::uint32_t sum = 0; sum < 2 * each;) {
    posted.for_each([&](std::size_t adapter, const LiveChange& change) {
      EXPECT_EQ(change.snapshot_length, done[adapter]);
      ++done[adapter];
      ++sum;
    });
  }
  posted.close();
  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(kept, done);
}

}  // namespace
}  // namespace weir::capture
