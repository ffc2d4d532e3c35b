// Counts of a tracker as dicts.
#include "flows/flow_statistics.h"

#include "bindings.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {

using namespace py::literals;

py::dict statistics_of(const flow::TrackerCounts& counts) {
  return py::dict("packets"_a = counts.packets, "tracked"_a = counts.tracked,
                  "without_ip"_a = counts.without_ip, "backward"_a = counts.backward,
                  "outlier"_a = counts.outlier, "flows_started"_a = counts.flows_started,
                  "flows_ended"_a = counts.flows_ended, "flows_evicted"_a = counts.flows_evicted,
                  "flows_evicted_kept"_a = counts.flows_evicted_kept,
                  "fragments_unmatched"_a = counts.fragments_unmatched,
                  "fragments_evicted"_a = counts.fragments_evicted,
                  "live"_a = counts.flows_started - counts.flows_ended,
                  "frame_bytes"_a = counts.frame_bytes, "hits"_a = counts.hits,
                  "misses"_a = counts.misses, "syn_packets"_a = counts.syn_packets,
                  "fin_packets"_a = counts.fin_packets);
}

py::dict facts_of(const flow::TrackerFacts& facts, const flow::HistoryCounts& history) {
  py::dict by_protocol;
  for (std::size_t protocol = 0; protocol < facts.flows_by_protocol.size(); ++protocol) {
    const std::uint32_t flows = facts.flows_by_protocol[protocol];
    if (flows != 0) by_protocol[py::int_{protocol}] = flows;
  }
  py::dict all("live"_a = facts.flows, "live_by_protocol"_a = by_protocol,
               "packets_per_second"_a = facts.packets_per_second(), "memory"_a = facts.memory,
               "history_packets"_a = history.packets, "history_bytes"_a = history.bytes,
               "history_dropped"_a = history.dropped);
  const auto tell = [&all](const char* name, const std::optional<Timestamp>& time) {
    if (!time) return;
    all[name] = checked(time_object(*time));
    all[py::str{std::string{name} + "_ns"}] = time->time_since_epoch().count();
  };
  tell("first", facts.first);
  tell("last", facts.last);
  return all;
}

}  // namespace weir::python
