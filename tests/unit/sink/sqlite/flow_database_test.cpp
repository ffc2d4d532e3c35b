// Flow records in a SQLite database, read back through SQLite itself.
#include "weir/sink/flow_database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "unit/sink/flow_traffic.h"
#include "weir/error.h"

namespace weir::sink {
namespace {

using test::at;
using test::client;
using test::server;
using RunState = FlowDatabase::RunState;

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

TEST_F(FlowDatabaseTest, HasIndexesByStartAndByAddress) {
  run(file_run(), test::open_connection());
  for (const char* condition :
       {"start_ns = 1", "orig_addr_blob = x'00'", "resp_addr_blob = x'00'"}) {
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
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_master WHERE type = 'index'"), "3");
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

TEST_F(FlowDatabaseTest, KeepsWhatALongRunHasCommitted) {
  {
    FlowDatabase database{path()};
    database.begin_run({.source = "eth0", .started = at(0)});
    test::track(database, test::open_connection());
    database.commit();
    test::track(database, test::open_connection());
  }
  EXPECT_EQ(value("SELECT count(*) FROM flows"), "1");
  EXPECT_EQ(value("SELECT complete FROM runs"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_master WHERE type = 'index'"), "3");
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
  EXPECT_EQ(refusal(), path() + ": flow database of schema version 99, this weir writes version 1");
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
  EXPECT_EQ(value("SELECT vlan, start_ns, orig_frame_bytes FROM flows"),
            "10|9223372036854775807|4294967295");
}

}  // namespace
}  // namespace weir::sink
