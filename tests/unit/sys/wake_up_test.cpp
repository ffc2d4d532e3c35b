// Waiting for a descriptor, and being woken.
#include "sys/wake_up.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace weir::sys {
namespace {

class Waiting : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end_ = FileDescriptor{ends[0]};
    write_end_ = FileDescriptor{ends[1]};
  }
  FileDescriptor read_end_;
  FileDescriptor write_end_;
  WakeUp wake_up_;
};

TEST_F(Waiting, TimesOutWhenNothingComes) {
  EXPECT_EQ(wait_readable(read_end_, wake_up_, 0), Readable::timeout);
}

TEST_F(Waiting, SeesBytesAndTheEnd) {
  ASSERT_EQ(::write(write_end_.number(), "x", 1), 1);
  EXPECT_EQ(wait_readable(read_end_, wake_up_, -1), Readable::yes);
  char byte = 0;
  ASSERT_EQ(::read(read_end_.number(), &byte, 1), 1);
  write_end_.close();
  EXPECT_EQ(wait_readable(read_end_, wake_up_, -1), Readable::yes);
}

TEST_F(Waiting, IsWokenFromAnotherThreadAndStaysWoken) {
  std::thread other{[this] { wake_up_.set(); }};
  EXPECT_EQ(wait_readable(read_end_, wake_up_, -1), Readable::woken);
  other.join();
  EXPECT_EQ(wait_readable(read_end_, wake_up_, -1), Readable::woken);
}

TEST_F(Waiting, CanBeClearedAndSetAgain) {
  wake_up_.set();
  wake_up_.set();
  wake_up_.clear();
  EXPECT_EQ(wait_readable(read_end_, wake_up_, 0), Readable::timeout);
  wake_up_.clear();
  wake_up_.set();
  EXPECT_EQ(wait_readable(read_end_, wake_up_, -1), Readable::woken);
}

TEST_F(Waiting, WaitsForAnyOfSeveral) {
  const WakeUp other;
  const int numbers[] = {other.descriptor().number(), read_end_.number()};
  EXPECT_EQ(wait_readable(numbers, wake_up_, 0), Readable::timeout);
  ASSERT_EQ(::write(write_end_.number(), "x", 1), 1);
  EXPECT_EQ(wait_readable(numbers, wake_up_, -1), Readable::yes);
  wake_up_.set();
  EXPECT_EQ(wait_readable(numbers, wake_up_, -1), Readable::woken);
  EXPECT_EQ(wait_readable(std::span<const int>{}, wake_up_, -1), Readable::woken);
}

TEST_F(Waiting, SettingKeepsErrno) {
  errno = 77;
  wake_up_.set();
  EXPECT_EQ(errno, 77);
}

}  // namespace
}  // namespace weir::sys
