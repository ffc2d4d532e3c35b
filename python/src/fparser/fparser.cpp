// weir.compat.fparser: the C++ face, with Python's callables and values.
#include "weir/compat/fparser.h"

#include <pybind11/pybind11.h>

#include <utility>
#include <vector>

#include "bindings.h"
#include "collected.h"
#include "fparser/arguments.h"
#include "fparser/flow.h"
#include "fparser/handlers.h"
#include "fparser/running.h"

namespace py = pybind11;

namespace weir::python {
namespace {

namespace published = compat::fparser;
using published::Flow;
using published::FlowPointer;
using published::FParser;

py::object info_of(const published::FParserInfo& info) {
  py::tuple captures{info.live_captures.size()};
  for (std::size_t i = 0; i < info.live_captures.size(); ++i) {
    const published::FParserCapInfo& one = info.live_captures[i];
    captures[i] = named("FParserCapInfo", one.device, one.filter, one.snaplen, one.captured_pkts,
                        one.dropped_pkts, one.iface_dropped_pkts);
  }
  return named("FParserInfo", info.avg_pps, info.tcp_flows, info.udp_flows, info.tcp_pkts,
               info.udp_pkts, info.time_collecting, info.first_rx, captures);
}

py::object handler_of(const py::object& given, const char* name) {
  if (!given.is_none() && PyCallable_Check(given.ptr()) == 0) {
    throw py::type_error(std::string{name} + " is a callable or None");
  }
  return given;
}

/// FParser whose callbacks are Python's. Nobody waits for its thread with the GIL.
class Parser {
 public:
  Parser(const py::object& source, const py::object& is_file, const py::object& flow_timeout,
         const py::object& fin_timeout, const py::object& filter, const py::object& snaplen,
         const py::object& log_level, const py::object& tcp, const py::object& udp,
         const py::object& kill, const py::object& bidirectional, const py::object& history_budget)
      : name_{source_name(source)} {
    handlers_->tcp = handler_of(tcp, "tcp_callback");
    handlers_->udp = handler_of(udp, "udp_callback");
    handlers_->kill = handler_of(kill, "kill_callback");
    const std::int64_t flow_seconds = nearest_number(flow_timeout, "flow_timeout");
    const std::int64_t fin_seconds = nearest_number(fin_timeout, "fin_timeout");
    const int length = small_number(snaplen, "snaplen", "0 to 262144 bytes");
    const int level = small_number(log_level, "log_level", "0 to 7");
    const std::size_t budget = size_number(history_budget, "history_budget", "0 bytes or more");
    const bool of_file = is_true(is_file, "is_file");
    const bool both_ways = is_true(bidirectional, "bidirectional");
    const std::string expression = words_in(filter, "filter");
    auto on_tcp = flow_callback(handlers_, &FParserHandlers::tcp);
    auto on_udp = flow_callback(handlers_, &FParserHandlers::udp);
    auto on_kill = kill_callback(handlers_);
    const Subject subject{.kind = of_file ? Subject::Kind::file : Subject::Kind::adapter,
                          .name = name_};
    parser_ = as_published(subject, [&] {
      const WithoutGil without;
      return std::make_shared<FParser>(name_, of_file, flow_seconds, fin_seconds, expression,
                                       length, level, std::move(on_tcp), std::move(on_udp),
                                       std::move(on_kill), both_ways, print_line, budget);
    });
    keep_running(parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    end();
    parser_.reset();
    let_go_of_ended();
  }

  void stop() { stop_and_wait(*parser_); }
  /// Once, when nobody refers to it any more.
  void end() noexcept {
    if (!std::exchange(is_unreferenced_, true)) stop_unreferenced(*parser_);
  }

  /// Handlers mostly refer to their parser.
  template <class Visit>
  void visit_references(Visit visit) {
    visit(handlers_->tcp);
    visit(handlers_->udp);
    visit(handlers_->kill);
  }

  /// What that function of FParser returns, without the GIL.
  template <class Call>
  auto ask(Call call) {
    return as_published({}, [&] {
      const WithoutGil without;
      return call(*parser_);
    });
  }

  template <auto set, py::object FParserHandlers::* handler>
  void set_handler(const py::object& given) {
    const py::object let_go = std::exchange(*handlers_.*handler, given);
    try {
      ask([callback = flow_callback(handlers_, handler)](FParser& parser) mutable {
        (parser.*set)(std::move(callback));
      });
    } catch (...) {
      *handlers_.*handler = let_go;
      throw;
    }
  }

 private:
  std::string name_;
  std::shared_ptr<FParserHandlers> handlers_ = new_fparser_handlers();
  /// Not the last reference, before it has ended: keep_running().
  std::shared_ptr<FParser> parser_{};
  bool is_unreferenced_ = false;
};

/// One that only its own callbacks refer to ends as others do: those are called.
py::custom_type_setup ending_when_collected() {
  const py::custom_type_setup collecting = collected<Parser>();
  return py::custom_type_setup{[collecting](PyHeapTypeObject* heap_type) {
    collecting.value(heap_type);
    heap_type->ht_type.tp_finalize = [](PyObject* self) {
      if (Parser* const parser = behind<Parser>(self)) parser->end();
    };
  }};
}

template <auto find>
auto finds() {
  return [](Parser& self, const py::object& src_ip, const py::object& sport,
            const py::object& dest_ip, const py::object& dport) {
    const std::string one = words_in(src_ip, "src_ip");
    const std::string other = words_in(dest_ip, "dest_ip");
    const int from = small_number(sport, "sport", "0 to 65535");
    const int to = small_number(dport, "dport", "0 to 65535");
    return std::const_pointer_cast<Flow>(
        self.ask([&](FParser& parser) { return (parser.*find)(one, from, other, to); }));
  };
}

py::object iterator(Parser& self, const py::object& sort_order, const py::object& most) {
  const int order = small_number(sort_order, "sort order", "0 to 4");
  const std::size_t count = size_number(most, "most", "0 for all, or a number of flows");
  const std::vector<FlowPointer> flows =
      self.ask([&](FParser& parser) { return parser.flow_iter(order, count); });
  py::list list{flows.size()};
  for (std::size_t i = 0; i < flows.size(); ++i) {
    list[i] = py::cast(std::const_pointer_cast<Flow>(flows[i]));
  }
  return checked(PyObject_GetIter(list.ptr()));
}

void bind_parser(py::module_& module) {
  using namespace py::literals;
  py::class_<Parser>(
      module, "FParser",
      "FParser(source, is_file=False, flow_timeout=600, fin_timeout=30, filter='ip', snaplen=100, "
      "log_level=3, tcp_callback=None, udp_callback=None, kill_callback=None, "
      "bidirectional=False, history_budget=1073741824)\n--\n\n"
      "Finds the TCP and UDP flows of a file or an adapter in the background, and tells each when "
      "it ends. Raises fparser.error.",
      ending_when_collected())
      .def(py::init<const py::object&, const py::object&, const py::object&, const py::object&,
                    const py::object&, const py::object&, const py::object&, const py::object&,
                    const py::object&, const py::object&, const py::object&, const py::object&>(),
           "source"_a, "is_file"_a = false, "flow_timeout"_a = 600, "fin_timeout"_a = 30,
           "filter"_a = "ip", "snaplen"_a = 100, "log_level"_a = published::LOG_ERR,
           "tcp_callback"_a = py::none(), "udp_callback"_a = py::none(),
           "kill_callback"_a = py::none(), "bidirectional"_a = false,
           "history_budget"_a = FParser::default_history_budget,
           "__init__(self, source, is_file=False, flow_timeout=600, fin_timeout=30, filter='ip', "
           "snaplen=100, log_level=3, tcp_callback=None, udp_callback=None, kill_callback=None, "
           "bidirectional=False, history_budget=1073741824)\n--\n\nBegins.")
      .def(
          "stop", [](Parser& self) { self.stop(); },
          "stop(self)\n--\n\nEnds: tells all flows that live, then kill_callback. Within a "
          "callback it returns at once.")
      .def(
          "set_tcp_callback",
          [](Parser& self, const py::object& given) {
            self.set_handler<&FParser::set_tcp_callback, &FParserHandlers::tcp>(
                handler_of(given, "tcp_callback"));
          },
          "tcp_callback"_a,
          "set_tcp_callback(self, tcp_callback)\n--\n\nWhat is called with each TCP flow that ends "
          "from now on, or None.")
      .def(
          "set_udp_callback",
          [](Parser& self, const py::object& given) {
            self.set_handler<&FParser::set_udp_callback, &FParserHandlers::udp>(
                handler_of(given, "udp_callback"));
          },
          "udp_callback"_a,
          "set_udp_callback(self, udp_callback)\n--\n\nWhat is called with each UDP flow that ends "
          "from now on, or None.")
      .def("flow_iter", iterator, "sort_order"_a = published::SORT_NONE, "most"_a = 0,
           "flow_iter(self, sort_order=0, most=0)\n--\n\nAn iterator over the active flows as they "
           "are at this moment, the largest first where they are sorted; over so many at most, or "
           "with 0 over all.")
      .def("find_tcp_flow", finds<&FParser::find_tcp_flow>(), "src_ip"_a, "sport"_a, "dest_ip"_a,
           "dport"_a,
           "find_tcp_flow(self, src_ip, sport, dest_ip, dport)\n--\n\nThe active TCP flow of these "
           "ends, or None.")
      .def("find_udp_flow", finds<&FParser::find_udp_flow>(), "src_ip"_a, "sport"_a, "dest_ip"_a,
           "dport"_a,
           "find_udp_flow(self, src_ip, sport, dest_ip, dport)\n--\n\nThe active UDP flow of these "
           "ends, or None.")
      .def(
          "get_info",
          [](Parser& self) {
            return info_of(self.ask([](FParser& parser) { return parser.get_info(); }));
          },
          "get_info(self)\n--\n\nHow it stands: an FParserInfo.")
      .def(
          "__enter__", [](const py::object& self) { return self; },
          "__enter__(self)\n--\n\nThis one.")
      .def(
          "__exit__",
          [](Parser& self, const py::object&, const py::object&, const py::object&) {
            self.stop();
          },
          "kind"_a, "raised"_a, "traceback"_a,
          "__exit__(self, kind, raised, traceback)\n--\n\nAs stop().");
}

PyTypeObject* type_behind(const py::object& type) noexcept {
  return reinterpret_cast<PyTypeObject*>(type.ptr());
}

}  // namespace

void bind_fparser(py::module_& module) {
  bind_fparser_flow(module);
  bind_parser(module);
  for (const char* const name : {"FParser", "Flow"}) {
    module.attr(name).attr("__module__") = "weir.compat.fparser";
  }
  // In what Python itself raises.
  type_behind(module.attr("FParser"))->tp_name = "fparser.FParser";
  type_behind(module.attr("Flow"))->tp_name = "fparser.Flow";
  module.attr("FLOW_TYPE_TCP") = int{published::FLOW_TYPE_TCP};
  module.attr("FLOW_TYPE_UDP") = int{published::FLOW_TYPE_UDP};
  module.attr("SORT_NONE") = int{published::SORT_NONE};
  module.attr("SORT_PKTS") = int{published::SORT_PKTS};
  module.attr("SORT_BYTES") = int{published::SORT_BYTES};
  module.attr("SORT_PPS") = int{published::SORT_PPS};
  module.attr("SORT_BPS") = int{published::SORT_BPS};
}

}  // namespace weir::python
