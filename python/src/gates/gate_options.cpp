// From a dict; what they may be is checked in weir._gate, and by the gate.
#include "gates/gate_options.h"

#include <pybind11/stl.h>

#include <chrono>
#include <string>
#include <vector>

#include "weir/error.h"

namespace py = pybind11;

namespace weir::python {
namespace {

Duration duration_in(const py::object& seconds) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{seconds.cast<double>()});
}

gate::Policies policies_in(const py::dict& given) {
  const auto policy = [&](const char* name) {
    return given[name].cast<bool>() ? gate::Policy::open : gate::Policy::closed;
  };
  return {.ring_full = policy("ring_full"),
          .deadline = policy("deadline"),
          .hang = policy("hang"),
          .death = policy("death"),
          .exception = policy("exception"),
          .undecided = policy("undecided"),
          .too_long = policy("too_long")};
}

gate::Attachment attachment_in(const std::string& word) {
  if (word == "best") return gate::Attachment::best;
  if (word == "tcx") return gate::Attachment::tcx;
  return gate::Attachment::clsact;
}

}  // namespace

gate::GateOptions gate_options(const py::dict& options) {
  const auto number = [&](const char* name) { return options[name].cast<std::uint64_t>(); };
  const auto flag = [&](const char* name) { return options[name].cast<bool>(); };
  return {.adapters = options["adapters"].cast<std::vector<std::string>>(),
          .altitude = options["altitude"].cast<std::int32_t>(),
          .policies = policies_in(options["policies"]),
          .deadline = duration_in(options["deadline"]),
          .hang_limit = duration_in(options["hang_limit"]),
          .segments = flag("keep_segments") ? gate::Segments::keep : gate::Segments::cut,
          .snapshot_length = static_cast<std::uint32_t>(number("snaplen")),
          .ring_size = number("ring_size"),
          .notice_ring_size = number("notice_ring_size"),
          .most_held = number("most_held"),
          .most_held_bytes = number("most_held_bytes"),
          .flow_verdicts = static_cast<std::uint32_t>(number("flow_verdicts")),
          .tcp_growth = static_cast<std::uint16_t>(number("tcp_growth")),
          .counts_only = flag("counts_only"),
          .set_loopback = flag("set_loopback"),
          .workers = {.min = static_cast<unsigned>(number("min_workers")),
                      .max = static_cast<unsigned>(number("max_workers")),
                      .stack_size = number("stack_size")},
          .attachment = attachment_in(options["attachment"].cast<std::string>()),
          .watch_owner = flag("watch_owner")};
}

}  // namespace weir::python
