// weir.flows(): a tracker over a source, whose flows are told as they end.
#include <pybind11/stl.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "bindings.h"
#include "collected.h"
#include "flows/flow_arguments.h"
#include "flows/flow_queue.h"
#include "flows/flow_statistics.h"
#include "source_object.h"
#include "weir/flow/tracker.h"
#include "weir/memory/huge_pages.h"
#include "weir/record/flow_columns.h"
#include "weir/record/history_row.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// An iterator over flows that have ended.
class Flows {
 public:
  Flows(py::object source, const flow::TrackerOptions& options,
        const std::optional<flow::Conversation>& between, py::object on_start, py::object on_end)
      : source_{std::move(source)},
        stream_{stream_of(source_.ptr())},
        on_start_{std::move(on_start)},
        on_end_{std::move(on_end)},
        queue_{{.starts = !on_start_.is_none(),
                .histories = options.history.fields != flow::HistoryFields::none,
                .between = between}},
        tracker_{queue_, with_decoders(options)} {
    if (!stream_) throw py::error_already_set{};
    queue_.ask(tracker_);
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
    if (queue_.wants_histories()) {
      throw Error{ErrorCode::invalid_argument,
                  "columns of flows have no history: leave out history=, or ask for Flow objects"};
    }
    if (is_reading_) {
      throw Error{ErrorCode::invalid_argument, "another thread waits for flows of this iterator"};
    }
    const Raised reading{is_reading_};
    record::FlowColumns rows{memory::huge_pages()};
    for (bool is_last = false; !is_last;) {
      is_last = has_finished_;
      for (const ToldFlow& told : std::exchange(queue_.told, {})) rows.add(told.row);
      if (!has_finished_) read();
    }
    if (trouble_) throw *std::exchange(trouble_, std::nullopt);
    return std::make_shared<record::ColumnBatch>(rows.take());
  }

  void stop() const { stream_->stop(); }

  /// As of the last packets that were looked at.
  [[nodiscard]] py::dict statistics() const { return statistics_of(counts_); }

  [[nodiscard]] py::dict facts() const {
    const auto [facts, history] = asked([](const flow::Tracker& tracker) {
      return std::pair{tracker.facts(), tracker.history_counts()};
    });
    return facts_of(facts, history);
  }

  [[nodiscard]] py::object find(py::handle protocol, py::handle one, py::handle other,
                                py::handle among) const {
    const std::uint8_t number = protocol_of(protocol);
    const FlowEnds ends = ends_of(number, one, other);
    const std::vector<std::uint16_t> vlans = vlans_of(among);
    auto found = asked([&](const flow::Tracker& tracker) {
      const flow::Flow* const flow = tracker.find(number, ends.one, ends.other, vlans);
      const bool is_there = flow != nullptr && queue_.is_wanted(*flow);
      return is_there ? queue_.live(*flow) : std::optional<ToldFlow>{};
    });
    return found ? checked(flow_object(*std::move(found))) : py::none();
  }

  [[nodiscard]] py::list live() const {
    return objects(asked([this](const flow::Tracker& tracker) {
      std::vector<ToldFlow> all;
      for (const flow::Flow& flow : tracker.flows()) {
        if (queue_.is_wanted(flow)) all.push_back(queue_.live(flow));
      }
      return all;
    }));
  }

