// weir.Rule, and how the gate has it.
#include "weir/gate/rule.h"

#include <pybind11/stl.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "filters.h"
#include "gates/bind_gate.h"
#include "object.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/gate/rule_text.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using gate::Action;
using gate::Rule;
using gate::RuleStatus;

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

Action action_in(const std::string& word) {
  for (const Action action :
       {Action::pass, Action::accept, Action::drop, Action::hold, Action::notify}) {
    if (word == name(action)) return action;
  }
  refuse("action: \"pass\", \"accept\", \"drop\", \"hold\" or \"notify\", not \"" + word + '"');
}

Direction direction_in(const std::string& word) {
  if (word == "in") return Direction::in;
  if (word == "out") return Direction::out;
  if (word == "any") return Direction::unknown;
  refuse("direction: \"in\", \"out\" or \"any\", not \"" + word + '"');
}

const char* word(Direction direction) noexcept {
  return direction == Direction::in ? "in" : direction == Direction::out ? "out" : "any";
}

Duration delay_in(double seconds) {
  if (!(seconds >= 0 && seconds <= 1e6)) refuse("delay: a number of seconds from 0 to 1,000,000");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
}

std::uint32_t length_in(const py::object& given, const char* name) {
  const py::object whole = checked(whole_number(given.ptr(), name).release());
  int overflow = 0;
  const long long length = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
  if (overflow != 0 || !std::in_range<std::uint32_t>(length)) {
    refuse(std::string{name} + ": bytes, from 0 to 4,294,967,295");
  }
  return static_cast<std::uint32_t>(length);
}

/// Of a rule that says nothing else. Only its changes and its delay are set.
Rule changes_in(const std::string& words) {
  const Rule rule = gate::parse_rule("hold any " + words);
  Rule changed{.changes = rule.changes, .delay = rule.delay};
  if (rule != changed || rule == Rule{}) {
    refuse("changes: \"set ttl 5; set dport 8080; set dst 192.0.2.9; delay 20ms\", not \"" + words +
           '"');
  }
  return changed;
}

/// What the keyword arguments of Rule() say.
Rule rule_of(const std::string& action, const std::string& adapter, const std::string& direction,
             const py::object& min_length, const py::object& max_length, const py::object& filter,
             const std::string& changes, double delay) {
  Rule rule{.action = action_in(action),
            .adapter = adapter,
            .direction = direction_in(direction),
            .min_length = length_in(min_length, "min_length"),
            .max_length = length_in(max_length, "max_length"),
            .delay = delay_in(delay)};
  if (const auto wanted = filter_in(filter)) rule.filter = wanted->text();
  if (!changes.empty()) {
    const Rule changed = changes_in(changes);
    rule.changes = changed.changes;
    rule.delay += changed.delay;
  }
  return rule;
}

/// The changes as text, without the rest of their rule.
std::string changes_of(const Rule& rule) {
  if (rule.changes.empty()) return {};
  const std::string whole = gate::text_of({.changes = rule.changes});
  return whole.substr(std::string_view{"hold any "}.size());
}

