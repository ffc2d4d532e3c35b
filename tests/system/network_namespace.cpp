// unshare(2), setns(2), and ip(8) as a child.
#include "system/network_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace weir::test {
namespace {

struct ClosePipe {
  void operator()(std::FILE* pipe) const noexcept { ::pclose(pipe); }
};

}  // namespace

NetworkTest::~NetworkTest() {
  if (before_.is_open()) static_cast<void>(::setns(before_.number(), CLONE_NEWNET));
}

void NetworkTest::SetUp() {
  before_ = sys::FileDescriptor{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
  if (!before_.is_open() || ::unshare(CLONE_NEWNET) != 0) {
    GTEST_SKIP() << "needs a network namespace of its own: " << std::strerror(errno);
  }
  if (std::system("command -v ip >/dev/null") != 0) GTEST_SKIP() << "needs ip(8)";
}

ElsewhereProcess::ElsewhereProcess() {
  int ready[2] = {-1, -1};
  if (::pipe2(ready, O_CLOEXEC) != 0) return;
  number_ = ::fork();
  if (number_ == 0) {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(1);
    static_cast<void>(!::write(ready[1], "x", 1));
    for (;;) ::pause();
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
}

ElsewhereProcess::~ElsewhereProcess() {
  if (number_ <= 0) return;
  ::kill(number_, SIGKILL);
  ::waitpid(number_, nullptr, 0);
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: " + command};
}

void ip(const std::string& arguments) { run("ip " + arguments); }

void ip_batch(const std::string& lines) {
  const std::unique_ptr<std::FILE, ClosePipe> pipe{::popen("ip -batch -", "w")};
  ASSERT_TRUE(pipe);
  EXPECT_EQ(std::fwrite(lines.data(), 1, lines.size(), pipe.get()), lines.size());
}

std::string output_of_ip(const std::string& arguments) { return output_of("ip " + arguments); }

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, ClosePipe> pipe{::popen(command.c_str(), "r")};
  std::string text;
  std::array<char, 4096> block;
  while (pipe) {
    const std::size_t size = std::fread(block.data(), 1, block.size(), pipe.get());
    if (size == 0) break;
    text.append(block.data(), size);
  }
  return text;
}

}  // namespace weir::test
