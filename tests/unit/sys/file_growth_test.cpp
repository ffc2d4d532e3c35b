// Waiting for a file to grow, with inotify and without.
#include "sys/file_growth.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "support/temporary_folder.h"

namespace weir::sys {
namespace {

// While alive the process cannot open anything.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptorLeft(const NoDescriptorLeft&) = delete;
  NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;
  ~NoDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class FileGrowthTest : public testing::Test {
 protected:
  void append() { folder_.append("file", byte_); }
  void read_all() {
    std::array<std::uint8_t, 64> to{};
    while (read_some(file_, to, "file") != 0) {
    }
  }

  std::array<std::uint8_t, 3> byte_{1, 2, 3};
  test::TemporaryFolder folder_;
  FileDescriptor file_ = open_for_reading(folder_.file("file", byte_));
  WakeUp wake_up_;
};

TEST_F(FileGrowthTest, TimesOutWhenNothingIsWritten) {
  FileGrowth growth{file_};
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::timeout);
}

TEST_F(FileGrowthTest, SeesWhatWasWrittenBeforeTheWaitOnce) {
  FileGrowth growth{file_};
  append();
  append();
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::possible);
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::timeout);
  append();
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::possible);
}

TEST_F(FileGrowthTest, StaysWithTheFileWhenItIsRenamed) {
  FileGrowth growth{file_};
  std::filesystem::rename(folder_.path("file"), folder_.path("other"));
  append();  // to a new file of the old name
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::timeout);
  folder_.append("other", byte_);
  EXPECT_EQ(growth.wait(wake_up_, 0), Growth::possible);
}

TEST_F(FileGrowthTest, IsWokenFromAnotherThread) {
  FileGrowth growth{file_};
  std::thread other{[this] { wake_up_.set(); }};
  Growth ended = Growth::possible;
  while (ended == Growth::possible) ended = growth.wait(wake_up_, -1);
  other.join();
  EXPECT_EQ(ended, Growth::woken);
}

TEST_F(FileGrowthTest, LooksNowAndThenWhereNothingTellsOfWrites) {
  const auto blind = [&file = file_] {
    const NoDescriptorLeft limit;
    return std::make_unique<FileGrowth>(file);
  }();
  append();
  EXPECT_EQ(blind->wait(wake_up_, 0), Growth::timeout);
  EXPECT_EQ(blind->wait(wake_up_, -1), Growth::possible);
  wake_up_.set();
  EXPECT_EQ(blind->wait(wake_up_, -1), Growth::woken);
}

TEST_F(FileGrowthTest, KnowsAFileThatIsShorterThanWhatWasRead) {
  const FileGrowth growth{file_};
  read_all();
  EXPECT_EQ(growth.cut_to(), std::nullopt);
  ASSERT_EQ(::truncate(folder_.path("file").c_str(), 2), 0);
  EXPECT_EQ(growth.cut_to(), 2U);
}

}  // namespace
}  // namespace weir::sys
