// The rules of NetFilter. What cannot be is False, with last_error.
#include <optional>

#include "net_filter/arguments.h"
#include "net_filter/bind_net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using N = compat::NetFilter;

/// Of the last call in this thread, where it was refused here.
struct Refusal {
  /// FilterCore::number().
  std::uint64_t of = 0;
  std::string why{};
};
thread_local std::optional<Refusal> refused;

constexpr int no_direction = -1;

/// What `call` returns, unless a number does not fit: then what a rule that cannot be gets, which
/// tells of a wrong state first.
template <class Call>
bool change(FilterCore& self, std::initializer_list<std::pair<const char*, py::object>> numbers,
            Call call) {
  refused.reset();
  std::vector<int> values;
  for (const auto& [name, given] : numbers) {
    try {
      values.push_back(whole(given, name));
    } catch (const compat::NetFilterError& error) {
      if (!refused) refused = {self.number(), error.what()};
    }
  }
  if (!refused) return self.ask([&](N& filter) { return call(filter, values); });
  const Refusal why = *std::exchange(refused, std::nullopt);
  self.ask([](N& filter) {
    return filter.add_passthrough_rule(0, -1, no_direction, -1, -1, std::string{});
  });
  refused = why;
  return false;
}

bool add_filter_rule(FilterCore& self, const py::object& rule_id, const py::object& adapter_id,
                     const py::object& direction, const py::object& min_packet_size,
                     const py::object& max_packet_size, const py::object& bpf_rule,
                     const py::object& action) {
  const std::string filter = words(bpf_rule, "bpf_rule");
  return change(self,
                {{"rule_id", rule_id},
                 {"adapter_id", adapter_id},
                 {"direction", direction},
                 {"min_packet_size", min_packet_size},
                 {"max_packet_size", max_packet_size},
                 {"action", action}},
                [&](N& of, const std::vector<int>& given) {
                  return of.add_filter_rule(given[0], given[1], given[2], given[3], given[4],
                                            filter, given[5]);
                });
}

bool add_passthrough_rule(FilterCore& self, const py::object& rule_id, const py::object& adapter_id,
                          const py::object& direction, const py::object& min_packet_size,
                          const py::object& max_packet_size, const py::object& bpf_rule) {
  const std::string filter = words(bpf_rule, "bpf_rule");
  return change(self,
                {{"rule_id", rule_id},
                 {"adapter_id", adapter_id},
                 {"direction", direction},
                 {"min_packet_size", min_packet_size},
                 {"max_packet_size", max_packet_size}},
                [&](N& of, const std::vector<int>& given) {
                  return of.add_passthrough_rule(given[0], given[1], given[2], given[3], given[4],
                                                 filter);
                });
}

template <auto member>
auto remover() {
  return [](FilterCore& self, const py::object& rule_id) {
    return change(self, {{"rule_id", rule_id}},
                  [](N& of, const std::vector<int>& given) { return (of.*member)(given[0]); });
  };
}

template <auto member>
auto clearer() {
  return [](FilterCore& self) {
    return change(self, {}, [](N& of, const std::vector<int>&) { return (of.*member)(); });
  };
}

py::object last_error(FilterCore& self) {
  if (refused && refused->of == self.number()) return checked(text(refused->why));
  return shown(self.ask([](N& filter) { return filter.get_last_error(); }));
}

template <auto member>
void bind_view(NetFilterClass& type, const std::string& kind, const char* name, const char* doc) {
  const std::string full = "get_" + kind + "_rule_" + name;
  const std::string index_name = kind + "_rule_index";
  type.def(
      full.c_str(),
      [index_name](FilterCore& self, const py::object& given) {
        const int index = whole_or(given, index_name.c_str(), -1);
        return shown(self.ask([&](N& filter) { return (filter.*member)(index); }));
      },
      py::arg(index_name.c_str()),
      signed_doc(full, index_name, std::string{doc} + " As it was passed; rules count from 0.")
          .c_str());
}

template <auto member>
void bind_count(NetFilterClass& type, const std::string& kind) {
  const std::string name = kind + "_rule_count";
  const std::string doc = "Rules there are.";
  type.def(("get_" + name).c_str(), getter<member>(), signed_doc("get_" + name, "", doc).c_str())
      .def_property_readonly(name.c_str(), getter<member>(), doc.c_str());
}

