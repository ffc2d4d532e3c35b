#include "cli/output/made_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

using test::TemporaryFolder;

class MadeFilesOfASeries : public ::testing::Test {
 protected:
  void make(const std::string& name) { std::ofstream{folder_.path(name)} << name; }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("out.pcap.gz");
  MadeFiles files_{path_};
};

TEST_F(MadeFilesOfASeries, AreThoseThatWereMadeSince) {
  make("out-00001.pcap.gz");
  EXPECT_EQ(files_.path_of(folder_.path("out-00001.pcap.gz")), folder_.path("out-00001.pcap.gz"));
}

TEST_F(MadeFilesOfASeries, AreInItsDirectory) {
  const TemporaryFolder elsewhere;
  std::ofstream{elsewhere.path("out-00001.pcap.gz")} << "x";
  std::filesystem::create_directory(folder_.path("out"));
  make("out/x.pcap.gz");
  EXPECT_FALSE(files_.path_of(elsewhere.path("out-00001.pcap.gz")));
  EXPECT_FALSE(files_.path_of("/etc/passwd"));
  EXPECT_FALSE(files_.path_of("out-00001.pcap.gz"));
  EXPECT_FALSE(files_.path_of("../out-00001.pcap.gz"));
  for (const char* way : {"/../", "//../", "/out/../../", "/out/../"}) {
    const std::string beside =
        folder_.path("") + way +
        std::filesystem::path{elsewhere.path("")}.parent_path().filename().string();
    EXPECT_FALSE(files_.path_of(beside + "/out-00001.pcap.gz")) << way;
  }
}

TEST_F(MadeFilesOfASeries, AreNamedAsItNamesThem) {
  for (const char* name :
       {"other.pcap.gz", "out-00001.pcap", "out-00001.pcap.gz.part", "-rf", ""}) {
    if (*name != '\0') make(name);
    EXPECT_FALSE(files_.path_of(folder_.path(name))) << name;
  }
  EXPECT_FALSE(files_.path_of(folder_.path(std::string{"out-\0.pcap.gz", 13})));
}

TEST_F(MadeFilesOfASeries, AreRegularFilesAndNoLinks) {
  std::filesystem::create_symlink("/etc/passwd", folder_.path("out-00001.pcap.gz"));
  std::filesystem::create_directory(folder_.path("out-00002.pcap.gz"));
  ASSERT_EQ(::mkfifo(folder_.path("out-00003.pcap.gz").c_str(), 0600), 0);
  std::filesystem::create_directory_symlink("/etc", folder_.path("out-00004"));
  for (const char* name :
       {"out-00001.pcap.gz", "out-00002.pcap.gz", "out-00003.pcap.gz", "out-00004/x.pcap.gz"}) {
    EXPECT_FALSE(files_.path_of(folder_.path(name))) << name;
  }
}

TEST_F(MadeFilesOfASeries, AreHandedOverWhenTheyAreGone) {
  EXPECT_EQ(files_.path_of(folder_.path("out-00001.pcap.gz")), folder_.path("out-00001.pcap.gz"));
}

TEST(MadeFiles, AreNotThoseThatWereThereBefore) {
  const MadeFiles files{"/etc/pass"};
  ASSERT_TRUE(std::filesystem::exists("/etc/passwd"));
  EXPECT_FALSE(files.path_of("/etc/passwd"));
}

TEST(MadeFiles, MayHaveTimesInTheirNames) {
  const TemporaryFolder folder;
  const MadeFiles files{folder.path("trace-%Y/%H%M.pcap")};
  std::filesystem::create_directory(folder.path("trace-2026"));
  std::ofstream{folder.path("trace-2026/1640.pcap")} << "x";
  EXPECT_TRUE(files.path_of(folder.path("trace-2026/1640.pcap")));
  EXPECT_FALSE(files.path_of(folder.path("2026/1640.pcap")));
}

TEST(MadeFiles, AreNeverOptions) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  const MadeFiles files{"-s.pcap"};
  std::ofstream{"-s-00001.pcap"} << "x";
  EXPECT_EQ(files.path_of("-s-00001.pcap"), "./-s-00001.pcap");
  std::filesystem::current_path(before);
}

TEST(MadeFiles, NeedTheirDirectory) {
  EXPECT_THROW(MadeFiles{"/no/such/folder/out.pcap"}, SystemError);
}

}  // namespace
}  // namespace weir::cli
