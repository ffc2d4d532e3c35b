// Names of a series: endings, times, numbers, and files that are there already.
#include "savefile/series/file_names.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "support/time_zone.h"
#include "weir/error.h"
#include "weir/local_time.h"

namespace weir::savefile {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using test::TemporaryFolder;
using test::TimeZone;

constexpr seconds hour{3600};
constexpr sys_seconds noon{seconds{1'700'000'000 / 86'400 * 86'400 + 43'200}};  // 2023-11-14

LocalPeriod an_hour_from(sys_seconds start) { return {start, start + hour}; }

/// The first name of a numbered series in an empty folder.
std::string first_name(const std::string& pattern) {
  const TemporaryFolder folder;
  FileNames names{folder.path(pattern), FileNames::Rotate::not_by_time};
  return names.next(noon, an_hour_from(noon)).substr(folder.path("").size());
}

TEST(FileNames, PutsTheNumberBeforeTheEndings) {
  EXPECT_EQ(first_name("trace.pcap"), "trace-00001.pcap");
  EXPECT_EQ(first_name("trace.pcapng.zst"), "trace-00001.pcapng.zst");
  EXPECT_EQ(first_name("trace.2026.PCAP.GZ"), "trace.2026-00001.PCAP.GZ");
  EXPECT_EQ(first_name("trace"), "trace-00001");
  EXPECT_EQ(first_name("trace.gz"), "trace-00001.gz");
  EXPECT_EQ(first_name(".hidden"), ".hidden-00001");
  EXPECT_EQ(first_name(".hidden.gz"), ".hidden-00001.gz");
}

TEST(FileNames, KeepsTheFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("a.b"));
  FileNames names{folder.path("a.b/../a.b/trace"), FileNames::Rotate::not_by_time};
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("a.b/../a.b/trace-00001"));
}

TEST(FileNames, CountsUp) {
  const TemporaryFolder folder;
  FileNames names{folder.path("t.pcap"), FileNames::Rotate::not_by_time};
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("t-00001.pcap"));
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("t-00002.pcap"));
}

TEST(FileNames, GoesOnBehindFilesThatAreThere) {
  const TemporaryFolder folder;
  for (const char* const name :
       {"t-00002.pcap", "t-00010.pcap.part", "t-00009.pcap", "t-123456.pcap", "t-00200.pcap.gz",
        "t-300.pcap", "tt-00400.pcap", "t-0050x.pcap", "t-00600", "t-.pcap", "t.pcap", "00700.pcap",
        "t--0080.pcap", "t-99999999999999999999.pcap"}) {
    (void)folder.file(name, {});
  }
  FileNames names{folder.path("t.pcap"), FileNames::Rotate::not_by_time};
  const std::vector<std::string> earlier{folder.path("t-00002.pcap"), folder.path("t-00009.pcap"),
                                         folder.path("t-00010.pcap.part"),
                                         folder.path("t-123456.pcap")};
  EXPECT_EQ(names.earlier(), earlier);
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("t-123457.pcap"));
}

TEST(FileNames, PassesOverNumbersTakenMeanwhile) {
  const TemporaryFolder folder;
  FileNames names{folder.path("t.pcap"), FileNames::Rotate::not_by_time};
  (void)folder.file("t-00001.pcap", {});
  (void)folder.file("t-00002.pcap.part", {});
  std::filesystem::create_symlink("nowhere", folder.path("t-00003.pcap"));
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("t-00004.pcap"));
}

TEST(FileNames, AreNeverThoseOfFilesToKeep) {
  const TemporaryFolder folder;
  const std::vector<std::string> keep{folder.file("t-00001.pcap", {}), folder.file("12.pcap", {})};
  FileNames numbered{folder.path("t.pcap"), FileNames::Rotate::not_by_time, keep};
  EXPECT_TRUE(numbered.earlier().empty());
  EXPECT_EQ(numbered.next(noon, an_hour_from(noon)), folder.path("t-00002.pcap"));
  const TimeZone zone{"UTC0"};
  FileNames timed{folder.path("%H.pcap"), FileNames::Rotate::only_by_time, keep};
  EXPECT_EQ(timed.next(noon, an_hour_from(noon)), folder.path("12-00001.pcap"));
}

TEST(FileNames, NamesTheFolderThatIsNotThere) {
  try {
    FileNames{"/nonexistent/t.pcap", FileNames::Rotate::not_by_time};
    ADD_FAILURE();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string{error.what()}.find("/nonexistent/t.pcap"), std::string::npos);
  }
}

