// weir.flows(): a tracker over a source, whose flows are told as they end.
#include <pybind11/stl.h>

#include <deque>
#include <optional>
#include <random>

#include "bindings.h"
#include "collected.h"
#include "flow_object.h"
#include "source_object.h"
#include "weir/flow/tracker.h"
#include "weir/memory/huge_pages.h"
#include "weir/record/flow_columns.h"
#include "weir/sink/flow_sink.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// Rows of flows that have started or ended, in their order, until Python takes them.
class FlowQueue final : public sink::FlowSink {
 public:
  struct Told {
    bool has_ended;
    record::FlowRow row;
  };

  explicit FlowQueue(bool wants_starts) : wants_starts_{wants_starts} {}

  void on_start(const flow::Flow& flow) override {
    if (wants_starts_) told.push_back({false, record::row_of(flow, flow::EndReason::end)});
  }
  void add(const record::FlowRow& row) override { told.push_back({true, row}); }

  std::deque<Told> told;

 private:
  bool wants_starts_;
};

/// An iterator over flows that have ended.
class Flows {
 public:
  Flows(py::object source, const flow::TrackerOptions& options, py::object on_start,
        py::object on_end)
      : source_{std::move(source)},
        stream_{stream_of(source_.ptr())},
        on_start_{std::move(on_start)},
        on_end_{std::move(on_end)},
        queue_{!on_start_.is_none()},
        tracker_{queue_, with_decoders(options)} {
    if (!stream_) throw py::error_already_set{};
  }

  py::object next() {
    if (is_reading_) {
      throw Error{ErrorCode::invalid_argument,
                  "flows of this iterator are waited for already: a handler or another thread "
                  "cannot ask for more meanwhile"};
    }
    const Raised reading{is_reading_};
    if (returns_next_) return std::exchange(returns_next_, {});
    for (;;) {
      while (!queue_.told.empty()) {
        if (py::object flow = tell()) return flow;
      }
      if (has_finished_) return finished();
      if (read() == Stream::Got::timeout) return py::none();
    }
  }

  /// The flows that are still to come, without an object each.
  std::shared_ptr<record::ColumnBatch> columns() {
    if (!on_start_.is_none() || !on_end_.is_none()) {
      throw Error{ErrorCode::invalid_argument, "columns of flows have no on_start and on_end"};
    }
    if (is_reading_) {
      throw Error{ErrorCode::invalid_argument, "another thread waits for flows of this iterator"};
    }
    record::FlowColumns rows{memory::huge_pages()};
    for (bool is_last = false; !is_last;) {
      is_last = has_finished_;
      for (const FlowQueue::Told& told : std::exchange(queue_.told, {})) rows.add(told.row);
      if (!has_finished_) read();
    }
    if (trouble_) throw *std::exchange(trouble_, std::nullopt);
    return std::make_shared<record::ColumnBatch>(rows.take());
  }

  void stop() const { stream_->stop(); }

  /// As of the last packets that were looked at.
  [[nodiscard]] py::dict statistics() const {
    const flow::TrackerCounts& counts = counts_;
    using namespace py::literals;
    return py::dict("packets"_a = counts.packets, "tracked"_a = counts.tracked,
                    "without_ip"_a = counts.without_ip, "backward"_a = counts.backward,
                    "outlier"_a = counts.outlier, "flows_started"_a = counts.flows_started,
                    "flows_ended"_a = counts.flows_ended, "flows_evicted"_a = counts.flows_evicted,
                    "flows_evicted_kept"_a = counts.flows_evicted_kept,
                    "fragments_unmatched"_a = counts.fragments_unmatched,
                    "fragments_evicted"_a = counts.fragments_evicted,
                    "live"_a = counts.flows_started - counts.flows_ended);
  }

  /// For the garbage collector: handlers often refer to what has them.
  template <class Visit>
  void visit_references(Visit visit) {
    visit(source_);
    visit(on_start_);
    visit(on_end_);
    visit(returns_next_);
  }

 private:
  [[nodiscard]] flow::TrackerOptions with_decoders(flow::TrackerOptions options) const {
    if (stream_) options.decoders = stream_->decoders();
    return options;
  }

  /// Tells the handler of one flow; returns it if it has ended. What the handler throws leaves it
  /// told, and to be returned by the next call.
  py::object tell() {
    const FlowQueue::Told told = queue_.told.front();
    queue_.told.pop_front();
    py::object flow = checked(flow_object(told.row));
    const py::object handler = told.has_ended ? on_end_ : on_start_;
    try {
      if (!handler.is_none()) handler(flow);
    } catch (const py::error_already_set&) {
      if (told.has_ended) returns_next_ = std::move(flow);
      throw;
    }
    return told.has_ended ? flow : py::object{};
  }

  /// What was wrong with the source comes behind the last flow.
  py::object finished() {
    if (trouble_) throw *std::exchange(trouble_, std::nullopt);
    throw py::stop_iteration{};
  }

