// The schema of the flow database.
#include "stores/schema.h"

#include <array>

#include "stores/connection.h"
#include "weir/error.h"
#include "weir/record/flow_row.h"
#include "weir/stores/flow_database.h"

namespace weir::stores {
namespace {

using record::FieldDescription;

// "weir" in the file's header, for file(1) and for us.
constexpr std::int64_t application_id = 0x77656972;

constexpr const char* create_runs = R"(
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  sha256 TEXT,
  options TEXT NOT NULL,
  started TEXT NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0
);
)";

/// A run is deleted by it.
constexpr const char* create_run_index = "CREATE INDEX flows_by_run ON flows(run);\n";

constexpr const char* create_views = R"(
CREATE VIEW talkers AS
SELECT run, address, count(*) AS flows,
  sum(sent_packets) AS sent_packets, sum(sent_bytes) AS sent_bytes,
  sum(received_packets) AS received_packets, sum(received_bytes) AS received_bytes,
  sum(sent_packets + received_packets) AS packets, sum(sent_bytes + received_bytes) AS bytes
FROM (
  SELECT run, orig_addr AS address, orig_packets AS sent_packets,
    orig_frame_bytes AS sent_bytes, resp_packets AS received_packets,
    resp_frame_bytes AS received_bytes
  FROM flows
  UNION ALL
  SELECT run, resp_addr, resp_packets, resp_frame_bytes, orig_packets, orig_frame_bytes
  FROM flows WHERE resp_addr <> orig_addr
)
GROUP BY run, address ORDER BY bytes DESC;

CREATE VIEW services AS
SELECT run, protocol, protocol_name, resp_port AS port, count(*) AS flows,
  count(DISTINCT orig_addr) AS clients, count(DISTINCT resp_addr) AS servers,
  sum(orig_packets + resp_packets) AS packets,
  sum(orig_frame_bytes + resp_frame_bytes) AS bytes
FROM flows
GROUP BY run, protocol, resp_port ORDER BY bytes DESC;

CREATE VIEW conversations AS
SELECT run,
  iif(orig_addr_blob <= resp_addr_blob, orig_addr, resp_addr) AS address_a,
  iif(orig_addr_blob <= resp_addr_blob, resp_addr, orig_addr) AS address_b,
  count(*) AS flows,
  sum(orig_packets + resp_packets) AS packets,
  sum(orig_frame_bytes + resp_frame_bytes) AS bytes,
  min(start) AS start, max("end") AS "end"
FROM flows
GROUP BY run, address_a, address_b ORDER BY bytes DESC;
)";

// `type` names the record in JSON; here the table does.
bool is_column(const FieldDescription& field) { return field.name != "type"; }

std::string quoted(std::string_view name) { return '"' + std::string{name} + '"'; }

bool is_number(record::FieldKind kind) {
  return kind == record::FieldKind::integer || kind == record::FieldKind::nanoseconds ||
         kind == record::FieldKind::boolean;
}

std::string create_flows() {
  std::string sql = "CREATE TABLE flows (\n  run INTEGER NOT NULL REFERENCES runs(id)";
  for (const FieldDescription& field : record::flow_row_fields()) {
    if (!is_column(field)) continue;
    sql += ",\n  " + quoted(field.name) + (is_number(field.kind) ? " INTEGER" : " TEXT");
    if (field.kind == record::FieldKind::ip_address) {
      sql += ",\n  " + quoted(std::string{field.name} + "_blob") + " BLOB";
    }
  }
  return sql + "\n);\n";
}

/// Names of the bits of a column, from FIN on (RFC 9293 3.1): "SYN ACK PSH"; NULL for NULL.
std::string flag_names(const std::string& column) {
  constexpr std::array names{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::string sql = "iif(" + column + " IS NULL, NULL, rtrim(";
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if (bit != 0) sql += " || ";
    sql += "iif(" + column + " & " + std::to_string(1U << bit) + ", '" + names[bit] + " ', '')";
  }
  return sql + "))";
}

/// Flows as people want to see them.
std::string create_named_view() {
  return "CREATE VIEW flows_named AS\n"
         "SELECT runs.source AS source, flows.*,\n"
         "  (end_ns - start_ns) / 1e9 AS duration,\n  " +
         flag_names("orig_tcp_flags") + " AS orig_tcp_flag_names,\n  " +
         flag_names("resp_tcp_flags") +
         " AS resp_tcp_flag_names\n"
         "FROM flows JOIN runs ON runs.id = flows.run;\n";
}

}  // namespace

bool check_schema(Connection& connection) {
  const std::int64_t version = connection.query_integer("PRAGMA user_version");
  const std::int64_t id = connection.query_integer("PRAGMA application_id");
  if (version == 0 && id == 0 &&
      connection.query_integer("SELECT count(*) FROM sqlite_master") == 0) {
    return false;
  }
  if (id != application_id) {
    throw Error{ErrorCode::database,
                connection.name() + ": a database, but not a flow database of weir"};
  }
  if (version != FlowDatabase::schema_version) {
    throw Error{ErrorCode::database, connection.name() + ": flow database of schema version " +
                                         std::to_string(version) + ", this weir writes version " +
                                         std::to_string(FlowDatabase::schema_version) +
                                         "; begin a new one under another name"};
  }
  return true;
}

void require_schema(Connection& connection) {
  if (check_schema(connection)) return;
  connection.execute(std::string{create_runs} + create_flows() + create_run_index +
                     create_indexes() + create_views + create_named_view() +
                     "PRAGMA application_id = " + std::to_string(application_id) +
                     "; PRAGMA user_version = " + std::to_string(FlowDatabase::schema_version));
}

std::string create_indexes() {
  return "CREATE INDEX IF NOT EXISTS flows_by_start ON flows(start_ns);\n"
         "CREATE INDEX IF NOT EXISTS flows_by_orig_addr ON flows(orig_addr_blob);\n"
         "CREATE INDEX IF NOT EXISTS flows_by_resp_addr ON flows(resp_addr_blob);\n";
}

std::string drop_indexes() {
  return "DROP INDEX IF EXISTS flows_by_start;\n"
         "DROP INDEX IF EXISTS flows_by_orig_addr;\n"
         "DROP INDEX IF EXISTS flows_by_resp_addr;\n";
}

std::string insert_flow() {
  std::string columns = "run";
  std::string parameters = "?";
  for (const FieldDescription& field : record::flow_row_fields()) {
    if (!is_column(field)) continue;
    columns += ", " + quoted(field.name);
    parameters += ", ?";
    if (field.kind == record::FieldKind::ip_address) {
      columns += ", " + quoted(std::string{field.name} + "_blob");
      parameters += ", ?";
    }
  }
  return "INSERT INTO flows (" + columns + ") VALUES (" + parameters + ")";
}

}  // namespace weir::stores
