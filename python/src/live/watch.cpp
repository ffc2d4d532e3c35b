// weir.Watch: adapters that come, go and change.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <optional>

#include "bindings.h"
#include "object.h"
#include "sources.h"
#include "weir/capture/adapter_watch.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using capture::AdapterEvent;
using capture::AdapterWatch;
using Clock = std::chrono::steady_clock;

/// Events one by one. One thread at a time.
class Watch {
 public:
  explicit Watch(const py::object& timeout) : timeout_{timeout_in(timeout)} {}

  py::object next() {
    if (is_busy_) {
      throw Error{ErrorCode::invalid_argument, "another thread waits for events of this watch"};
    }
    const auto until = timeout_ ? Clock::now() + *timeout_ : Clock::time_point::max();
    while (pending_.empty()) {
      if (stopped_) throw py::stop_iteration{};
      wait(until);
      if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
      if (pending_.empty() && !stopped_ && timeout_ && Clock::now() >= until) return py::none();
    }
    py::object event = py::cast(pending_.front());
    pending_.pop_front();
    return event;
  }

  void stop() noexcept {
    stopped_ = true;
    watch_.stop();
  }

  [[nodiscard]] const std::vector<capture::Adapter>& adapters() const noexcept { return known_; }

 private:
  void wait(Clock::time_point until) {
    const Raised busy{is_busy_};
    Duration most = signal_period;
    if (timeout_) most = std::clamp<Duration>(until - Clock::now(), Duration{0}, most);
    std::vector<AdapterEvent> events;
    {
      const WithoutGil without;
      events = watch_.next(Deadline::in(most));
    }
    pending_.insert(pending_.end(), events.begin(), events.end());
    known_ = watch_.adapters();
  }

  AdapterWatch watch_{};
  std::vector<capture::Adapter> known_ = watch_.adapters();
  std::optional<Duration> timeout_;
  std::deque<AdapterEvent> pending_;
  std::atomic<bool> stopped_ = false;
  bool is_busy_ = false;
};

}  // namespace

void bind_watch(py::module_& module) {
  py::class_<AdapterEvent>(module, "AdapterEvent", "What happened to an adapter.", py::is_final())
      .def_property_readonly(
          "kind", [](const AdapterEvent& self) { return capture::name(self.kind); },
          "\"added\", \"removed\", \"renamed\", \"up\", \"down\" or \"changed\".")
      .def_readonly("adapter", &AdapterEvent::adapter,
                    "As it is afterwards; of one that was removed, as it was before.")
      .def_property_readonly(
          "old_name",
          [](const AdapterEvent& self) {
            return self.old_name.empty() ? py::none() : checked(text(self.old_name));
          },
          "Of one that was renamed; else None.")
      .def(
          "__repr__",
          [](const AdapterEvent& self) {
            return py::str("<weir.AdapterEvent {} {}>")
                .format(checked(text(self.adapter.name)), capture::name(self.kind));
          },
          "__repr__(self, /)\n--\n\nWhich adapter, and what.");
  py::class_<Watch>(module, "Watch",
                    "Watch(timeout=None)\n--\n\nAn iterator over AdapterEvent, from its making on: "
                    "adapters that come, go and change.\nWith a timeout in seconds it yields None "
                    "when that passes without one. Needs no rights.\nOne thread at a time, but "
                    "stop() from any.",
                    py::is_final())
      .def(py::init<const py::object&>(), py::arg("timeout") = py::none(),
           "__init__(self, timeout=None)\n--\n\nRaises SystemError where the kernel does not tell.")
      .def(
          "__iter__", [](py::object self) { return self; }, "__iter__(self, /)\n--\n\nItself.")
      .def("__next__", &Watch::next,
           "__next__(self, /)\n--\n\nThe next event; None if the timeout passed without one.")
      .def("stop", &Watch::stop, "stop(self)\n--\n\nEnds iteration, in whatever thread it waits.")
      .def_property_readonly("adapters", &Watch::adapters,
                             "Every adapter, as of the last events that were fetched.");
}

}  // namespace weir::python
