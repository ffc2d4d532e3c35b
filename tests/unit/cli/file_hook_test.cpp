#include "cli/output/file_hook.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temporary_folder.h"

namespace weir::cli {
namespace {

using test::TemporaryFolder;

class Hook : public ::testing::Test {
 protected:
  [[nodiscard]] std::string told() const {
    std::ostringstream text;
    text << std::ifstream{log_}.rdbuf();
    return text.str();
  }
  [[nodiscard]] FileHook hook(const std::string& command) const {
    return FileHook{command, folder_.path("out.pcap"), WhenBehind::wait, {}};
  }

  TemporaryFolder folder_;
  TemporaryFolder elsewhere_;
  std::string log_ = elsewhere_.path("told");
};

TEST_F(Hook, RunsForFilesOfTheRun) {
  FileHook hook = this->hook("echo >>" + log_);
  std::ofstream{folder_.path("out-00001.pcap")} << "x";
  hook.run(folder_.path("out-00001.pcap"));
  const HookCounts counts = hook.finish();
  EXPECT_EQ(counts.refused + counts.failed + counts.lost, 0U);
  EXPECT_EQ(told(), folder_.path("out-00001.pcap") + "\n");
}

// What a process that was taken over might send: run() hands over whatever it is given.
TEST_F(Hook, RefusesNamesThatAreNotOfTheRun) {
  std::ofstream{elsewhere_.path("out-00001.pcap")} << "x";
  FileHook hook = this->hook("echo >>" + log_);
  std::filesystem::create_symlink("/etc/passwd", folder_.path("out-00002.pcap"));
  std::ofstream{folder_.path("other.pcap")} << "x";
  const std::string names[] = {elsewhere_.path("out-00001.pcap"),
                               folder_.path("../out-00001.pcap"),
                               "../x.pcap",
                               "/etc/passwd",
                               "-rf",
                               folder_.path("out-00002.pcap"),
                               folder_.path("other.pcap")};
  for (const std::string& name : names) hook.run(name);
  const HookCounts counts = hook.finish();
  EXPECT_EQ(counts.refused, std::size(names));
  EXPECT_EQ(counts.failed + counts.left_out + counts.lost, 0U);
  EXPECT_EQ(told(), "");
}

TEST_F(Hook, HasNoCapabilityNorHasItsCommand) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  FileHook hook = this->hook("grep -h Cap /proc/$PPID/status /proc/self/status >" + log_ + "; :");
  hook.run(folder_.path("out-00001.pcap"));
  EXPECT_EQ(hook.finish().failed, 0U);
  std::istringstream lines{told()};
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(line.ends_with("\t0000000000000000")) << line;
  }
  EXPECT_EQ(count, 10);
}

}  // namespace
}  // namespace weir::cli
