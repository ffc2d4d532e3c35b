// Flow records in a SQLite database, read back through SQLite itself.
#include "weir/stores/flow_database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/flow_traffic.h"
#include "weir/error.h"

namespace weir::stores {
namespace {

using test::at;
using test::client;
using test::server;

class FlowDatabaseTest : public testing::Test {
 protected:
  FlowDatabaseTest() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path{testing::TempDir()} /
                 (std::string{"weir_flow_database_"} + test->name());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = directory_ / "flows.db";
  }
  ~FlowDatabaseTest() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path() const { return path_.string(); }

  /// Every row as text, cells joined by bars.
  std::vector<std::string> query(const std::string& sql) const {
    sqlite3* database = nullptr;
    std::vector<std::string> rows;
    EXPECT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    const auto collect = [](void* to, int count, char** cells, char**) {
      std::string row;
      for (int i = 0; i < count; ++i) {
        row += std::string{i == 0 ? "" : "|"} + (cells[i] == nullptr ? "NULL" : cells[i]);
      }
      static_cast<std::vector<std::string>*>(to)->push_back(row);
      return 0;
    };
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), collect, &rows, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(database);
    return rows;
  }

  [[nodiscard]] std::string value(const std::string& sql) const {
    const auto rows = query(sql);
    return rows.size() == 1 ? rows[0] : std::to_string(rows.size()) + " rows";
  }

  void run(const DatabaseRun& run, const std::vector<OwnedPacket>& packets,
           RunState state = RunState::complete) const {
    FlowDatabase database{path()};
    database.begin_run(run);
    test::track(database, packets);
    database.end_run(state);
    database.commit();
  }

  [[nodiscard]] std::string refusal() const {
    try {
      FlowDatabase database{path()};
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::database);
      return error.what();
    }
    return "";
  }

 private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
};

DatabaseRun file_run(const std::string& sha256 = "aa", const std::string& options = "idle=600") {
  return {.source = "trace.pcap", .sha256 = sha256, .options = options, .started = at(0)};
}

TEST_F(FlowDatabaseTest, HoldsEveryFieldOfAFlow) {
  run(file_run(), test::open_connection());
  EXPECT_EQ(value("SELECT * FROM runs"),
            "1|trace.pcap|aa|idle=600|2026-01-02T03:04:05.000000006Z|1");
  EXPECT_EQ(value("SELECT run, protocol, protocol_name, orig_addr, hex(orig_addr_blob), orig_port, "
                  "resp_addr, hex(resp_addr_blob), resp_port, vlan FROM flows"),
            "1|6|tcp|192.0.2.1|00000000000000000000FFFFC0000201|40000|"
            "198.51.100.2|00000000000000000000FFFFC6336402|443|NULL");
  EXPECT_EQ(value("SELECT start, start_ns, \"end\", end_ns, orig_packets, orig_frame_bytes, "
                  "orig_ip_bytes, orig_payload_bytes, orig_tcp_flags, resp_packets, "
                  "resp_frame_bytes, resp_ip_bytes, resp_payload_bytes, resp_tcp_flags, tcp_state, "
                  "end_reason FROM flows"),
            "2026-01-02T03:04:05.000000006Z|1767323045000000006|"
            "2026-01-02T03:04:06.500000006Z|1767323046500000006|"
            "4|260|260|100|26|2|1080|1080|1000|26|established|end");
  EXPECT_EQ(value("SELECT typeof(start_ns), typeof(orig_addr_blob), typeof(orig_addr) FROM flows"),
            "integer|blob|text");
}

TEST_F(FlowDatabaseTest, HasIndexesByRunStartAndAddress) {
  run(file_run(), test::open_connection());
  for (const char* condition :
       {"run = 1", "start_ns = 1", "orig_addr_blob = x'00'", "resp_addr_blob = x'00'"}) {
    const std::string plan =
        value(std::string{"EXPLAIN QUERY PLAN SELECT * FROM flows WHERE "} + condition);
    EXPECT_NE(plan.find("USING INDEX"), std::string::npos) << plan;
  }
}

