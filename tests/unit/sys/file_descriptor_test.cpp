// Descriptors: who closes them, what reading and opening say.
#include "sys/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "weir/error.h"

namespace weir::sys {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw SystemError{errno, "pipe"};
    read_end = FileDescriptor{ends[0]};
    write_end = FileDescriptor{ends[1]};
  }
};

TEST(FileDescriptor, ClosesWhatItOwns) {
  int number = -1;
  {
    const Pipe pipe;
    number = pipe.read_end.number();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, LeavesWhatItBorrows) {
  const Pipe pipe;
  {
    const auto borrowed = FileDescriptor::borrow(pipe.read_end.number());
  }
  EXPECT_TRUE(is_open(pipe.read_end.number()));
}

TEST(FileDescriptor, MovesOwnership) {
  Pipe pipe;
  const int number = pipe.read_end.number();
  {
    const FileDescriptor moved{std::move(pipe.read_end)};
    EXPECT_FALSE(pipe.read_end.is_open());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(moved.number(), number);
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, AssignmentClosesTheOldOne) {
  Pipe first;
  Pipe second;
  const int old = first.read_end.number();
  first.read_end = std::move(second.read_end);
  EXPECT_FALSE(is_open(old));
}

TEST(OpenForReading, NamesTheFileThatIsMissing) {
  try {
    static_cast<void>(open_for_reading("/nowhere/trace.pcap"));
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_STREQ(error.what(), "open /nowhere/trace.pcap: No such file or directory");
  }
}

TEST(OpenForReading, RefusesADirectory) {
  try {
    static_cast<void>(open_for_reading(std::filesystem::temp_directory_path()));
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code().value(), EISDIR);
  }
}

TEST(OpenForReading, RefusesAPathThatWouldBeCut) {
  try {
    static_cast<void>(open_for_reading(std::string{"/proc/self/exe\0.pcap", 20}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_STREQ(error.what(), "/proc/self/exe\\0: a path holds no NUL character");
  }
}

TEST(ReadSome, ReturnsWhatIsThereThenZero) {
  Pipe pipe;
  ASSERT_EQ(::write(pipe.write_end.number(), "abc", 3), 3);
  pipe.write_end.close();
  std::array<std::uint8_t, 8> bytes{};
  EXPECT_EQ(read_some(pipe.read_end, bytes, "pipe"), 3U);
  EXPECT_EQ(bytes[2], 'c');
  EXPECT_EQ(read_some(pipe.read_end, bytes, "pipe"), 0U);
}

TEST(ReadSome, ThrowsWhatTheKernelSays) {
  const Pipe pipe;
  std::array<std::uint8_t, 8> bytes{};
  EXPECT_THROW(read_some(pipe.write_end, bytes, "pipe"), SystemError);
}

TEST(IsRegularFile, TellsFilesFromPipes) {
  const Pipe pipe;
  EXPECT_FALSE(is_regular_file(pipe.read_end));
  EXPECT_TRUE(is_regular_file(open_for_reading("/proc/self/exe")));
}

}  // namespace
}  // namespace weir::sys
