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

TEST_F(Waiting, SettingKeepsErrno) {
  errno = 77;
  wake_up_.set();
  EXPECT_EQ(errno, 77);
}

}  // namespace
}  // namespace weir::sys