TEST_F(FlowDatabaseTest, HasItsIndexesAgainAfterRunsOfEverySize) {
  std::vector<OwnedPacket> many;
  for (std::uint16_t port = 1; port <= 200; ++port) {
    many.push_back(test::udp({client.address, port}, server, 1, at(port)));
  }
  run(file_run("aa"), many);
  run(file_run("bb"), {test::udp(client, server, 1, at(0))});
  run(file_run("aa"), many);
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_master WHERE type = 'index'"), "4");
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "201");
  EXPECT_EQ(value("SELECT count(*) FROM flows INDEXED BY flows_by_start WHERE start_ns > 0"),
            "201");
  EXPECT_EQ(value("PRAGMA integrity_check"), "ok");
}

TEST_F(FlowDatabaseTest, ReplacesAnIdenticalRunOfTheSameFile) {
  run(file_run(), test::open_connection());
  run(file_run(), {test::udp(client, server, 1, at(0))});
  EXPECT_EQ(value("SELECT count(*) FROM runs"), "1");
  EXPECT_EQ(value("SELECT protocol FROM flows"), "17");
}

TEST_F(FlowDatabaseTest, KeepsRunsWithOtherOptionsOrContent) {
  run(file_run("aa", "idle=600"), test::open_connection());
  run(file_run("aa", "idle=60"), test::open_connection());
  run(file_run("bb", "idle=600"), test::open_connection());
  EXPECT_EQ(value("SELECT count(*) FROM runs"), "3");
  EXPECT_EQ(value("SELECT count(DISTINCT run) FROM flows"), "3");
}

TEST_F(FlowDatabaseTest, ReplacesAnIncompleteRunWhateverItsOptions) {
  run(file_run("aa", "idle=600"), test::open_connection(), RunState::incomplete);
  EXPECT_EQ(value("SELECT complete FROM runs"), "0");
  run(file_run("aa", "idle=60"), test::open_connection());
  EXPECT_EQ(value("SELECT options, complete FROM runs"), "idle=60|1");
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "1");
}

TEST_F(FlowDatabaseTest, AppendsRunsOfLiveTraffic) {
  const DatabaseRun live{.source = "eth0", .options = "idle=600", .started = at(0)};
  run(live, test::open_connection(), RunState::incomplete);
  run(live, test::open_connection());
  EXPECT_EQ(value("SELECT count(*) FROM runs WHERE sha256 IS NULL"), "2");
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "2");
}

TEST_F(FlowDatabaseTest, IsAsIfARunThatDidNotEndHadNotBegun) {
  run(file_run(), test::open_connection());
  {
    FlowDatabase database{path()};
    database.begin_run(file_run());
    test::track(database, {test::udp(client, server, 1, at(0))});
  }
  EXPECT_EQ(value("SELECT protocol FROM flows"), "6") << "the run it was to replace is still there";
  EXPECT_EQ(value("SELECT complete FROM runs"), "1");
}