  [[nodiscard]] py::list top(py::handle how_many, py::handle word) const {
    const std::size_t count = count_of(how_many);
    const flow::Order order = order_of(word);
    return objects(asked([&](const flow::Tracker& tracker) {
      std::vector<ToldFlow> all;
      const std::size_t most = queue_.wants_all() ? count : tracker.size();
      for (const flow::Flow* const flow : tracker.top(most, order)) {
        if (all.size() == count) break;
        if (queue_.is_wanted(*flow)) all.push_back(queue_.live(*flow));
      }
      return all;
    }));
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
  /// Names this thread for as long as it lives.
  class Tracking {
   public:
    explicit Tracking(std::atomic<std::thread::id>& named) noexcept : named_{named} {
      named_ = std::this_thread::get_id();
    }
    Tracking(const Tracking&) = delete;
    Tracking& operator=(const Tracking&) = delete;
    ~Tracking() { named_ = std::thread::id{}; }

   private:
    std::atomic<std::thread::id>& named_;
  };

  [[nodiscard]] flow::TrackerOptions with_decoders(flow::TrackerOptions options) const {
    if (stream_) options.decoders = stream_->decoders();
    return options;
  }

  /// What `ask` returns of the tracker, between its packets. Without the GIL.
  template <class Ask>
  auto asked(Ask ask) const -> std::invoke_result_t<Ask, const flow::Tracker&> {
    if (tracking_thread_ == std::this_thread::get_id()) {
      throw Error{ErrorCode::invalid_argument,
                  "a decoder cannot ask about flows while its packet is looked at"};
    }
    const WithoutGil without;
    const std::scoped_lock alone{tracking_};
    return ask(tracker_);
  }

  static py::list objects(std::vector<ToldFlow> all) {
    py::list flows;
    for (ToldFlow& told : all) flows.append(checked(flow_object(std::move(told))));
    return flows;
  }

  /// Tells the handler of one flow; returns it if it has ended. What the handler throws leaves it
  /// told, and to be returned by the next call.
  py::object tell() {
    ToldFlow told = std::move(queue_.told.front());
    queue_.told.pop_front();
    const bool has_ended = told.has_ended;
    py::object flow = checked(flow_object(std::move(told)));
    const py::object handler = has_ended ? on_end_ : on_start_;
    try {
      if (!handler.is_none()) handler(flow);
    } catch (const py::error_already_set&) {
      if (has_ended) returns_next_ = std::move(flow);
      throw;
    }
    return has_ended ? flow : py::object{};
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
    const std::scoped_lock alone{tracking_};
    const Tracking tracking{tracking_thread_};
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
  /// Held, never with the GIL taken before, while the tracker is used; and whose thread has it
  /// count packets, where decoders of Python may run.
  mutable std::mutex tracking_;
  std::atomic<std::thread::id> tracking_thread_{};
  flow::TrackerCounts counts_{};
  bool has_finished_ = false;
  bool is_reading_ = false;
};

flow::HashKey random_key() {
  std::random_device random;
  const auto word = [&random] { return std::uint64_t{random()} << 32U | random(); };
  return {{word(), word()}};
}

std::unique_ptr<Flows> make_flows(py::object source, double idle, double active, double fin,
                                  bool vlan, bool inner, std::uint32_t max_flows,
                                  const std::vector<std::string>& history,
                                  std::size_t history_budget, py::handle between,
                                  py::object on_start, py::object on_end) {
  for (const py::object& handler : {on_start, on_end}) {
    if (!handler.is_none() && PyCallable_Check(handler.ptr()) == 0) {
      throw py::type_error(std::string{"on_start and on_end are called with a Flow: "} +
                           Py_TYPE(handler.ptr())->tp_name + " cannot be called");
    }
  }
  const std::optional<flow::Conversation> conversation = conversation_of(between);
  const flow::TrackerOptions options{.idle = timeout_of("idle", idle),
                                     .active = timeout_of("active", active),
                                     .fin = timeout_of("fin", fin),
                                     .max_flows = max_flows,
                                     .vlan = vlan,
                                     .inner = inner,
                                     .hash_key = random_key(),
                                     .history = {.fields = record::history_fields(history),
                                                 .budget = history_budget,
                                                 .only = conversation}};
  return std::make_unique<Flows>(std::move(source), options, conversation, std::move(on_start),
                                 std::move(on_end));
}

}  // namespace

void bind_flows(py::module_& module) {
  py::class_<Flows> type(
      module, "Flows",
      "Flows(source, idle, active, fin, vlan, inner, max_flows, history, history_budget, between, "
      "on_start, on_end)\n--\n\nAn "
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
           py::arg("history"), py::arg("history_budget"), py::arg("between"), py::arg("on_start"),
           py::arg("on_end"),
           "__init__(self, source, idle, active, fin, vlan, inner, max_flows, history, "
           "history_budget, between, on_start, on_end)\n--\n\nAs weir.flows() says.")
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
          "flow record; not with on_start, on_end or history.")
      .def(
          "to_pandas",
          [](const py::object& self) { return self.attr("columns")().attr("to_pandas")(); },
          "to_pandas(self)\n--\n\nThe same as a pandas.DataFrame.")
      .def("stop", &Flows::stop,
           "stop(self)\n--\n\nEnds the source, in whatever thread it is waited for; the flows that "
           "are live follow. Callable from any thread.")
      .def("find", &Flows::find, py::arg("protocol"), py::arg("one"), py::arg("other"),
           py::arg("vlans") = py::tuple{},
           "find(self, protocol, one, other, vlans=())\n--\n\nThe live flow between two ends, "
           "whichever began it, as it is now; None if there is none. protocol: \"tcp\", \"udp\", "
           "..., or its number; ends: (address, port), or the address alone where the protocol has "
           "no ports; vlans: those of the key, outer first. From any thread, but not from a "
           "decoder.")
      .def("live", &Flows::live,
           "live(self)\n--\n\nThe live flows, as they are now: a list. From any thread, but not "
           "from a decoder.")
      .def(
          "top", &Flows::top, py::arg("count"), py::arg("order") = "bytes",
          "top(self, count, order=\"bytes\")\n--\n\nThe first live flows of an order: \"packets\", "
          "\"bytes\", \"packet_rate\", \"byte_rate\" (most first) or \"start\". From any thread, "
          "but "
          "not from a decoder.")
      .def_property_readonly(
          "facts", &Flows::facts,
          "A dict of how they stand: live, live_by_protocol (by its number), first and last "
          "packet time, packets_per_second by these, memory, and history_packets, history_bytes "
          "and history_dropped. From any thread, but not from a decoder.")
      .def_property_readonly("statistics", &Flows::statistics,
                             "A dict of what was met so far: packets = tracked + without_ip; "
                             "flows_started = flows_ended + live.");
}

}  // namespace weir::python