TEST(FileNames, SaysTheTimeInLocalTime) {
  const TemporaryFolder folder;
  const TimeZone zone{"XXX-3:30"};
  EXPECT_EQ(utc_offset(noon), seconds{12'600});
  FileNames names{folder.path("%Y%m%d-%H%M%S.pcap"), FileNames::Rotate::only_by_time};
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("20231114-153000.pcap"));
}

TEST(FileNames, KeepPercentSignsWhereFilesDoNotRotateByTime) {
  EXPECT_EQ(first_name("100%done.pcap"), "100%done-00001.pcap");
  EXPECT_EQ(first_name("%Y%%.pcap.gz"), "%Y%%-00001.pcap.gz");
}

TEST(FileNames, AddsNumbersToTimesWhereFilesRotateForOtherReasonsToo) {
  const TemporaryFolder folder;
  const TimeZone zone{"UTC0"};
  FileNames names{folder.path("%H.pcap"), FileNames::Rotate::by_time_too};
  EXPECT_EQ(names.next(noon, an_hour_from(noon)), folder.path("12-00001.pcap"));
  EXPECT_EQ(names.next(noon + hour, an_hour_from(noon + hour)), folder.path("13-00002.pcap"));
}

TEST(FileNames, RefusesATimeThatIsTooLongToWrite) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "%c";
  EXPECT_THROW(
      (void)FileNames(pattern, FileNames::Rotate::only_by_time).next(noon, an_hour_from(noon)),
      Error);
}

class NamesByTime : public testing::Test {
 protected:
  /// Makes the file, as a run does.
  std::string next(sys_seconds start) {
    const std::string path = names_.next(start, an_hour_from(start));
    (void)folder_.file(path.substr(folder_.path("").size()), {});
    return path.substr(folder_.path("").size());
  }

  TemporaryFolder folder_;
  TimeZone zone_{"UTC0"};
  FileNames names_{folder_.path("%H.pcap"), FileNames::Rotate::only_by_time};
};

TEST_F(NamesByTime, ComeAgainWithTheHour) {
  EXPECT_EQ(next(noon), "12.pcap");
  EXPECT_EQ(next(noon + hour), "13.pcap");
  EXPECT_EQ(next(noon + 24 * hour), "12.pcap");
}

TEST_F(NamesByTime, GetANumberWhereAPeriodHasSeveralFiles) {
  EXPECT_EQ(next(noon), "12.pcap");
  EXPECT_EQ(next(noon), "12-00001.pcap");
  EXPECT_EQ(next(noon), "12-00002.pcap");
  EXPECT_EQ(next(noon + hour), "13.pcap");
  EXPECT_EQ(next(noon + hour), "13-00001.pcap");
}

TEST_F(NamesByTime, GetANumberWhereTheClockWasSetBack) {
  EXPECT_EQ(next(noon), "12.pcap");
  EXPECT_EQ(next(noon + hour), "13.pcap");
  EXPECT_EQ(next(noon), "12-00001.pcap");
  EXPECT_EQ(next(noon + hour), "13-00001.pcap");
  EXPECT_EQ(next(noon + 2 * hour), "14.pcap");
  EXPECT_EQ(next(noon - hour), "11.pcap") << "nobody has it";
}

TEST_F(NamesByTime, GetANumberWhereAnUnfinishedFileIsThere) {
  (void)folder_.file("12.pcap.part", {});
  EXPECT_EQ(next(noon), "12-00001.pcap");
}

TEST_F(NamesByTime, ReplaceAFileOfAnEarlierRunButNotOfThisVeryPeriod) {
  const auto now = std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now());
  const std::string hours = names_.next(now - hour, an_hour_from(now - hour));
  (void)folder_.file(hours.substr(folder_.path("").size()), {});
  FileNames again{folder_.path("%H.pcap"), FileNames::Rotate::only_by_time};
  EXPECT_EQ(again.next(now - hour, an_hour_from(now - hour)), hours);
  const auto written = std::filesystem::last_write_time(hours);
  std::filesystem::last_write_time(hours, written - hour);
  FileNames third{folder_.path("%H.pcap"), FileNames::Rotate::only_by_time};
  EXPECT_NE(third.next(now - hour, an_hour_from(now - hour)), hours);
}

// In the hour that comes twice, names do too.
TEST(FileNames, DoNotReplaceFilesWhenSummerTimeEnds) {
  const TemporaryFolder folder;
  const TimeZone zone{"CET-1CEST,M3.5.0,M10.5.0/3"};
  constexpr sys_seconds end{seconds{1'698'541'200}};  // 2023-10-29 01:00 UTC, 3:00 becomes 2:00
  constexpr seconds half{1800};
  FileNames names{folder.path("%H%M.pcap"), FileNames::Rotate::only_by_time};
  std::vector<std::string> made;
  for (sys_seconds start = end - 2 * half; start < end + 3 * half; start += half) {
    const std::string path = names.next(start, {start, start + half});
    (void)folder.file(path.substr(folder.path("").size()), {});
    made.push_back(path.substr(folder.path("").size()));
  }
  EXPECT_EQ(made, (std::vector<std::string>{"0200.pcap", "0230.pcap", "0200-00001.pcap",
                                            "0230-00001.pcap", "0300.pcap"}));
}

}  // namespace
}  // namespace weir::savefile