void bind_views(NetFilterClass& type) {
  bind_count<&N::get_filter_rule_count>(type, "filter");
  bind_view<&N::get_filter_rule_action>(type, "filter", "action", "RULE_ACTION_…");
  bind_view<&N::get_filter_rule_adapter_id>(type, "filter", "adapter_id", "-1: all adapters.");
  bind_view<&N::get_filter_rule_bpf_rule>(type, "filter", "bpf_rule", "pcap-filter(7).");
  bind_view<&N::get_filter_rule_direction>(type, "filter", "direction", "PACKET_DIRECTION_…");
  bind_view<&N::get_filter_rule_max_packet_size>(type, "filter", "max_packet_size", "Bytes.");
  bind_view<&N::get_filter_rule_min_packet_size>(type, "filter", "min_packet_size", "Bytes.");
  bind_view<&N::get_filter_rule_rule_id>(type, "filter", "rule_id", "Its id.");
  bind_count<&N::get_passthrough_rule_count>(type, "passthrough");
  bind_view<&N::get_passthrough_rule_adapter_id>(type, "passthrough", "adapter_id",
                                                 "-1: all adapters.");
  bind_view<&N::get_passthrough_rule_bpf_rule>(type, "passthrough", "bpf_rule", "pcap-filter(7).");
  bind_view<&N::get_passthrough_rule_direction>(type, "passthrough", "direction",
                                                "PACKET_DIRECTION_…");
  bind_view<&N::get_passthrough_rule_max_packet_size>(type, "passthrough", "max_packet_size",
                                                      "Bytes.");
  bind_view<&N::get_passthrough_rule_min_packet_size>(type, "passthrough", "min_packet_size",
                                                      "Bytes.");
  bind_view<&N::get_passthrough_rule_rule_id>(type, "passthrough", "rule_id", "Its id.");
}

}  // namespace

void bind_net_filter_rules(NetFilterClass& type) {
  bind_views(type);
  type.def(
          "add_filter_rule", &add_filter_rule, py::arg("rule_id"), py::arg("adapter_id"),
          py::arg("direction"), py::arg("min_packet_size"), py::arg("max_packet_size"),
          py::arg("bpf_rule"), py::arg("action"),
          "add_filter_rule(self, rule_id, adapter_id, direction, min_packet_size, "
          "max_packet_size, bpf_rule, action)\n--\n\nAdds a rule behind the others; the first that "
          "matches a packet decides, unless a passthrough rule matches. In force when it returns. "
          "adapter_id -1: all; sizes -1: no limit; an empty bpf_rule: every packet. False for one "
          "that cannot be: see last_error. Raises NetFilterError: 21, 1314.")
      .def("add_passthrough_rule", &add_passthrough_rule, py::arg("rule_id"), py::arg("adapter_id"),
           py::arg("direction"), py::arg("min_packet_size"), py::arg("max_packet_size"),
           py::arg("bpf_rule"),
           "add_passthrough_rule(self, rule_id, adapter_id, direction, min_packet_size, "
           "max_packet_size, bpf_rule)\n--\n\nPackets that match are let pass, whatever filter "
           "rules say. Otherwise as add_filter_rule().")
      .def("delete_filter_rule", remover<&N::delete_filter_rule>(), py::arg("rule_id"),
           "delete_filter_rule(self, rule_id)\n--\n\nTakes a rule away; False if there is none of "
           "that id. Raises NetFilterError: 21, 1314.")
      .def(
          "delete_passthrough_rule", remover<&N::delete_passthrough_rule>(), py::arg("rule_id"),
          "delete_passthrough_rule(self, rule_id)\n--\n\nTakes a rule away; False if there is none "
          "of that id. Raises NetFilterError: 21, 1314.")
      .def("delete_all_filter_rules", clearer<&N::delete_all_filter_rules>(),
           "delete_all_filter_rules(self)\n--\n\nTakes all filter rules away. Raises "
           "NetFilterError: 21, 1314.")
      .def("delete_all_passthrough_rules", clearer<&N::delete_all_passthrough_rules>(),
           "delete_all_passthrough_rules(self)\n--\n\nTakes all passthrough rules away. Raises "
           "NetFilterError: 21, 1314.")
      .def_property_readonly("last_error", &last_error,
                             "Why the last of these was refused in this thread; empty if it was "
                             "not. Not published.");
}

}  // namespace weir::python
