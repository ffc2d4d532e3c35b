// Flow records of live input in a SQLite database, with others who use it, too.
#include "weir/stores/live_flow_database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "support/flow_traffic.h"
#include "weir/error.h"

namespace weir::stores {
namespace {

using test::at;
using test::client;
using test::server;

/// Another process, as far as SQLite can tell.
class Other {
 public:
  explicit Other(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK);
  }
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;
  ~Other() { sqlite3_close(database_); }

  int run(const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  /// The only cell of the only row.
  std::string value(const std::string& sql) {
    std::string text;
    const auto collect = [](void* to, int, char** cells, char**) {
      *static_cast<std::string*>(to) += cells[0] == nullptr ? "NULL" : cells[0];
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), collect, &text, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database_);
    return text;
  }

 private:
  sqlite3* database_ = nullptr;
};

class LiveFlowDatabaseTest : public testing::Test {
 protected:
  LiveFlowDatabaseTest() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path{testing::TempDir()} /
                 (std::string{"weir_live_flow_database_"} + test->name());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = (directory_ / "flows.db").string();
  }
  ~LiveFlowDatabaseTest() override {
    tracker_.reset();
    database_.reset();
    std::filesystem::remove_all(directory_);
  }

  void open(const LiveFlowDatabaseOptions& options = {}) {
    database_ = std::make_unique<LiveFlowDatabase>(path_, options);
    database_->begin_run({.source = "eth0", .started = at(0)});
    tracker_.emplace(*database_, flow::TrackerOptions{.idle = Duration{1}});
  }
  /// So many flows that have ended.
  void add(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto low = static_cast<std::uint16_t>(1 + (number_ & 0x7fff));
      const auto high = static_cast<std::uint16_t>(1 + (number_ >> 15U));
      tracker_->add(
          test::udp({client.address, low}, {server.address, high}, 1, at(time_ += 10)).packet());
      ++number_;
    }
    tracker_->advance(at(time_ += 10));
  }
  void finish(RunState state = RunState::complete) {
    database_->end_run(state);
    tracker_->finish();
    while (!database_->is_done() && database_->commit() == Obstacle::none) {
    }
  }
  [[nodiscard]] std::string stored() const {
    return Other{path_}.value("SELECT count(*) FROM flows");
  }
  /// Every row is accounted for.
  void expect_sum() const {
    const LiveFlowDatabaseCounts counts = database_->counts();
    EXPECT_EQ(counts.rows, number_);
    EXPECT_EQ(counts.rows, counts.stored + counts.waiting + counts.dropped());
  }

  std::filesystem::path directory_;
  std::string path_;
  std::unique_ptr<LiveFlowDatabase> database_;
  std::optional<flow::Tracker> tracker_;
  std::uint64_t number_ = 0;
  std::int64_t time_ = 0;
};

TEST_F(LiveFlowDatabaseTest, HoldsNoLockBetweenCommits) {
  open();
  add(3);
  EXPECT_EQ(stored(), "0");
  EXPECT_EQ(database_->commit(), Obstacle::none);
  EXPECT_EQ(stored(), "3");
  Other other{path_};
  EXPECT_EQ(other.run("BEGIN EXCLUSIVE; CREATE TABLE theirs (x); COMMIT"), SQLITE_OK);
  EXPECT_FALSE(std::filesystem::exists(path_ + "-journal"));
  add(2);
  EXPECT_EQ(database_->commit(), Obstacle::none);
  EXPECT_EQ(other.value("SELECT complete FROM runs"), "0");
  finish();
  EXPECT_EQ(other.value("SELECT complete FROM runs"), "1");
  EXPECT_EQ(stored(), "5");
  expect_sum();
}

