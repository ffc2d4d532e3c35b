// weir.GateCounters and what it is made of.
#include "weir/gate/counters.h"

#include <pybind11/stl.h>

#include "address_object.h"
#include "bindings.h"
#include "gates/bind_gate.h"
#include "object.h"
#include "weir/gate/gate.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using gate::AdapterCounters;
using gate::FlowVerdict;
using gate::HeldCounters;
using gate::Tally;

template <class Counters>
struct Named {
  const char* name;
  Tally Counters::* tally;
  const char* meaning;
};

constexpr Named<AdapterCounters> adapter_tallies[] = {
    {"seen", &AdapterCounters::seen, "What came along, but for reinjected and foreign."},
    {"unmatched", &AdapterCounters::unmatched, "No rule matched; goes on."},
    {"passed", &AdapterCounters::passed, "By a rule."},
    {"dropped", &AdapterCounters::dropped, "By a rule."},
    {"notified", &AdapterCounters::notified, "Copied to the handler, and goes on."},
    {"not_notified", &AdapterCounters::not_notified, "No room for the copy; goes on."},
    {"held", &AdapterCounters::held, "Frames put into the ring."},
    {"segmented", &AdapterCounters::segmented, "Frames held segment by segment."},
    {"flow_passed", &AdapterCounters::flow_passed,
     "By the verdict on an earlier packet of its flow."},
    {"flow_dropped", &AdapterCounters::flow_dropped, "The same."},
    {"full_passed", &AdapterCounters::full_passed, "By policy ring_full."},
    {"full_dropped", &AdapterCounters::full_dropped, "By policy ring_full."},
    {"hang_passed", &AdapterCounters::hang_passed, "By policy hang."},
    {"hang_dropped", &AdapterCounters::hang_dropped, "By policy hang."},
    {"unreadable", &AdapterCounters::unreadable, "The kernel gave no bytes of it; goes on."},
    {"reinjected", &AdapterCounters::reinjected,
     "What this gate sent on or injected, on its way out of it."},
    {"foreign", &AdapterCounters::foreign, "What a gate further on sent on: passed untouched."},
    {"held_dropped", &AdapterCounters::held_dropped,
     "Of what was held here, packets that went no further: by a verdict, or for want of one."}};

constexpr Named<HeldCounters> held_tallies[] = {
    {"arrived", &HeldCounters::arrived, "All of them."},
    {"accepted", &HeldCounters::accepted, "By verdict."},
    {"modified", &HeldCounters::modified, "By verdict."},
    {"dropped", &HeldCounters::dropped, "By verdict."},
    {"expired_passed", &HeldCounters::expired_passed, "By policy deadline."},
    {"expired_dropped", &HeldCounters::expired_dropped, "By policy deadline."},
    {"undecided_passed", &HeldCounters::undecided_passed, "By policy undecided."},
    {"undecided_dropped", &HeldCounters::undecided_dropped, "By policy undecided."},
    {"exception_passed", &HeldCounters::exception_passed, "By policy exception."},
    {"exception_dropped", &HeldCounters::exception_dropped, "By policy exception."},
    {"full_passed", &HeldCounters::full_passed, "No room for one more: by policy ring_full."},
    {"full_dropped", &HeldCounters::full_dropped, "No room for one more: by policy ring_full."},
    {"too_long_passed", &HeldCounters::too_long_passed, "By policy too_long."},
    {"too_long_dropped", &HeldCounters::too_long_dropped, "By policy too_long."},
    {"ruled_passed", &HeldCounters::ruled_passed,
     "Changed or delayed by their rule, or not meant."},
    {"waiting", &HeldCounters::waiting, "Undecided now."},
    {"sent", &HeldCounters::sent, "Of those that were to go on: what the kernel took."},
    {"send_failed", &HeldCounters::send_failed, "Of those: what the kernel refused."}};

template <class Counters>
void add(py::class_<Counters>& type, const auto& tallies) {
  for (const Named<Counters>& one : tallies) type.def_readonly(one.name, one.tally, one.meaning);
}

void bind_tally(py::module_& module) {
  py::class_<Tally>(module, "Tally", "Packets and their bytes.", py::is_final())
      .def_readonly("packets", &Tally::packets,
                    "One frame that stands for several segments counts once.")
      .def_readonly("bytes", &Tally::bytes, "Of all of them.")
      .def(
          "__repr__",
          [](const Tally& self) {
            return "<weir.Tally packets=" + std::to_string(self.packets) +
                   " bytes=" + std::to_string(self.bytes) + ">";
          },
          "__repr__(self, /)\n--\n\nBoth.");
}

