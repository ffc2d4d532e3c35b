// weir.statistics(): what an adapter has had, interval by interval.
#include <poll.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "bindings.h"
#include "filters.h"
#include "raise.h"
#include "sources.h"
#include "value_object.h"
#include "weir/capture/counter.h"
#include "weir/capture/interval.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using capture::Counter;
using capture::CountingMode;
using capture::Counts;
using capture::Moment;
using Clock = std::chrono::steady_clock;

/// The record stats of docs/json.md.
struct StatisticsRow {
  std::string interface;
  capture::IntervalCounts counts{};

  [[nodiscard]] double seconds() const noexcept {
    return std::chrono::duration<double>(counts.elapsed).count();
  }
};

/// Rows whose n-th ends n intervals after the beginning.
class Statistics {
 public:
  Statistics(const std::string& adapter, double interval, const py::object& filter,
             bool promiscuous, const std::string& direction)
      : adapter_{adapter},
        interval_{checked_interval(interval)},
        counter_{opened(adapter, filter, promiscuous, direction)} {}

  StatisticsRow next() {
    if (is_busy_) {
      throw Error{ErrorCode::invalid_argument, "another thread waits for these statistics"};
    }
    const Raised busy{is_busy_};
    if (has_ended_) {
      if (counts_.gone && !std::exchange(has_told_gone_, true)) {
        raise_gone(adapter_);
        throw py::error_already_set{};
      }
      throw py::stop_iteration{};
    }
    const Clock::time_point end = capture::end_of_interval(began_, interval_, Clock::now());
    while (!stopped_ && !counts_.gone && Clock::now() < end) {
      wait(end);
      if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
    }
    return row();
  }

  /// From the beginning on, as of the last row.
  [[nodiscard]] StatisticsRow total() const {
    return {adapter_, capture::between(began_, told_, {}, told_counts_)};
  }
  void stop() noexcept { stopped_ = true; }
  [[nodiscard]] const char* mode() const {
    return counter_.mode() == CountingMode::kernel ? "kernel" : "ring";
  }

 private:
  static Duration checked_interval(double seconds) {
    if (!(seconds >= 0.001 && seconds <= 1e6)) {
      throw Error{ErrorCode::invalid_argument,
                  "an interval is a number of seconds from 0.001 to 1,000,000"};
    }
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
  }

  static Counter opened(const std::string& adapter, const py::object& filter, bool promiscuous,
                        const std::string& direction) {
    capture::CounterOptions options{.promiscuous = promiscuous, .traffic = traffic_of(direction)};
    if (auto wanted = filter_in(filter)) options.filter = *wanted;
    try {
      const WithoutGil without;
      return Counter{adapter, options};
    } catch (const Error&) {
      raise_current({Subject::Kind::adapter, adapter});
      throw py::error_already_set{};
    }
  }

  /// Until something is to be read, or for a while; empties the ring.
  void wait(Clock::time_point end) {
    const WithoutGil without;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    pollfd watched{.fd = counter_.file_descriptor(), .events = POLLIN, .revents = 0};
    const auto most = std::clamp<std::chrono::milliseconds>(left, {}, signal_period);
    if (::poll(&watched, 1, static_cast<int>(most.count())) > 0) counts_ = counter_.read();
  }

  StatisticsRow row() {
    {
      const WithoutGil without;
      if (!counts_.gone) counts_ = counter_.read();
    }
    const Moment now;
    StatisticsRow made{adapter_, capture::between(told_, now, told_counts_, counts_)};
    told_ = now;
    told_counts_ = counts_;
    has_ended_ = stopped_ || counts_.gone;
    return made;
  }

  std::string adapter_;
  Duration interval_;
  Counter counter_;
  Moment began_{};
  Moment told_ = began_;
  Counts counts_{};
  Counts told_counts_{};
  std::atomic<bool> stopped_ = false;
  bool is_busy_ = false;
  bool has_ended_ = false;
  bool has_told_gone_ = false;
};

std::int64_t nanoseconds(Timestamp time) { return time.time_since_epoch().count(); }

void bind_row(py::module_& module) {
  using Row = StatisticsRow;
  py::class_<Row>(module, "StatisticsRow", "What was counted in an interval, or in all of them.",
                  py::is_final())
      .def_property_readonly(
          "interface", [](const Row& self) { return checked(text(self.interface)); },
          "The adapter.")
      .def_property_readonly(
          "start", [](const Row& self) { return checked(time_object(self.counts.start)); },
          "When it began, by the wall clock: an aware datetime.")
      .def_property_readonly(
          "start_ns", [](const Row& self) { return nanoseconds(self.counts.start); },
          "The same in nanoseconds since 1970.")
      .def_property_readonly(
          "end", [](const Row& self) { return checked(time_object(self.counts.end)); },
          "When it ended.")
      .def_property_readonly(
          "end_ns", [](const Row& self) { return nanoseconds(self.counts.end); },
          "The same in nanoseconds since 1970.")
      .def_property_readonly("seconds", &Row::seconds,
                             "How long it was, by a clock that nobody sets.")
      .def_property_readonly(
          "packets", [](const Row& self) { return self.counts.packets; }, "Packets that match.")
      .def_property_readonly(
          "bytes", [](const Row& self) { return self.counts.bytes; }, "Their bytes on the wire.")
      .def_property_readonly(
          "packets_per_second", [](const Row& self) { return self.counts.packets_per_second(); },
          "packets by seconds.")
      .def_property_readonly(
          "bits_per_second", [](const Row& self) { return self.counts.bits_per_second(); },
          "8 times bytes by seconds.")
      .def_property_readonly(
          "dropped", [](const Row& self) { return self.counts.dropped; },
          "Not counted, for want of room; None where the kernel counts, which drops none.")
      .def(
          "__repr__",
          [](const Row& self) {
            return py::str("<weir.StatisticsRow {}: {} packets, {} bytes in {:.3f} s>")
                .format(self.interface, self.counts.packets, self.counts.bytes, self.seconds());
          },
          "__repr__(self, /)\n--\n\nWhat was counted.");
}

}  // namespace

void bind_statistics(py::module_& module) {
  bind_row(module);
  py::class_<Statistics>(
      module, "Statistics",
      "Statistics(adapter, interval, filter, promiscuous, direction)\n--\n\nAn "
      "iterator over StatisticsRow: see weir.statistics(). One thread at a time, "
      "but stop() from any.",
      py::is_final())
      .def(py::init<const std::string&, double, const py::object&, bool, const std::string&>(),
           py::arg("adapter"), py::arg("interval"), py::arg("filter"), py::arg("promiscuous"),
           py::arg("direction"),
           "__init__(self, adapter, interval, filter, promiscuous, direction)\n--\n\nAs "
           "weir.statistics() says.")
      .def(
          "__iter__", [](py::object self) { return self; }, "__iter__(self, /)\n--\n\nItself.")
      .def("__next__", &Statistics::next,
           "__next__(self, /)\n--\n\nThe next interval, once it is over.")
      .def("stop", &Statistics::stop,
           "stop(self)\n--\n\nEnds the interval at hand and, after it, iteration.")
      .def_property_readonly("total", &Statistics::total,
                             "From the beginning to the end of the last row: the sum of all rows.")
      .def_property_readonly("mode", &Statistics::mode,
                             "Who counts: \"kernel\", or \"ring\" (user space, from a ring).");
}

}  // namespace weir::python