TEST_F(FlowDatabaseTest, HasARunPerInputAndFlowsBelongToThatInWhichTheyStart) {
  const auto connection = test::open_connection();
  const auto add = [&](flow::Tracker& tracker, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) tracker.add(connection[i].packet());
  };
  FlowDatabase database{path()};
  flow::Tracker tracker{database};
  database.begin_run({.source = "a.pcap", .sha256 = "aa", .started = at(0)});
  add(tracker, 0, 3);
  database.end_run(RunState::complete);
  database.begin_run({.source = "b.pcap", .sha256 = "bb", .started = at(0)});
  add(tracker, 3, 6);
  tracker.add(test::udp(client, server, 1, at(0)).packet());
  database.end_run(RunState::incomplete);
  database.begin_run({.source = "c.pcap", .sha256 = "cc", .started = at(0)});
  tracker.add(test::udp(client, server, 2, at(1)).packet());
  tracker.add(test::udp(client, {server.address, 9}, 2, at(1)).packet());
  database.end_run(RunState::complete);
  tracker.finish();
  EXPECT_EQ(database.rows(), 3U);
  database.commit();
  EXPECT_EQ(query("SELECT source, complete FROM runs"),
            (std::vector<std::string>{"a.pcap|1", "b.pcap|0", "c.pcap|1"}));
  EXPECT_EQ(
      query("SELECT source, protocol, resp_port, orig_packets + resp_packets FROM flows_named "
            "ORDER BY source"),
      (std::vector<std::string>{"a.pcap|6|443|6", "b.pcap|17|443|2", "c.pcap|17|9|1"}));
}

TEST_F(FlowDatabaseTest, ReplacesOnlyTheRunsWhoseInputComesAgain) {
  const auto store = [this](const std::vector<std::string>& digests, RunState first) {
    FlowDatabase database{path()};
    flow::Tracker tracker{database};
    std::uint16_t port = 0;
    for (const std::string& digest : digests) {
      database.begin_run({.source = digest, .sha256 = digest, .started = at(0)});
      tracker.add(test::udp({client.address, ++port}, server, 1, at(0)).packet());
      database.end_run(port == 1 ? first : RunState::complete);
    }
    tracker.finish();
    database.commit();
  };
  store({"aa", "bb"}, RunState::incomplete);
  store({"aa", "bb", "cc"}, RunState::complete);
  EXPECT_EQ(query("SELECT source, count(*), complete FROM flows_named JOIN runs USING (source) "
                  "GROUP BY source"),
            (std::vector<std::string>{"aa|1|1", "bb|1|1", "cc|1|1"}));
  store({"bb"}, RunState::complete);
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "3");
  store({"dd", "dd"}, RunState::complete);
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "5") << "the same content twice in one command";
  store({"dd"}, RunState::complete);
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "4");
}

TEST_F(FlowDatabaseTest, TakesRowsNoTrackerMadeIntoTheRunBegunLast) {
  FlowDatabase database{path()};
  record::FlowRow row{.originator = {client.address, 40000}, .responder = {server.address, 53}};
  row.protocol = 17;
  for (const char* source : {"a", "b"}) {
    database.begin_run({.source = source, .started = at(0)});
    row.from_originator.packets = 7;
    database.add(row);
    database.end_run(RunState::complete);
  }
  database.commit();
  EXPECT_EQ(query("SELECT source, protocol_name, orig_addr, resp_port, orig_packets, start_ns, "
                  "vlan, tcp_state FROM flows_named ORDER BY source"),
            (std::vector<std::string>{"a|udp|192.0.2.1|53|7|0|NULL|NULL",
                                      "b|udp|192.0.2.1|53|7|0|NULL|NULL"}));
}

TEST_F(FlowDatabaseTest, JoinsVlansByADotOuterFirst) {
  FlowDatabase database{path()};
  database.begin_run(file_run());
  record::FlowRow row{.originator = {client.address, 40000}, .responder = {server.address, 53}};
  row.vlans = {20, 10};
  row.vlan_count = 2;
  database.add(row);
  database.end_run(RunState::complete);
  database.commit();
  EXPECT_EQ(value("SELECT vlan FROM flows"), "20.10");
}

TEST_F(FlowDatabaseTest, TakesKeptRowsOfOtherTrackersIntoTheRunBegunLast) {
  FlowDatabase database{path()};
  record::FlowRow kept;
  kept.originator.port = 9;
  flow::Tracker tracker{database};
  database.begin_run({.source = "a", .started = at(0)});
  tracker.add(test::udp(client, server, 1, at(0)).packet());
  database.begin_run({.source = "b", .started = at(0)});
  kept.id = 7;  // while a flow of the first run is open
  database.add(kept);
  tracker.finish();
  kept.id = 1;  // as that flow had
  database.add(kept);
  database.commit();
  EXPECT_EQ(query("SELECT source, orig_port FROM flows_named ORDER BY source"),
            (std::vector<std::string>{"a|40000", "b|9", "b|9"}));
}

