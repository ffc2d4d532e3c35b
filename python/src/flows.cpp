// weir.flows(): a tracker over a source, whose flows are told as they end.
#include <pybind11/stl.h>

#include <deque>

#include "bindings.h"
#include "flow_object.h"
#include "source_object.h"
#include "weir/flow/tracker.h"
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
        tracker_{queue_, options} {
    if (!stream_) throw py::error_already_set{};
  }

  py::object next() {
    for (;;) {
      while (!queue_.told.empty()) {
        const FlowQueue::Told told = queue_.told.front();
        queue_.told.pop_front();
        py::object flow = checked(flow_object(told.row));
        const py::object& handler = told.has_ended ? on_end_ : on_start_;
        if (!handler.is_none()) handler(flow);
        if (told.has_ended) return flow;
      }
      if (has_finished_) throw py::stop_iteration{};
      if (read() == Stream::Got::timeout) return py::none();
    }
  }

  [[nodiscard]] py::dict counts() const {
    const flow::TrackerCounts counts = tracker_.counts();
    using namespace py::literals;
    return py::dict("packets"_a = counts.packets, "tracked"_a = counts.tracked,
                    "without_ip"_a = counts.without_ip, "backward"_a = counts.backward,
                    "outlier"_a = counts.outlier, "flows_started"_a = counts.flows_started,
                    "flows_ended"_a = counts.flows_ended, "flows_evicted"_a = counts.flows_evicted,
                    "live"_a = tracker_.size());
  }

 private:
  Stream::Got read() {
    std::span<const Packet> packets;
    Timestamp now;
    const Stream::Got got = stream_->next_batch(packets, now);
    if (got == Stream::Got::raised) throw py::error_already_set{};
    const py::gil_scoped_release released;
    tracker_.add(packets);
    if (now != Timestamp{}) tracker_.advance(now);
    if (got != Stream::Got::end) return got;
    has_finished_ = true;
    tracker_.finish();
    return got;
  }

  py::object source_;
  std::shared_ptr<Stream> stream_;
  py::object on_start_;
  py::object on_end_;
  FlowQueue queue_;
  flow::Tracker tracker_;
  bool has_finished_ = false;
};

Duration seconds(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{count});
}

}  // namespace

void bind_flows(py::module_& module) {
  py::class_<Flows> type(
      module, "Flows",
      "Flows(source, idle, active, fin, vlan, inner, max_flows, on_start, on_end)\n--\n\nAn "
      "iterator over flows that have ended: see weir.flows(). One thread at a time.");
  type.def_static(
          "__class_getitem__",
          [type = type.ptr()](py::handle item) {
            return checked(Py_GenericAlias(type, item.ptr()));
          },
          py::arg("item"), "__class_getitem__(item)\n--\n\nFor annotations: Flows[Flow].")
      .def(
          py::init([](py::object source, double idle, double active, double fin, bool vlan,
                      bool inner, std::uint32_t max_flows, py::object on_start, py::object on_end) {
            const flow::TrackerOptions options{.idle = seconds(idle),
                                               .active = seconds(active),
                                               .fin = seconds(fin),
                                               .max_flows = max_flows,
                                               .vlan = vlan,
                                               .inner = inner};
            return std::make_unique<Flows>(std::move(source), options, std::move(on_start),
                                           std::move(on_end));
          }),
          py::arg("source"), py::arg("idle"), py::arg("active"), py::arg("fin"), py::arg("vlan"),
          py::arg("inner"), py::arg("max_flows"), py::arg("on_start"), py::arg("on_end"),
          "__init__(self, source, idle, active, fin, vlan, inner, max_flows, on_start, "
          "on_end)\n--\n\nAs weir.flows() says.")
      .def(
          "__iter__", [](py::object self) { return self; }, "__iter__(self, /)\n--\n\nItself.")
      .def("__next__", &Flows::next,
           "__next__(self, /)\n--\n\nThe next flow; None if the timeout of a live source passed "
           "without one.")
      .def_property_readonly("counts", &Flows::counts,
                             "What was met so far: packets = tracked + without_ip; flows_started = "
                             "flows_ended + live.");
}

}  // namespace weir::python
