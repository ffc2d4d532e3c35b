// What weir.Gate is made of: a gate whose handlers are Python's.
#include <pybind11/stl.h>

#include <optional>
#include <set>

#include "bindings.h"
#include "collected.h"
#include "gates/bind_gate.h"
#include "gates/forks.h"
#include "gates/gate_handlers.h"
#include "gates/gate_options.h"
#include "gates/gate_stop.h"
#include "gates/gate_threads.h"
#include "gates/held_object.h"
#include "object.h"
#include "weir/error.h"
#include "weir/gate/driver.h"
#include "weir/gate/gate.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// For which the end of the interpreter, or of a gate that nobody refers to, waits at most.
constexpr std::chrono::seconds patience{3};

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

bool is_over = false;

/// A gate and whom it calls.
struct RunningGate {
  std::shared_ptr<GateHandlers> handlers;
  std::shared_ptr<gate::Gate> gate;
};

class GateCore;
/// Those that were started, and not stopped since.
std::set<GateCore*> running;

/// All calls by several threads at once, with the GIL.
class GateCore {
 public:
  GateCore(const py::dict& options, const py::dict& functions) {
    // The gate's threads may be the last to let them go.
    gate_.handlers = {new GateHandlers{functions}, [](GateHandlers* handlers) {
                        if (!interpreter_is_open()) return;
                        const WithGil with;
                        delete handlers;
                      }};
    gate::GateOptions made = gate_options(options);
    gate_.handlers->hook(made.workers);
    gate_.gate = std::make_shared<gate::Gate>(std::move(made), gate_.handlers->handlers());
    gate_.handlers->name_adapters([gate = gate_.gate.get()] {
      std::map<std::uint32_t, std::string> names;
      for (const auto& counted : gate->counters().adapters) names[counted.index] = counted.adapter;
      return names;
    });
  }
  GateCore(const GateCore&) = delete;
  GateCore& operator=(const GateCore&) = delete;
  ~GateCore() {
    running.erase(this);
    if (is_elsewhere() || is_over) {
      // Threads that are not there, or locks of theirs, would be waited for.
      static_cast<void>(new RunningGate{std::move(gate_)});
      return;
    }
    end();
    const WithoutGil without;
    gate_.gate.reset();
  }

  /// What `call` returns. Without the GIL.
  template <class Call>
  auto ask(Call call) {
    if (is_elsewhere()) refuse("the gate is that of the process that this one was forked from");
    const auto gate = gate_.gate;
    const WithoutGil without;
    return call(*gate);
  }

  /// Stops; does not wait where that would be for ever.
  void end() noexcept {
    if (is_elsewhere() || !gate_.gate->is_running()) return;
    try {
      if (!stop_) stop_ = begin_stop();
      if (!is_in_gate_handler() && stop_->wait(patience)) running.erase(this);
    } catch (const Error&) {
      // No thread for it: ~Gate() does it in this one.
    }
  }

  void start() {
    if (stop_ && !stop_->wait({})) refuse("the gate is being stopped");
    stop_.reset();
    ask([](gate::Gate& gate) { gate.start(); });
    running.insert(this);
  }

  void stop() {
    if (is_elsewhere()) return;
    if (is_in_gate_handler()) {
      refuse("stop() waits for handlers and is not for them to call");
    }
    if (!stop_) {
      if (!gate_.gate->is_running()) return;
      stop_ = begin_stop();
    }
    const std::shared_ptr<GateStop> stop = stop_;
    while (!stop->wait(signal_period)) {
      if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
    }
    if (stop == stop_) stop_.reset();
    if (!gate_.gate->is_running()) running.erase(this);
    if (const std::exception_ptr error = stop->error()) std::rethrow_exception(error);
  }

  [[nodiscard]] bool is_running() const { return !is_elsewhere() && gate_.gate->is_running(); }

  /// For the end of the interpreter: null if there is nothing to wait for.
  [[nodiscard]] std::shared_ptr<GateStop> begin_end() {
    if (is_elsewhere()) return nullptr;
    if (!stop_) stop_ = begin_stop();
    return stop_;
  }

  template <class Visit>
  void visit_references(Visit visit) {
    if (gate_.handlers) gate_.handlers->visit_references(visit);
  }

 private:
  [[nodiscard]] bool is_elsewhere() const noexcept { return forks_ != forks(); }

  /// Whoever waits has the gate as well, and lets it go with the GIL.
  [[nodiscard]] std::shared_ptr<GateStop> begin_stop() const {
    return GateStop::begin([running = gate_] { running.gate->stop(); });
  }

  RunningGate gate_{};
  std::shared_ptr<GateStop> stop_{};
  unsigned forks_ = forks();
};