  Stream::Got read() {
    std::span<const Packet> packets;
    Timestamp now;
    const Stream::Got got = stream_->next_batch(packets, now);
    if (got == Stream::Got::raised) {
      py::error_already_set error;
      if (!stream_->has_ended()) throw error;
      trouble_.emplace(std::move(error));
    }
    has_finished_ = got == Stream::Got::end || got == Stream::Got::raised;
    track(packets, now);
    if (PyErr_Occurred() != nullptr) {  // of a decoder
      trouble_.emplace(py::error_already_set{});
      has_finished_ = true;
      track({}, {});
    }
    counts_ = tracker_.counts();
    return got;
  }

  void track(std::span<const Packet> packets, Timestamp now) {
    const Stream::Lent lent{*stream_};
    const WithoutGil without;
    tracker_.add(packets);
    if (now != Timestamp{}) tracker_.advance(now);
    if (has_finished_) tracker_.finish();
  }

  py::object source_;
  std::shared_ptr<Stream> stream_;
  py::object on_start_;
  py::object on_end_;
  py::object returns_next_;
  std::optional<py::error_already_set> trouble_;
  FlowQueue queue_;
  flow::Tracker tracker_;
  flow::TrackerCounts counts_{};
  bool has_finished_ = false;
  bool is_reading_ = false;
};

Duration timeout_of(const char* name, double seconds) {
  constexpr double longest = 9e9;
  if (!(seconds >= 0)) {
    throw Error{ErrorCode::invalid_argument,
                std::string{name} + " is a number of seconds from 0 (none) on"};
  }
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{std::min(seconds, longest)});
}

flow::HashKey random_key() {
  std::random_device random;
  const auto word = [&random] { return std::uint64_t{random()} << 32U | random(); };
  return {{word(), word()}};
}

std::unique_ptr<Flows> make_flows(py::object source, double idle, double active, double fin,
                                  bool vlan, bool inner, std::uint32_t max_flows,
                                  py::object on_start, py::object on_end) {
  for (const py::object& handler : {on_start, on_end}) {
    if (!handler.is_none() && PyCallable_Check(handler.ptr()) == 0) {
      throw py::type_error(std::string{"on_start and on_end are called with a Flow: "} +
                           Py_TYPE(handler.ptr())->tp_name + " cannot be called");
    }
  }
  const flow::TrackerOptions options{.idle = timeout_of("idle", idle),
                                     .active = timeout_of("active", active),
                                     .fin = timeout_of("fin", fin),
                                     .max_flows = max_flows,
                                     .vlan = vlan,
                                     .inner = inner,
                                     .hash_key = random_key()};
  return std::make_unique<Flows>(std::move(source), options, std::move(on_start),
                                 std::move(on_end));
}

}  // namespace

void bind_flows(py::module_& module) {
  py::class_<Flows> type(
      module, "Flows",
      "Flows(source, idle, active, fin, vlan, inner, max_flows, on_start, on_end)\n--\n\nAn "
      "iterator over flows that have ended: see weir.flows(). One thread at a time, but stop() "
      "from "
      "any.",
      collected<Flows>());
  type.def_static(
          "__class_getitem__",
          [type = type.ptr()](py::handle item) {
            return checked(Py_GenericAlias(type, item.ptr()));
          },
          py::arg("item"), "__class_getitem__(item)\n--\n\nFor annotations: Flows[Flow].")
      .def(py::init(&make_flows), py::arg("source"), py::arg("idle"), py::arg("active"),
           py::arg("fin"), py::arg("vlan"), py::arg("inner"), py::arg("max_flows"),
           py::arg("on_start"), py::arg("on_end"),
           "__init__(self, source, idle, active, fin, vlan, inner, max_flows, on_start, "
           "on_end)\n--\n\nAs weir.flows() says.")
      .def(
          "__iter__", [](py::object self) { return self; }, "__iter__(self, /)\n--\n\nItself.")
      .def("__next__", &Flows::next,
           "__next__(self, /)\n--\n\nThe next flow; None if the timeout of a live source passed "
           "without one.")
      .def(
          "columns",
          [](Flows& self) {
            return py::module_::import("weir._columns").attr("Columns")(self.columns(), "flows");
          },
          "columns(self)\n--\n\nThe flows that are still to come as Columns, by the names of the "
          "flow record; not with on_start or on_end.")
      .def(
          "to_pandas",
          [](const py::object& self) { return self.attr("columns")().attr("to_pandas")(); },
          "to_pandas(self)\n--\n\nThe same as a pandas.DataFrame.")
      .def("stop", &Flows::stop,
           "stop(self)\n--\n\nEnds the source, in whatever thread it is waited for; the flows that "
           "are live follow. Callable from any thread.")
      .def_property_readonly("statistics", &Flows::statistics,
                             "A dict of what was met so far: packets = tracked + without_ip; "
                             "flows_started = flows_ended + live.");
}

}  // namespace weir::python