TEST_F(FlowDatabaseTest, KeepsPartsOfACutFlowInTheRunsInWhichTheyStart) {
  FlowDatabase database{path()};
  flow::Tracker tracker{database, {.active = std::chrono::seconds{1}}};
  constexpr std::int64_t second = 1'000'000'000;
  database.begin_run({.source = "a", .started = at(0)});
  tracker.add(test::udp(client, server, 1, at(0)).packet());
  for (int i = 1; i < 3; ++i) {
    database.begin_run({.source = i == 1 ? "b" : "c", .started = at(0)});
    tracker.add(test::udp(client, server, 1, at(2 * i * second)).packet());
    tracker.add(test::udp(client, server, 1, at(2 * i * second + 1)).packet());
  }
  tracker.finish();
  database.commit();
  EXPECT_EQ(query("SELECT source, orig_packets FROM flows_named ORDER BY source"),
            (std::vector<std::string>{"a|1", "b|2", "c|2"}));
}

TEST_F(FlowDatabaseTest, NamesDurationsAndFlags) {
  auto packets = test::open_connection();
  packets.push_back(test::udp(server, client, 12, at(5)));
  packets.push_back(test::tcp({client.address, 7}, server, 0xff, 0, at(9)));
  packets.push_back(test::tcp({client.address, 8}, server, 0, 0, at(9)));
  run(file_run(), packets);
  EXPECT_EQ(query("SELECT orig_port, duration, orig_tcp_flag_names, resp_tcp_flag_names "
                  "FROM flows_named ORDER BY orig_port"),
            (std::vector<std::string>{"7|0.0|FIN SYN RST PSH ACK URG ECE CWR|", "8|0.0||",
                                      "443|0.0|NULL|NULL", "40000|1.5|SYN PSH ACK|SYN PSH ACK"}));
}

TEST_F(FlowDatabaseTest, AnswersWhoTalksServesAndConverses) {
  auto packets = test::open_connection();
  for (const OwnedPacket& packet : test::open_connection({client.address, 40001}, server)) {
    packets.push_back(packet);
  }
  packets.push_back(test::udp(server, {client.address, 53}, 12, at(5)));
  run(file_run(), packets);
  EXPECT_EQ(
      query("SELECT address, flows, sent_bytes, received_bytes, bytes FROM talkers"),
      (std::vector<std::string>{"192.0.2.1|3|520|2200|2720", "198.51.100.2|3|2200|520|2720"}));
  EXPECT_EQ(
      query("SELECT protocol_name, port, flows, clients, servers, packets, bytes FROM services"),
      (std::vector<std::string>{"tcp|443|2|1|1|12|2680", "udp|53|1|1|1|1|40"}));
  EXPECT_EQ(query("SELECT address_a, address_b, flows, packets, bytes, start FROM conversations"),
            (std::vector<std::string>{
                "192.0.2.1|198.51.100.2|3|13|2720|2026-01-02T03:04:05.000000006Z"}));
}

TEST_F(FlowDatabaseTest, KeepsHostileTextAsItIs) {
  DatabaseRun hostile = file_run("aa", "'); DROP TABLE flows; --");
  hostile.source = "a'b\"c\n.pcap";
  run(hostile, test::open_connection());
  EXPECT_EQ(value("SELECT source FROM runs"), hostile.source);
  EXPECT_EQ(value("SELECT options FROM runs"), hostile.options);
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "1");
}

TEST_F(FlowDatabaseTest, RefusesWhatIsNoDatabase) {
  std::ofstream{path()} << std::string(1000, 'x');
  EXPECT_EQ(refusal(), path() + ": file is not a database");
}