/// At the end of the interpreter, while all of it is there yet.
void end_all() {
  give_up_held();
  std::vector<std::shared_ptr<GateStop>> stops;
  for (GateCore* const gate : running) {
    if (auto stop = gate->begin_end()) stops.push_back(std::move(stop));
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  bool are_over = true;
  for (const auto& stop : stops) {
    are_over = stop->wait(until - std::chrono::steady_clock::now()) && are_over;
  }
  // A handler that never returns is left to the end of the process, as is what it belongs to.
  is_over = !are_over;
  close_interpreter_to_gates();
}

/// One that only its own handlers refer to is stopped before those are taken apart.
py::custom_type_setup ending_when_collected() {
  const py::custom_type_setup collecting = collected<GateCore>();
  return py::custom_type_setup{[collecting](PyHeapTypeObject* heap_type) {
    collecting.value(heap_type);
    heap_type->ht_type.tp_finalize = [](PyObject* self) {
      if (GateCore* const gate = behind<GateCore>(self)) gate->end();
    };
  }};
}

void set_adapter(GateCore& self, const std::string& adapter, std::uint32_t snaplen,
                 bool promiscuous, bool statistics) {
  self.ask([&](gate::Gate& gate) {
    gate.set(adapter,
             {.snapshot_length = snaplen, .promiscuous = promiscuous, .statistics = statistics});
  });
}

void write_driver(const std::string& path, const std::optional<std::string>& version) {
  gate::Driver driver;
  if (version) {
    const auto parsed = gate::parse_driver_version(*version);
    if (!parsed) refuse("version: one to four numbers, as 1.2.3.4, not " + *version);
    driver = driver.with_version(*parsed);
  }
  const WithoutGil without;
  driver.write(path);
}

}  // namespace

void bind_gate(py::module_& module) {
  if (!count_forks() || !add_held_type(module.ptr())) throw py::error_already_set{};
  bind_gate_error(module);
  bind_gate_rules(module);
  bind_gate_counters(module);
  py::module_::import("atexit").attr("register")(py::cpp_function{&end_all});
  py::class_<GateCore>(module, "GateCore",
                       "GateCore(options, functions)\n--\n\nWhat weir.Gate is made of.",
                       py::is_final(), ending_when_collected())
      .def(py::init<const py::dict&, const py::dict&>(), py::arg("options"), py::arg("functions"),
           "__init__(self, options, functions)\n--\n\nAs weir.Gate says.")
      .def("start", &GateCore::start, "start(self)\n--\n\nSee weir.Gate.start().")
      .def("stop", &GateCore::stop, "stop(self)\n--\n\nSee weir.Gate.stop().")
      .def_property_readonly("running", &GateCore::is_running, "Whether it runs.")
      .def(
          "add",
          [](GateCore& self, const gate::Rule& rule) {
            return self.ask([&](gate::Gate& gate) { return gate.add(rule); });
          },
          py::arg("rule"), "add(self, rule)\n--\n\nSee weir.Gate.add().")
      .def(
          "remove",
          [](GateCore& self, const std::string& id) {
            return self.ask([&](gate::Gate& gate) { return gate.remove(id); });
          },
          py::arg("id"), "remove(self, id)\n--\n\nSee weir.Gate.remove().")
      .def(
          "replace",
          [](GateCore& self, const std::vector<gate::Rule>& rules) {
            self.ask([&](gate::Gate& gate) { gate.replace(rules); });
          },
          py::arg("rules"), "replace(self, rules)\n--\n\nSee weir.Gate.replace().")
      .def(
          "clear", [](GateCore& self) { self.ask([](gate::Gate& gate) { gate.clear(); }); },
          "clear(self)\n--\n\nSee weir.Gate.clear().")
      .def(
          "rules",
          [](GateCore& self) { return self.ask([](gate::Gate& gate) { return gate.rules(); }); },
          "rules(self)\n--\n\nSee weir.Gate.rules().")
      .def("set", &set_adapter, py::arg("adapter"), py::arg("snaplen"), py::arg("promiscuous"),
           py::arg("statistics"),
           "set(self, adapter, snaplen, promiscuous, statistics)\n--\n\nSee weir.Gate.set().")
      .def(
          "adapters",
          [](GateCore& self) { return self.ask([](gate::Gate& gate) { return gate.adapters(); }); },
          "adapters(self)\n--\n\nSee weir.Gate.adapters().")
      .def(
          "counters",
          [](GateCore& self) { return self.ask([](gate::Gate& gate) { return gate.counters(); }); },
          "counters(self)\n--\n\nSee weir.Gate.counters().")
      .def(
          "flow_verdicts",
          [](GateCore& self) {
            return self.ask([](gate::Gate& gate) { return gate.flow_verdicts(); });
          },
          "flow_verdicts(self)\n--\n\nSee weir.Gate.flow_verdicts().");
  module.def("remains", &gate::remains, py::call_guard<WithoutGil>(),
             "remains()\n--\n\nSee weir.Gate.remains().");
  module.def("write_driver", &write_driver, py::arg("path"), py::arg("version"),
             "write_driver(path, version)\n--\n\nSee weir.Gate.write_driver().");
}

}  // namespace weir::python
