#include "weir/sandbox/broker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temporary_folder.h"
#include "weir/error.h"

namespace weir::sandbox {
namespace {

using test::TemporaryFolder;

/// What a descriptor gives, which is closed.
std::string content(int descriptor) {
  std::array<char, 100> bytes{};
  const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
  ::close(descriptor);
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// The errno and the words of what is thrown.
template <class Action>
std::pair<int, std::string> refusal(Action action) {
  try {
    action();
  } catch (const SystemError& error) {
    return {error.system_code().value(), error.what()};
  }
  return {};
}

class BrokerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream{folder_.path("one")} << "first";
    std::ofstream{folder_.path("two")} << "second";
  }
  std::string path(const char* name) { return folder_.path(name); }

  TemporaryFolder folder_;
};

TEST_F(BrokerTest, OpensTheFilesOfItsRules) {
  Broker broker{{.readable = {path("one"), path("two")}}};
  EXPECT_EQ(content(broker.open_for_reading(path("two"))), "second");
  EXPECT_EQ(content(broker.open_for_reading(path("one"))), "first");
  const int descriptor = broker.open_for_reading(path("one"));
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(content(descriptor), "first");
}

TEST_F(BrokerTest, OpensNoOthers) {
  Broker broker{{.readable = {path("one")}}};
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_reading(path("two"))); }).first,
            EACCES);
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_writing(path("one"))); }).first,
            EACCES);
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.ask(1)); }).first, EACCES);
}

TEST_F(BrokerTest, SaysWhyAFileCannotBeOpenedAsIfItWereOpenedHere) {
  Broker broker{
      {.readable = {path("missing"), path("")}, .output = BrokerRules::Output{path("no/out")}}};
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_reading(path("missing"))); }),
            std::pair(ENOENT, "open " + path("missing") + ": No such file or directory"));
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_reading(path(""))); }).first, EISDIR);
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_writing(path("no/out"))); }),
            std::pair(ENOENT, "create " + path("no/out") + ": No such file or directory"));
}

TEST_F(BrokerTest, MakesOrEmptiesTheOutput) {
  Broker broker{{.output = BrokerRules::Output{path("one")}}};
  EXPECT_EQ(std::filesystem::file_size(path("one")), 5U);
  const int old = broker.open_for_writing(path("one"));
  EXPECT_EQ(std::filesystem::file_size(path("one")), 0U);
  EXPECT_EQ(::write(old, "new", 3), 3);
  ::close(old);
  Broker other{{.output = BrokerRules::Output{path("made")}}};
  ::close(other.open_for_writing(path("made")));
  struct stat status{};
  ASSERT_EQ(::stat(path("made").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(BrokerTest, AnswersQuestions) {
  Broker broker{{.answer = [](std::uint32_t number) { return std::string(number, 'x'); }}};
  for (const std::uint32_t size : {3U, 0U, 1'000'000U}) {
    EXPECT_EQ(broker.ask(size), std::string(size, 'x'));
  }
}

TEST_F(BrokerTest, ASignalEndsTheWaitForAWriterAndTheNextRequestIsAnswered) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  Broker broker{{.readable = {path("pipe"), path("one")}}};
  struct sigaction action{};
  action.sa_handler = [](int) {};
  struct sigaction before{};
  ::sigaction(SIGALRM, &action, &before);
  // Until one comes while it waits.
  const itimerval ticks{.it_interval = {0, 10'000}, .it_value = {0, 10'000}};
  ::setitimer(ITIMER_REAL, &ticks, nullptr);
  EXPECT_EQ(refusal([&] { static_cast<void>(broker.open_for_reading(path("pipe"))); }).first,
            EINTR);
  const itimerval none{};
  ::setitimer(ITIMER_REAL, &none, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  // The broker is still at it: it goes on once there is a writer.
  const int writer = ::open(path("pipe").c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_EQ(content(broker.open_for_reading(path("one"))), "first");
  ::close(writer);
}

TEST_F(BrokerTest, EndsWithWhoeverMadeIt) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    // The broker has a copy of the pipe, and waits for a writer that never comes.
    Broker broker{{.readable = {path("pipe")}}};
    std::signal(SIGALRM, SIG_DFL);
    ::alarm(1);
    static_cast<void>(broker.open_for_reading(path("pipe")));
    ::_exit(0);
  }
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // nobody has the other end any more
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace weir::sandbox