TEST_F(FlowDatabaseTest, RefusesAnotherDatabase) {
  query("CREATE TABLE notes (text)");
  EXPECT_EQ(refusal(), path() + ": a database, but not a flow database of weir");
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_master"), "1") << "nothing was added to it";
}

TEST_F(FlowDatabaseTest, RefusesAnotherVersionOfTheSchema) {
  run(file_run(), test::open_connection());
  query("PRAGMA user_version = 99");
  EXPECT_EQ(refusal(),
            path() +
                ": flow database of schema version 99, this weir writes version 2; begin a new one "
                "under another name");
}

TEST_F(FlowDatabaseTest, RefusesAPathItCannotOpen) {
  try {
    FlowDatabase database{path() + ".missing/flows.db"};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database);
    EXPECT_NE(std::string{error.what()}.find("unable to open"), std::string::npos);
  }
}

TEST_F(FlowDatabaseTest, RefusesWhatIsNoFileAndLeavesNothingBesideIt) {
  for (const std::string name : {"/dev/full", "/dev/null", "/tmp"}) {
    try {
      const FlowDatabase database{name};
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::database);
      EXPECT_EQ(error.what(), name + ": no regular file, as a database is");
    }
    EXPECT_FALSE(std::filesystem::exists(name + "-journal"));
  }
}

TEST_F(FlowDatabaseTest, WaitsForOthersAsLongAsItIsTold) {
  run(file_run(), test::open_connection());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  int asked = 0;
  FlowDatabase database{path(), [&](Obstacle obstacle) {
                          EXPECT_EQ(obstacle, Obstacle::busy);
                          return ++asked % 3 != 0;
                        }};
  try {
    database.begin_run(file_run());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output_failed);
    EXPECT_NE(std::string{error.what()}.find("in use by another process"), std::string::npos);
  }
  EXPECT_EQ(asked, 3);
  sqlite3_close(other);
  database.begin_run(file_run());
  database.commit();
  EXPECT_EQ(value("SELECT complete FROM runs"), "0");
}

TEST_F(FlowDatabaseTest, NoticesThatItsFileWasReplaced) {
  run(file_run(), test::open_connection());
  FlowDatabase database{path()};
  database.begin_run(file_run("bb"));
  test::track(database, test::open_connection());
  std::filesystem::rename(path(), path() + ".old");
  std::ofstream{path()} << "foreign";
  try {
    database.commit();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::output_failed);
    EXPECT_EQ(error.what(), path() + ": renamed, removed or replaced meanwhile");
  }
  EXPECT_EQ(std::filesystem::file_size(path()), 7U);
}

TEST_F(FlowDatabaseTest, TakesAnEmptyFileForNew) {
  std::ofstream{path()}.flush();
  run(file_run(), test::open_connection());
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "1");
}

TEST_F(FlowDatabaseTest, StoresVlansAndTheLargestNumbers) {
  std::vector<std::uint8_t> tagged(18);
  tagged[12] = 0x81;
  tagged[15] = 10;
  tagged[16] = 0x08;
  const auto packet = test::udp(client, server, 1, at(0));
  tagged.insert(tagged.end(), packet.packet().data.begin(), packet.packet().data.end());
  Packet frame = packet.packet();
  frame.data = tagged;
  frame.link_type = LinkType::ethernet;
  frame.timestamp = Timestamp::max();
  frame.wire_length = 0xffffffff;
  FlowDatabase database{path()};
  database.begin_run(file_run());
  flow::Tracker tracker{database, {.vlan = true}};
  tracker.add(frame);
  tracker.finish();
  database.end_run(RunState::complete);
  database.commit();
  EXPECT_EQ(value("SELECT vlan, start_ns, orig_frame_bytes FROM flows"),
            "10|9223372036854775807|4294967295");
}

}  // namespace
}  // namespace weir::stores
