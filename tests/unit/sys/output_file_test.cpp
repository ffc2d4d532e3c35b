// Files that are written: whose they are, what is refused, how they are cut back.
#include "sys/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "support/temporary_folder.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

using test::TemporaryFolder;

constexpr std::array<std::uint8_t, 6> six{'a', 'b', 'c', 'd', 'e', 'f'};

struct stat status_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status;
}

/// The errno of opening.
int refusal(const std::string& path, Existing existing = Existing::emptied) {
  try {
    (void)open_for_writing(path, std::nullopt, existing);
  } catch (const SystemError& error) {
    EXPECT_NE(std::string{error.what()}.find(path), std::string::npos);
    return error.system_code().value();
  }
  return 0;
}

TEST(OutputFile, IsPrivateAndClosedOnExec) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0);
  const FileDescriptor file = open_for_writing(folder.path("a"), std::nullopt);
  ::umask(before);
  EXPECT_EQ(status_of(folder.path("a")).st_mode & 07777, 0600U);
  EXPECT_NE(::fcntl(file.number(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(OutputFile, ThatExistedIsEmptiedAndKeepsItsMode) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a", six);
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(refusal(path), 0);
  EXPECT_EQ(status_of(path).st_mode & 07777, 0644U);
  EXPECT_EQ(status_of(path).st_size, 0);
}

TEST(OutputFile, GoesToItsOwnerIfItIsNew) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const TemporaryFolder folder;
  constexpr Owner nobody{65534, 65533};
  (void)open_for_writing(folder.path("new"), nobody);
  EXPECT_EQ(status_of(folder.path("new")).st_uid, nobody.user);
  EXPECT_EQ(status_of(folder.path("new")).st_gid, nobody.group);
  const std::string old = folder.file("old", six);
  (void)open_for_writing(old, nobody);
  EXPECT_EQ(status_of(old).st_uid, ::geteuid());
}

TEST(OutputFile, IsLeftAloneWhereItMustBeNew) {
  const TemporaryFolder folder;
  EXPECT_EQ(refusal(folder.path("new"), Existing::refused), 0);
  EXPECT_EQ(refusal(folder.file("old", six), Existing::refused), EEXIST);
  EXPECT_EQ(status_of(folder.path("old")).st_size, 6);
}

TEST(OutputFile, SaysWhatCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_EQ(refusal(folder.path("")), EISDIR);
  EXPECT_EQ(refusal(folder.path("none/a")), ENOENT);
  EXPECT_EQ(refusal(folder.path("")), EISDIR);
}

TEST(OutputFile, OfANameThatWouldBeCutIsNotMade) {
  const TemporaryFolder folder;
  const std::string path = folder.path("a");
  EXPECT_THROW(static_cast<void>(open_for_writing(path + '\0' + "b", std::nullopt)), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OutputFile, MayBeAFifoWhoseReaderIsAwaited) {
  const TemporaryFolder folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::array<std::uint8_t, 6> read{};
  std::thread reader{[&] {
    const FileDescriptor from = open_for_reading(path);
    std::size_t size = 0;
    while (size < read.size()) size += read_some(from, MutableBytes{read}.subspan(size), path);
  }};
  {
    FileDescriptor file = open_for_writing(path, std::nullopt);
    EXPECT_EQ(write_position(file), 0U);
    EXPECT_EQ(write_all(file, six).size, 6U);
    cut(file, 1);
    EXPECT_EQ(synchronise(file), 0);
    EXPECT_EQ(close_checked(file), 0);
  }
  reader.join();
  EXPECT_EQ(read, six);
}

TEST(OutputFile, SaysWhyNotAllWasWritten) {
  const FileDescriptor full = open_for_writing("/dev/full", std::nullopt);
  const Written written = write_all(full, six);
  EXPECT_EQ(written.size, 0U);
  EXPECT_EQ(written.error, ENOSPC);
  const FileDescriptor reader = open_for_reading("/dev/null");
  EXPECT_EQ(write_all(reader, six).error, EBADF);
}

TEST(OutputFile, GivesUpWaitingForAReaderWhenASignalComesAndThatIsWanted) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const FileDescriptor from{ends[0]};
  const FileDescriptor to{ends[1]};
  struct sigaction action{};
  action.sa_handler = [](int) {};
  struct sigaction before{};
  ::sigaction(SIGALRM, &action, &before);
  const itimerval ticks{.it_interval = {0, 10'000}, .it_value = {0, 10'000}};
  ::setitimer(ITIMER_REAL, &ticks, nullptr);
  int asked = 0;
  const std::vector<std::uint8_t> bytes(1 << 20, 'x');
  const Written written = write_all(to, bytes, [&asked] { return ++asked == 3; });
  const itimerval none{};
  ::setitimer(ITIMER_REAL, &none, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_EQ(written.error, EAGAIN);
  EXPECT_EQ(asked, 3);
  EXPECT_GT(written.size, 0U);
  EXPECT_LT(written.size, bytes.size());
}

TEST(OutputFile, WaitsWhereADescriptorDoesNotBlock) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const FileDescriptor from{ends[0]};
  FileDescriptor to{ends[1]};
  const std::vector<std::uint8_t> bytes(1 << 20, 'x');
  std::size_t got = 0;
  std::thread reader{[&] {
    ::fcntl(from.number(), F_SETFL, 0);
    std::vector<std::uint8_t> room(1 << 16);
    for (std::size_t size = 1; size != 0; got += size) size = read_some(from, room, "pipe");
  }};
  EXPECT_EQ(write_all(to, bytes).size, bytes.size());
  to.close();
  reader.join();
  EXPECT_EQ(got, bytes.size());
}

TEST(OutputFile, IsCutAndGoesOnThere) {
  const TemporaryFolder folder;
  const FileDescriptor file = open_for_writing(folder.path("a"), std::nullopt);
  write_all(file, six);
  EXPECT_EQ(write_position(file), 6U);
  cut(file, 2);
  EXPECT_EQ(write_position(file), 2U);
  write_all(file, Bytes{six}.first(1));
  EXPECT_EQ(status_of(folder.path("a")).st_size, 3);
}

TEST(OutputFile, ThatIsAppendedToStartsAtItsEnd) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a", six);
  const FileDescriptor appending{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
  EXPECT_EQ(write_position(appending), 6U);
  const FileDescriptor writing{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  EXPECT_EQ(write_position(writing), 0U);
}

TEST(OutputFile, IsSynchronisedIfItIsOne) {
  const TemporaryFolder folder;
  EXPECT_EQ(synchronise(open_for_writing(folder.path("a"), std::nullopt)), 0);
  EXPECT_EQ(synchronise(open_for_writing("/dev/null", std::nullopt)), 0);
  EXPECT_EQ(synchronise(FileDescriptor{}), 0);
}

TEST(OutputFile, IsClosedOnceAndOnlyByItsOwner) {
  const TemporaryFolder folder;
  FileDescriptor file = open_for_writing(folder.path("a"), std::nullopt);
  FileDescriptor borrowed = FileDescriptor::borrow(file.number());
  EXPECT_EQ(close_checked(borrowed), 0);
  EXPECT_EQ(write_all(file, six).error, 0);
  EXPECT_EQ(close_checked(file), 0);
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(close_checked(file), 0);
}

}  // namespace
}  // namespace weir::sys