TEST_F(LiveFlowDatabaseTest, RowsWaitForAReaderAndForAWriter) {
  open();
  Other other{path_};
  for (const char* lock :
       {"BEGIN; SELECT count(*) FROM flows", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"}) {
    ASSERT_EQ(other.run(lock), SQLITE_OK);
    add(4);
    EXPECT_EQ(database_->commit(), Obstacle::busy) << lock;
    EXPECT_EQ(Other{path_}.run("BEGIN; SELECT count(*) FROM sqlite_master"),
              std::string{lock} == "BEGIN EXCLUSIVE" ? SQLITE_BUSY : SQLITE_OK)
        << "a reader is not kept out by one that waits";
    EXPECT_EQ(database_->counts().waiting, 4U);
    ASSERT_EQ(other.run("ROLLBACK"), SQLITE_OK);
    EXPECT_EQ(database_->commit(), Obstacle::none);
    expect_sum();
  }
  EXPECT_EQ(stored(), "12");
}

TEST_F(LiveFlowDatabaseTest, BeginsWhileTheDatabaseIsBusy) {
  {
    LiveFlowDatabase first{path_};
    first.begin_run({.source = "eth9", .started = at(0)});
  }
  Other other{path_};
  ASSERT_EQ(other.run("BEGIN EXCLUSIVE"), SQLITE_OK);
  open();
  add(1);
  ASSERT_EQ(other.run("ROLLBACK"), SQLITE_OK);
  finish();
  EXPECT_EQ(stored(), "1");
  EXPECT_EQ(other.value("SELECT group_concat(source) FROM runs"), "eth9,eth0");
}

TEST_F(LiveFlowDatabaseTest, DropsRowsByCauseOnceNoMoreMayWait) {
  open({.max_waiting = 10});
  Other other{path_};
  ASSERT_EQ(other.run("BEGIN IMMEDIATE"), SQLITE_OK);
  add(25);
  EXPECT_EQ(database_->counts().waiting, 10U);
  EXPECT_EQ(database_->counts().dropped_busy, 15U);
  expect_sum();
  ASSERT_EQ(other.run("ROLLBACK"), SQLITE_OK);
  add(5);
  finish();
  EXPECT_EQ(database_->counts().dropped_full, 0U);
  expect_sum();
  EXPECT_EQ(stored(), std::to_string(number_ - database_->counts().dropped_busy));
  EXPECT_EQ(other.value("SELECT complete FROM runs"), "0") << "rows are missing from it";
}

TEST_F(LiveFlowDatabaseTest, KeepsInputWaitingThatCanWait) {
  int asked = 0;
  std::optional<Other> other;
  open({.max_waiting = 10, .wait = [&](Obstacle obstacle) {
          EXPECT_EQ(obstacle, Obstacle::busy);
          if (++asked == 3) other.reset();
          return true;
        }});
  other.emplace(path_);
  ASSERT_EQ(other->run("BEGIN IMMEDIATE"), SQLITE_OK);
  add(25);
  EXPECT_EQ(asked, 3);
  finish();
  EXPECT_EQ(stored(), "25");
  EXPECT_EQ(database_->counts().dropped(), 0U);
}

TEST_F(LiveFlowDatabaseTest, WritesByItselfWhenManyRowsWait) {
  open();
  add(2 * LiveFlowDatabase::rows_per_commit + 5);
  EXPECT_EQ(database_->counts().waiting, 5U);
  finish();
  EXPECT_EQ(stored(), std::to_string(number_));
}

TEST_F(LiveFlowDatabaseTest, WhatWasCommittedStaysWhenItIsNotEnded) {
  open();
  add(3);
  EXPECT_EQ(database_->commit(), Obstacle::none);
  add(4);
  tracker_.reset();
  database_.reset();
  EXPECT_EQ(stored(), "3");
  EXPECT_EQ(Other{path_}.value("SELECT complete FROM runs"), "0");
  EXPECT_EQ(Other{path_}.value("PRAGMA integrity_check"), "ok");
}

TEST_F(LiveFlowDatabaseTest, NoticesThatItsFileWasRenamedRemovedReplacedOrEmptied) {
  const std::string old = path_ + ".old";
  const auto failure = [this] {
    open();
    add(3);
    EXPECT_EQ(database_->commit(), Obstacle::none);
    add(2);
  };
  const auto expect_failed = [this](const std::string& what) {
    try {
      database_->commit();
      ADD_FAILURE() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::output_failed);
      EXPECT_EQ(error.what(), path_ + ": " + what);
    }
    EXPECT_EQ(database_->commit(), Obstacle::none) << "told once";
    add(1);
    tracker_->finish();
    EXPECT_TRUE(database_->is_done());
    EXPECT_EQ(database_->counts().stored, 3U);
    EXPECT_EQ(database_->counts().dropped_failed, 3U);
    expect_sum();
    tracker_.reset();
    database_.reset();
    number_ = 0;
  };
  failure();
  std::filesystem::rename(path_, old);
  expect_failed("renamed, removed or replaced meanwhile");
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(Other{old}.value("SELECT count(*) FROM flows"), "3");

  failure();
  std::filesystem::remove(path_);
  expect_failed("renamed, removed or replaced meanwhile");

  failure();
  std::filesystem::copy_file(old, path_ + ".new");
  std::filesystem::rename(path_ + ".new", path_);
  expect_failed("renamed, removed or replaced meanwhile");
  EXPECT_EQ(stored(), "3");

  std::filesystem::remove(path_);
  failure();
  std::filesystem::resize_file(path_, 0);
  expect_failed("emptied meanwhile");
}

