// Many files one after another and merged, whatever is wrong with some of them.
#include "weir/savefile/walk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "support/temporary_folder.h"
#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"
#include "weir/savefile/writer.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using Texts = std::vector<std::string>;

/// A packet a second, each with the text.
CaptureBytes pcap(std::uint32_t first, std::uint32_t count, const std::string& text) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < count; ++i) file.record(first + i, 0, text);
  return file;
}

std::string text_of(const Packet& packet) { return {packet.data.begin(), packet.data.end()}; }

class Walking : public testing::Test {
 protected:
  std::string add(const std::string& name, Bytes bytes) { return folder_.file(name, bytes); }
  std::string add_directory(const std::string& name) {
    std::filesystem::create_directory(folder_.path(name));
    return folder_.path(name);
  }

  /// Everything there is, and what became of the files.
  Texts texts(Walk& walk) {
    Texts all;
    for (bool goes_on = true; goes_on;) {
      const Batch batch = walk.next_batch();
      for (const Packet& packet : batch.packets) all.push_back(text_of(packet));
      for (const FileOutcome& outcome : walk.outcomes()) outcomes_.push_back(outcome);
      goes_on = !batch.is_last();
    }
    return all;
  }
  Texts texts(const Texts& paths, WalkOptions options = {}) {
    Walk walk{expand(paths), std::move(options)};
    return texts(walk);
  }

  test::TemporaryFolder folder_;
  std::vector<FileOutcome> outcomes_;
};

/// A thousand files of three packets, one of which is damaged behind its second.
class Thousand : public Walking {
 protected:
  static constexpr std::uint32_t count = 1000;
  static constexpr std::uint32_t damaged = 617;

  Thousand() {
    const std::string directory = add_directory("many");
    for (std::uint32_t i = 0; i < count; ++i) {
      CaptureBytes file;
      file.pcap_header();
      for (std::uint32_t round = 0; round < 3; ++round) {
        file.record(round, i, std::to_string(i));
      }
      std::vector<std::uint8_t> bytes = file.bytes();
      if (i == damaged) bytes.resize(bytes.size() - 1);
      std::string name = std::to_string(i);
      name.insert(0, 4 - name.size(), '0');
      static_cast<void>(folder_.file("many/" + name, bytes));
    }
    paths_ = {directory};
  }

  void expect_one_damaged() {
    std::size_t in_trouble = 0;
    for (const FileOutcome& outcome : outcomes_) {
      if (!outcome.trouble) continue;
      ++in_trouble;
      EXPECT_EQ(outcome.file, damaged);
      EXPECT_TRUE(outcome.is_capture);
      EXPECT_EQ(outcome.trouble->code, ErrorCode::truncated);
      EXPECT_EQ(outcome.trouble->offset, 24U + 2 * (16 + 3));
      EXPECT_NE(outcome.trouble->message.find("many/0617"), std::string::npos);
    }
    EXPECT_EQ(in_trouble, 1U);
  }

  Texts paths_;
};

TEST_F(Thousand, FilesFollowOneAnother) {
  Walk walk{expand(paths_)};
  const Texts all = texts(walk);
  ASSERT_EQ(all.size(), 3 * count - 1);
  EXPECT_TRUE(std::ranges::equal(std::span{all}.first(6), Texts{"0", "0", "0", "1", "1", "1"}));
  EXPECT_EQ(all.back(), "999");
  EXPECT_EQ(walk.counts().packets, 3 * count - 1);
  EXPECT_EQ(walk.counts(damaged).packets, 2U);
  EXPECT_EQ(walk.captures(), count);
  EXPECT_EQ(outcomes_.size(), count);
  expect_one_damaged();
}

TEST_F(Thousand, FilesAreMergedByTime) {
  Walk walk{expand(paths_), {.merge = true}};
  const Texts all = texts(walk);
  ASSERT_EQ(all.size(), 3 * count - 1);
  for (std::uint32_t i = 0; i < 2 * count; ++i) ASSERT_EQ(all[i], std::to_string(i % count));
  EXPECT_EQ(walk.counts().packets, 3 * count - 1);
  EXPECT_EQ(walk.counts(damaged).packets, 2U);
  EXPECT_EQ(walk.captures(), count);
  EXPECT_EQ(outcomes_.size(), count);
  expect_one_damaged();
}

