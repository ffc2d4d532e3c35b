// Counters as JSON: the records gate and rule.
#include <functional>
#include <nlohmann/json.hpp>

#include "cli/gate/gate_counters.h"
#include "cli/gate/gate_record.h"
#include "cli/json_line.h"
#include "weir/gate/rule_text.h"

namespace weir::cli {
namespace {

using Json = nlohmann::ordered_json;

Json object_of(const gate::Tally& tally) {
  return {{"packets", tally.packets}, {"bytes", tally.bytes}};
}

Json object_of(const gate::AdapterCounters& adapter) {
  Json object{{"interface", adapter.adapter},
              {"index", adapter.index},
              {"direction", adapter.direction == Direction::in ? "in" : "out"}};
  for (const auto& [name, tally] : adapter_tallies) object[name] = object_of(adapter.*tally);
  return object;
}

Json object_of(const gate::HeldCounters& held) {
  Json object = Json::object();
  for (const auto& [name, tally] : held_tallies) object[name] = object_of(held.*tally);
  object["late_verdicts"] = held.late_verdicts;
  return object;
}

Json object_of(const gate::ChangeCounters& changes) {
  return {{"changed", changes.changed},
          {"unchanged", changes.unchanged},
          {"restored", changes.restored},
          {"flows_evicted", changes.flows_evicted}};
}

Json gate_object(const GateRecord& record) {
  Json line{{"type", "gate"}};
  add_time(line, "time", record.time);
  line["seconds"] = std::chrono::duration<double>(record.elapsed).count();
  line["last"] = record.is_last;
  line["dry_run"] = record.is_dry_run;
  line["interfaces"] = record.adapters;
  line["adapters"] = Json::array();
  for (const auto& adapter : record.counters.adapters) {
    line["adapters"].push_back(object_of(adapter));
  }
  line["held"] = object_of(record.counters.held);
  line["segments"] = object_of(record.counters.segments);
  line["segments_lost"] = object_of(record.counters.segments_lost);
  line["notices"] = record.counters.notices;
  line["strays"] = record.counters.strays;
  line["changes"] = object_of(record.counters.changes);
  return line;
}

Json rule_object(const GateRecord& record, const gate::RuleStatus& status) {
  Json line{{"type", "rule"}};
  add_time(line, "time", record.time);
  line["rule"] = status.rule.id;
  line["action"] = name(status.rule.action);
  line["text"] = gate::text_of(status.rule);
  line["packets"] = status.hits.packets;
  line["bytes"] = status.hits.bytes;
  if (!status.cannot_match.empty()) line["cannot_match"] = status.cannot_match;
  if (status.in_user_space) line["in_user_space"] = true;
  return line;
}

void each_line(const GateRecord& record, const std::function<void(const Json&)>& write) {
  write(gate_object(record));
  for (const gate::RuleStatus& status : record.rules) write(rule_object(record, status));
}

}  // namespace

void print_json(const GateRecord& record) { each_line(record, print_json_line); }
void tell_json(const GateRecord& record) { each_line(record, tell_json_line); }

}  // namespace weir::cli