TEST_F(LiveFlowDatabaseTest, GoesOnWhenSomebodyDeletesItsRun) {
  open();
  add(3);
  EXPECT_EQ(database_->commit(), Obstacle::none);
  Other other{path_};
  ASSERT_EQ(other.run("DELETE FROM flows; DELETE FROM runs"), SQLITE_OK);
  add(2);
  finish();
  EXPECT_EQ(other.value("SELECT count(*) FROM flows_named WHERE source = 'eth0'"), "2");
  EXPECT_EQ(other.value("SELECT complete FROM runs"), "1");
}

TEST_F(LiveFlowDatabaseTest, RefusesAnotherDatabase) {
  Other{path_}.run("CREATE TABLE notes (text)");
  LiveFlowDatabase database{path_};
  try {
    database.begin_run({.source = "eth0"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database);
  }
  EXPECT_EQ(Other{path_}.value("SELECT count(*) FROM sqlite_master"), "1");
}

TEST_F(LiveFlowDatabaseTest, KeepsItsIndexesWhileItWrites) {
  open();
  const std::string schema = Other{path_}.value("PRAGMA schema_version");
  for (int i = 0; i < 3; ++i) {
    add(100);
    EXPECT_EQ(database_->commit(), Obstacle::none);
  }
  finish();
  EXPECT_EQ(Other{path_}.value("PRAGMA schema_version"), schema);
}

TEST_F(LiveFlowDatabaseTest, GoesOnAfterItWasFinished) {
  int asked = 0;
  open({.max_waiting = 10, .wait = [&](Obstacle) { return ++asked < 3; }});
  add(3);
  finish();
  EXPECT_TRUE(database_->is_done());
  add(25);
  EXPECT_FALSE(database_->is_done());
  finish();
  EXPECT_TRUE(database_->is_done());
  EXPECT_EQ(stored(), "28");
  database_->begin_run({.source = "eth1", .started = at(0)});
  EXPECT_FALSE(database_->is_done());
  finish();
  EXPECT_EQ(Other{path_}.value("SELECT group_concat(source) FROM runs WHERE complete"),
            "eth0,eth1");
  EXPECT_EQ(asked, 0);
  expect_sum();
}

TEST_F(LiveFlowDatabaseTest, HasARunPerInput) {
  open();
  tracker_.emplace(*database_);
  tracker_->add(test::udp(client, server, 1, at(0)).packet());
  database_->end_run(RunState::complete);
  database_->begin_run({.source = "eth1", .started = at(0)});
  tracker_->add(test::udp(client, server, 1, at(1)).packet());
  tracker_->add(test::udp(client, {server.address, 9}, 1, at(1)).packet());
  finish(RunState::incomplete);
  Other other{path_};
  EXPECT_EQ(other.value("SELECT source || orig_packets FROM flows_named WHERE resp_port = 443"),
            "eth02");
  EXPECT_EQ(other.value("SELECT source FROM flows_named WHERE resp_port = 9"), "eth1");
  EXPECT_EQ(other.value("SELECT source FROM runs WHERE complete"), "eth0");
}

}  // namespace
}  // namespace weir::stores