TEST_F(Thousand, FilesAreCopiedInOneCall) {
  Walk walk{expand(paths_),
            {.window = {{.moment = Timestamp{std::chrono::seconds{1}}},
                        {.moment = Timestamp{std::chrono::seconds{2}}}}}};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  walk.copy_to(writer);
  writer.close();
  EXPECT_EQ(writer.counts().packets, count);
  EXPECT_EQ(test::read_memory(bytes).text(damaged), "617");
  ASSERT_EQ(walk.troubles().size(), 1U) << "known also to who did not see the batches";
  EXPECT_EQ(walk.troubles()[0].file, damaged);
}

TEST(Expand, RefusesAPathThatWouldBeCut) {
  try {
    static_cast<void>(expand({std::string{"/tmp\0/a", 7}}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  }
}

TEST_F(Walking, TellsFilesApart) {
  const Texts paths{add("a", pcap(0, 2, "a").bytes()), add("b", pcap(0, 3, "b").bytes())};
  Walk walk{expand(paths)};
  Texts places;
  for (bool goes_on = true; goes_on;) {
    const Batch batch = walk.next_batch();
    if (!batch.packets.empty()) {
      ASSERT_NE(walk.reader(), nullptr);
      EXPECT_EQ(walk.reader()->format(), Format::pcap);
      EXPECT_EQ(walk.first_number(), 1U) << "numbers are those in the file";
      EXPECT_FALSE(walk.context().ends_file);
      EXPECT_EQ(walk.interfaces().size(), 1U);
      EXPECT_EQ(walk.link_types(), std::vector{LinkType::ethernet});
      EXPECT_TRUE(walk.origins().empty());
      places.push_back(walk.files()[walk.file()].path);
    }
    if (!walk.outcomes().empty()) {
      EXPECT_EQ(batch.state, SourceState::timeout);
      EXPECT_TRUE(walk.context().ends_file);
      EXPECT_EQ(walk.outcomes()[0].file, walk.file());
      EXPECT_EQ(walk.counts(walk.file()).packets, walk.file() == 0 ? 2U : 3U);
    }
    goes_on = !batch.is_last();
  }
  EXPECT_EQ(places, paths);
  EXPECT_EQ(walk.counts().packets, 5U);
}

TEST_F(Walking, TellsWhichFileAMergedPacketIsFrom) {
  const Texts paths{add("a", pcap(1, 2, "a").bytes()), add("b", pcap(0, 1, "b").bytes())};
  Walk walk{expand(paths), {.merge = true}};
  std::uint64_t number = 1;
  Texts seen;
  for (bool goes_on = true; goes_on;) {
    const Batch batch = walk.next_batch();
    ASSERT_EQ(walk.origins().size(), walk.read_packets().size());
    if (!batch.packets.empty()) {
      EXPECT_EQ(walk.first_number(), number);
    }
    for (std::size_t i = 0; i < batch.packets.size(); ++i, ++number) {
      seen.push_back(walk.files()[walk.origins()[i]].path);
    }
    goes_on = !batch.is_last();
  }
  EXPECT_EQ(seen, (Texts{paths[1], paths[0], paths[0]}));
  EXPECT_EQ(walk.counts(0).packets, 2U);
  EXPECT_EQ(walk.counts(1).packets, 1U);
}

TEST_F(Walking, PassesOverWhatIsNoCaptureBelowADirectory) {
  const std::string directory = add_directory("d");
  add("d/a", pcap(0, 1, "a").bytes());
  add("d/b", test::CaptureBytes{}.text("#!/bin/sh ...").bytes());
  add("d/c", {});
  add("d/d", CaptureBytes{}.text("ERF or so, not read").bytes());
  Walk walk{expand({directory})};
  EXPECT_EQ(texts(walk), Texts{"a"});
  EXPECT_EQ(walk.passed_over(), 3U);
  EXPECT_EQ(walk.captures(), 1U);
  EXPECT_TRUE(walk.barren_directories().empty());
  EXPECT_EQ(outcomes_.size(), 1U);
}

TEST_F(Walking, NamesDirectoriesWithoutACapture) {
  const std::string empty = add_directory("empty");
  const std::string barren = add_directory("barren");
  add("barren/a", CaptureBytes{}.text("no capture").bytes());
  const std::string cut = add_directory("cut");
  add("cut/a", Bytes{pcap(0, 1, "a").bytes()}.first(10));
  for (const bool merge : {false, true}) {
    outcomes_.clear();
    Walk walk{expand({empty, barren, cut}), {.merge = merge}};
    EXPECT_TRUE(texts(walk).empty());
    EXPECT_EQ(walk.barren_directories(), (Texts{barren, empty}));
    EXPECT_EQ(walk.passed_over(), 1U);
    ASSERT_EQ(outcomes_.size(), 1U) << "a capture that is cut in its header is no other file";
    EXPECT_EQ(outcomes_[0].trouble->code, ErrorCode::truncated);
    EXPECT_FALSE(outcomes_[0].is_capture);
  }
}

TEST_F(Walking, GoesOnBehindFilesThatCannotBeRead) {
  const std::string missing = folder_.path("missing");
  const std::string foreign = add("foreign", CaptureBytes{}.text("no capture").bytes());
  const std::string good = add("good", pcap(0, 1, "good").bytes());
  for (const bool merge : {false, true}) {
    outcomes_.clear();
    EXPECT_EQ(texts({missing, foreign, good}, {.merge = merge}), Texts{"good"});
    ASSERT_GE(outcomes_.size(), 2U);
    EXPECT_EQ(outcomes_[0].file, 0U);
    EXPECT_EQ(outcomes_[0].trouble->code, ErrorCode::not_found);
    EXPECT_EQ(outcomes_[0].trouble->system_error, ENOENT);
    EXPECT_EQ(outcomes_[1].file, 1U);
    EXPECT_EQ(outcomes_[1].trouble->code, ErrorCode::not_a_capture);
  }
}

TEST_F(Walking, TellsWhatIsACaptureHoweverEarlyItFails) {
  const auto bytes = pcap(0, 1, "a").bytes();
  const std::string cut = add("cut", Bytes{bytes}.first(bytes.size() - 1));
  const std::string good = add("good", pcap(0, 1, "good").bytes());
  for (const bool merge : {false, true}) {
    outcomes_.clear();
    EXPECT_EQ(texts({cut, good}, {.merge = merge}), Texts{"good"});
    ASSERT_EQ(outcomes_.size(), 2U);
    EXPECT_EQ(outcomes_[0].file, 0U);
    EXPECT_TRUE(outcomes_[0].is_capture && outcomes_[0].trouble);
    EXPECT_EQ(outcomes_[1].file, 1U);
    EXPECT_TRUE(outcomes_[1].is_capture && !outcomes_[1].trouble);
  }
}

TEST_F(Walking, TellsOfACaptureInADirectoryThatGoesOnAsAnotherFormat) {
  const std::string directory = add_directory("d");
  CaptureBytes file;
  file.section(0).interface().enhanced(0, 1, "one.");
  file.u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4d).u16(9).u16(0).u64(UINT64_MAX).u32(28);
  add("d/a", file.bytes());
  for (const bool merge : {false, true}) {
    outcomes_.clear();
    Walk walk{expand({directory}), {.merge = merge}};
    EXPECT_EQ(texts(walk), Texts{"one."});
    EXPECT_EQ(walk.passed_over(), 0U);
    ASSERT_EQ(outcomes_.size(), 1U);
    EXPECT_EQ(outcomes_[0].trouble->code, ErrorCode::unsupported_format);
  }
}

TEST_F(Walking, MoreFilesToMergeThanCanBeOpenAreATrouble) {
  const Texts paths{add("a", pcap(0, 1, "a").bytes()), add("b", pcap(0, 1, "b").bytes())};
  // At the first look at them, and when their packets are due.
  for (const int most : {1, 2}) {
    outcomes_.clear();
    int opened = 0;
    const auto open = [&](const std::string& path) {
      if (opened++ == most) throw SystemError{EMFILE, "open " + path};
      return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    };
    Walk walk{expand(paths), {.reader = {.open = open}, .merge = true}};
    EXPECT_TRUE(texts(walk).empty());
    ASSERT_EQ(outcomes_.size(), 1U);
    EXPECT_FALSE(outcomes_[0].file);
    EXPECT_EQ(outcomes_[0].trouble->system_error, EMFILE);
    EXPECT_NE(outcomes_[0].trouble->message.find("ulimit -n"), std::string::npos);
    EXPECT_EQ(walk.troubles().size(), 1U);
  }
}

TEST_F(Walking, SkipsDamageWhereThatIsWanted) {
  std::vector<std::uint8_t> bytes = pcap(1'000'000'000, 1, "first").bytes();
  bytes.insert(bytes.end(), 40, 0xff);
  const CaptureBytes rest = pcap(1'000'000'001, 9, "second");
  bytes.insert(bytes.end(), rest.bytes().begin() + 24, rest.bytes().end());
  const std::string path = add("a", bytes);
  EXPECT_EQ(texts({path, path}).size(), 2U);
  EXPECT_EQ(outcomes_.size(), 2U);
  EXPECT_TRUE(outcomes_[0].trouble && outcomes_[1].trouble);
  Walk walk{expand({path, path}), {.reader = {.skip_damaged = true}}};
  EXPECT_EQ(texts(walk).size(), 20U);
  EXPECT_EQ(walk.counts().skipped_regions, 2U);
  EXPECT_EQ(walk.counts(1).skipped_bytes, 40U);
}

TEST_F(Walking, ReadsStandardInputInItsTurn) {
  const std::string path = add("input", pcap(0, 1, "input").bytes());
  const std::string other = add("other", pcap(0, 1, "other").bytes());
  const int before = ::dup(0);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::dup2(file, 0);
  EXPECT_EQ(texts({other, "-", other}), (Texts{"other", "input", "other"}));
  ::dup2(before, 0);
  ::close(before);
  ::close(file);
}

TEST_F(Walking, CopiesSectionsAndStatisticsOfEachFile) {
  const auto section = [](const char* name) {
    CaptureBytes file;
    file.section(0, [&](CaptureBytes& options) { options.option(1, name).u32(0); });
    file.interface().block(0xbad, [](CaptureBytes& body) { body.u32(32473).text("..."); });
    file.enhanced(0, 1, name).statistics(0, 2);
    return file.bytes();
  };
  std::vector<std::uint8_t> expected;
  Texts paths;
  for (const char* const name : {"one.", "two.", "two.", "six."}) {
    const auto bytes = section(name);
    paths.push_back(add(std::to_string(paths.size()), bytes));
    expected.insert(expected.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  Walk{expand(paths)}.copy_to(writer);
  writer.close();
  EXPECT_EQ(bytes, expected);
}

TEST_F(Walking, EndsWhenStopped) {
  const Texts paths{add("a", pcap(0, 1, "a").bytes()), add("b", pcap(0, 1, "b").bytes())};
  Walk walk{expand(paths)};
  EXPECT_EQ(walk.next_batch().packets.size(), 1U);
  walk.stop();
  EXPECT_EQ(walk.next_batch().state, SourceState::stopped);
  EXPECT_TRUE(walk.context().ends_file) << "what there is of it";
  EXPECT_EQ(walk.next_batch().state, SourceState::stopped);
  EXPECT_TRUE(walk.barren_directories().empty());
}

TEST_F(Walking, IsStoppedByAnotherThreadWhileItWaits) {
  for (const bool merge : {false, true}) {
    const std::string path = folder_.path(merge ? "merged" : "fifo");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const int hold = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    const auto header = pcap(0, 1, "a").bytes();
    ASSERT_EQ(::write(hold, header.data(), header.size()), static_cast<ssize_t>(header.size()));
    Walk walk{expand({path}), {.merge = merge}};
    EXPECT_EQ(walk.next_batch().packets.size(), 1U);
    std::thread stopper{[&walk] { walk.stop(); }};
    EXPECT_EQ(walk.next_batch().state, SourceState::stopped);
    stopper.join();
    ::close(hold);
  }
}

TEST_F(Walking, IsStoppedWhileItLooksForTheEnd) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const auto bytes = pcap(0, 1, "a").bytes();
  ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  std::promise<void> opened;
  const auto open = [&](const std::string&) {
    opened.set_value();
    return ends[0];
  };
  const WindowEnd last{.kind = WindowEnd::Kind::before_end, .span = std::chrono::seconds{1}};
  Walk walk{expand({add("a", bytes)}),
            {.reader = {.open = open}, .window = {last, TimeWindow::no_end}}};
  auto state = std::async(std::launch::async, [&walk] { return walk.next_batch().state; });
  opened.get_future().wait();
  walk.stop();
  EXPECT_EQ(state.wait_for(std::chrono::seconds{20}), std::future_status::ready);
  ::close(ends[1]);
  EXPECT_EQ(state.get(), SourceState::stopped);
}

TEST_F(Walking, IsStoppedByAnotherThreadWhileFilesChange) {
  const Texts paths(300, add("a", pcap(0, 1, "a").bytes()));
  for (const bool merge : {false, true}) {
    Walk walk{expand(paths), {.merge = merge}};
    std::promise<void> begun;
    std::thread stopper{[&] {
      begun.get_future().wait();
      walk.stop();
    }};
    SourceState state{};
    for (bool is_first = true; state != SourceState::stopped && state != SourceState::end;) {
      state = walk.next_batch().state;
      if (std::exchange(is_first, false)) begun.set_value();
    }
    stopper.join();
    EXPECT_EQ(walk.next_batch().state, SourceState::stopped);
  }
}

TEST_F(Walking, FollowsOneFile) {
  const std::string path = add("a", pcap(0, 1, "a").bytes());
  Walk walk{expand({path}), {.reader = {.follow = true}}};
  EXPECT_EQ(walk.next_batch().packets.size(), 1U);
  EXPECT_EQ(walk.next_batch(Deadline::none()).state, SourceState::would_block);
  folder_.append("a", Bytes{pcap(1, 1, "more").bytes()}.subspan(24));
  const Batch batch = walk.next_batch();
  ASSERT_EQ(batch.packets.size(), 1U);
  EXPECT_EQ(text_of(batch.packets[0]), "more");
  EXPECT_EQ(walk.first_number(), 2U);
  walk.stop();
  EXPECT_EQ(walk.next_batch().state, SourceState::stopped);
}

TEST_F(Walking, RefusesWhatCannotBe) {
  const auto refusal = [](const std::vector<InputFile>& files, const WalkOptions& options) {
    try {
      const Walk walk{files, options};
    } catch (const Error& error) {
      return error.code() == ErrorCode::invalid_argument;
    }
    return false;
  };
  const WindowEnd end{.kind = WindowEnd::Kind::before_end, .span = std::chrono::seconds{1}};
  const TimeWindow last{end, TimeWindow::no_end};
  const WalkOptions follow{.reader = {.follow = true}};
  EXPECT_TRUE(refusal({{"a"}, {"b"}}, follow));
  EXPECT_TRUE(refusal({{"a"}}, {.reader = {.follow = true}, .merge = true}));
  EXPECT_TRUE(refusal({{"a"}}, {.reader = {.follow = true}, .window = last}));
  EXPECT_TRUE(refusal({{"-"}, {"-"}}, {.merge = true}));
  EXPECT_TRUE(refusal({{"-"}}, {.window = last}));
  EXPECT_TRUE(refusal({{.path = "memory", .memory = Bytes{}}}, {.merge = true}));
  EXPECT_TRUE(refusal({{.path = "open", .descriptor = 0}}, {.window = last}));
  EXPECT_FALSE(refusal({{.path = "memory", .memory = Bytes{}}}, {.window = last}));
  EXPECT_FALSE(refusal({{"a"}}, {.window = last}));
  EXPECT_FALSE(refusal({{"a"}}, follow));
}

TEST_F(Walking, ReadsMemoryAndDescriptorsWithinAWindow) {
  const CaptureBytes bytes = pcap(1, 3, "held");
  const TimeWindow from_second{{.moment = Timestamp{std::chrono::seconds{2}}}, TimeWindow::no_end};
  Walk memory{{{.path = "memory", .memory = Bytes{bytes.bytes()}}}, {.window = from_second}};
  EXPECT_EQ(texts(memory).size(), 2U);
  const int number = ::open(add("a", bytes.bytes()).c_str(), O_RDONLY | O_CLOEXEC);
  Walk descriptor{{{.path = "called so", .descriptor = number}}, {.window = from_second}};
  EXPECT_EQ(texts(descriptor).size(), 2U);
  EXPECT_EQ(::close(number), 0);
}

TEST_F(Walking, MovesWithItsOpenFile) {
  Walk first{expand({add("a", pcap(0, 600, "a").bytes())})};
  const std::size_t before = first.next_batch().packets.size();
  Walk second{std::move(first)};
  EXPECT_EQ(before + texts(second).size(), 600U);
}

}  // namespace
}  // namespace weir::savefile