void bind_adapter_counters(py::module_& module) {
  py::class_<AdapterCounters> type{
      module, "AdapterCounters",
      "Of one adapter in one direction, counted in the kernel since the gate came to it. Each "
      "packet seen has one fate:\nseen is the sum of unmatched, passed, dropped, notified, "
      "not_notified, held, segmented, flow_*, full_*, hang_*\nand unreadable.",
      py::is_final()};
  type.def_property_readonly(
          "adapter", [](const AdapterCounters& self) { return checked(text(self.adapter)); },
          "Its name when the gate came to it.")
      .def_readonly("index", &AdapterCounters::index, "The kernel's number of it.")
      .def_property_readonly(
          "direction",
          [](const AdapterCounters& self) {
            return self.direction == Direction::in ? "in" : "out";
          },
          "\"in\" or \"out\".");
  add(type, adapter_tallies);
}

void bind_held_counters(py::module_& module) {
  py::class_<HeldCounters> type{
      module, "HeldCounters",
      "Of the packets that were held, over all adapters: arrived is the sum of those up to "
      "waiting.",
      py::is_final()};
  add(type, held_tallies);
  type.def_readonly("late_verdicts", &HeldCounters::late_verdicts,
                    "Verdicts on packets that had been decided before.");
}

void bind_all_counters(py::module_& module) {
  using gate::ChangeCounters;
  using gate::GateCounters;
  py::class_<ChangeCounters>(module, "ChangeCounters", "Of rules with changes.", py::is_final())
      .def_readonly("changed", &ChangeCounters::changed, "Held by such a rule, and changed.")
      .def_readonly("unchanged", &ChangeCounters::unchanged,
                    "The same, but there was nothing to change, or it could not be.")
      .def_readonly("restored", &ChangeCounters::restored,
                    "Given the original destination of their flow as their source again.")
      .def_readonly("flows_evicted", &ChangeCounters::flows_evicted,
                    "Flows that had to make room for others.");
  py::class_<GateCounters>(module, "GateCounters", "What a gate has counted.", py::is_final())
      .def_readonly("adapters", &GateCounters::adapters,
                    "A list of AdapterCounters, two for each adapter.")
      .def_readonly("held", &GateCounters::held, "HeldCounters.")
      .def_readonly("segments", &GateCounters::segments,
                    "What frames held segment by segment came to.")
      .def_readonly("segments_lost", &GateCounters::segments_lost,
                    "Of those, lost for want of room in the ring.")
      .def_readonly("notices", &GateCounters::notices, "Copies handed out.")
      .def_readonly("strays", &GateCounters::strays,
                    "Held packets whose adapter or rule nobody knew any more.")
      .def_readonly("changes", &GateCounters::changes, "ChangeCounters.");
}

}  // namespace

void bind_gate_counters(py::module_& module) {
  bind_tally(module);
  bind_adapter_counters(module);
  bind_held_counters(module);
  bind_all_counters(module);
  py::class_<FlowVerdict>(module, "FlowVerdict",
                          "A flow that a verdict decided about, and what followed.", py::is_final())
      .def_readonly("adapter", &FlowVerdict::adapter, "The kernel's number of the adapter.")
      .def_readonly("protocol", &FlowVerdict::protocol, "Of IP: 6 or 17.")
      .def_property_readonly(
          "source", [](const FlowVerdict& self) { return checked(address_object(self.source)); },
          "Of the packet with the verdict.")
      .def_property_readonly(
          "destination",
          [](const FlowVerdict& self) { return checked(address_object(self.destination)); },
          "Of the packet with the verdict.")
      .def_readonly("source_port", &FlowVerdict::source_port, "Of that packet.")
      .def_readonly("destination_port", &FlowVerdict::destination_port, "Of that packet.")
      .def_readonly("passes", &FlowVerdict::passes, "Whether the flow goes on.")
      .def_readonly("decided", &FlowVerdict::decided, "What followed, in both directions.");
  py::class_<gate::Support>(module, "GateSupport", "What the kernel offers a gate.", py::is_final())
      .def_readonly("tcx", &gate::Support::tcx, "Whether it has tcx, from Linux 6.6 on.")
      .def_readonly("clsact", &gate::Support::clsact, "Whether it has clsact.")
      .def_readonly("owner_watch", &gate::Support::owner_watch,
                    "Whether a gate can watch its own process from within the kernel.")
      .def_readonly("why_not", &gate::Support::why_not,
                    "Why there can be no gate at all; empty if there can.");
  module.def("support", &gate::support, py::call_guard<WithoutGil>(),
             "support()\n--\n\nSee weir.Gate.support().");
}

}  // namespace weir::python