void bind_rule(py::module_& module) {
  py::class_<Rule>(
      module, "Rule",
      "Rule(text=None, *, id='', action='hold', adapter='', direction='any', min_length=0, "
      "max_length=4294967295, filter=None, hold_neighbors=False, changes='', delay=0.0)\n--\n\n"
      "Which packets, and what becomes of them: a value.",
      py::is_final())
      .def(py::init([](const std::optional<std::string>& text, std::string id,
                       const std::string& action, const std::string& adapter,
                       const std::string& direction, const py::object& min_length,
                       const py::object& max_length, const py::object& filter, bool hold_neighbors,
                       const std::string& changes, double delay) {
             Rule rule = rule_of(action, adapter, direction, min_length, max_length, filter,
                                 changes, delay);
             if (text) {
               if (rule != Rule{}) {
                 throw py::type_error(
                     "a rule that is text says it all: only id and hold_neighbors go with it");
               }
               rule = gate::parse_rule(*text);
             }
             rule.id = std::move(id);
             rule.hold_neighbors = hold_neighbors;
             return rule;
           }),
           py::arg("text") = py::none(), py::kw_only(), py::arg("id") = "",
           py::arg("action") = "hold", py::arg("adapter") = "", py::arg("direction") = "any",
           py::arg("min_length") = 0, py::arg("max_length") = UINT32_MAX,
           py::arg("filter") = py::none(), py::arg("hold_neighbors") = false,
           py::arg("changes") = "", py::arg("delay") = 0.0,
           "__init__(self, text=None, *, id='', action='hold', adapter='', direction='any', "
           "min_length=0, max_length=4294967295, filter=None, hold_neighbors=False, changes='', "
           "delay=0.0)\n--\n\nIn words, \"hold out on eth0 len 60..1500 : udp port 53\", or by "
           "keywords. changes: \"set ttl 5; set dport 8080; set dst 192.0.2.9\", of what is held; "
           "delay: seconds. Raises FilterError for words that are wrong.")
      .def_static("parse", &gate::parse_rules, py::arg("text"), py::arg("path") = "rules",
                  "parse(text, path=\"rules\")\n--\n\nRules, one a line, as a list; blank lines "
                  "and those that begin with # are left out. Raises FormatError for the first "
                  "line that is wrong, which it shows; path is for messages.")
      .def_readonly("id", &Rule::id, "What it is known by; empty: the gate gives it one.")
      .def_property_readonly(
          "action", [](const Rule& self) { return name(self.action); },
          "\"pass\", \"accept\", \"drop\", \"hold\" or \"notify\".")
      .def_readonly("adapter", &Rule::adapter, "Empty: all the gate is at.")
      .def_property_readonly(
          "direction", [](const Rule& self) { return word(self.direction); },
          "\"in\", \"out\" or \"any\".")
      .def_readonly("min_length", &Rule::min_length, "Bytes on the wire.")
      .def_readonly("max_length", &Rule::max_length, "Bytes on the wire.")
      .def_readonly("filter", &Rule::filter, "pcap-filter(7); empty: every packet.")
      .def_readonly("hold_neighbors", &Rule::hold_neighbors,
                    "ARP and neighbor discovery too, though its filter does not name them.")
      .def_property_readonly("changes", &changes_of, "In words; empty for none.")
      .def_property_readonly(
          "delay",
          [](const Rule& self) { return std::chrono::duration<double>(self.delay).count(); },
          "Seconds.")
      .def(
          "__eq__",
          [](const Rule& self, const py::object& other) {
            return py::isinstance<Rule>(other) && self == other.cast<const Rule&>();
          },
          py::arg("other"), "__eq__(self, other, /)\n--\n\nWhether all of it is the same.")
      .def(
          "__hash__",
          [](const Rule& self) { return std::hash<std::string>{}(self.id + gate::text_of(self)); },
          "__hash__(self, /)\n--\n\nOf all of it.")
      .def("__str__", &gate::text_of, "__str__(self, /)\n--\n\nIn words.")
      .def(
          "__repr__",
          [](const Rule& self) {
            return py::str("weir.Rule({!r}{}{})")
                .format(gate::text_of(self),
                        self.id.empty() ? py::str{} : py::str(", id={!r}").format(self.id),
                        self.hold_neighbors ? ", hold_neighbors=True" : "");
          },
          "__repr__(self, /)\n--\n\nThe call that makes it.");
}

}  // namespace

void bind_gate_rules(py::module_& module) {
  bind_rule(module);
  py::class_<RuleStatus>(module, "RuleStatus", "A rule in force.", py::is_final())
      .def_readonly("rule", &RuleStatus::rule, "With the id it has.")
      .def_readonly("hits", &RuleStatus::hits, "A Tally of what it decided about.")
      .def_readonly("cannot_match", &RuleStatus::cannot_match,
                    "Where it cannot match, and why: a list of str.")
      .def_readonly("in_user_space", &RuleStatus::in_user_space,
                    "Whether it is decided outside of the kernel.")
      .def(
          "__repr__",
          [](const RuleStatus& self) {
            return py::str("<weir.RuleStatus {}: {}: {} packets>")
                .format(self.rule.id, gate::text_of(self.rule), self.hits.packets);
          },
          "__repr__(self, /)\n--\n\nThe rule, and how often it matched.");
}

}  // namespace weir::python
