// From the first reference to the last: threads of C++ call Python in between.
#include "net_filter/filter_core.h"

#include <chrono>
#include <set>
#include <system_error>
#include <thread>

#include "gates/gate_threads.h"
#include "weir/error.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::NetFilter;
using compat::NetFilterError;
using std::chrono::steady_clock;

/// For which the end of the interpreter, or of a filter that nobody refers to, waits at most.
constexpr std::chrono::seconds patience{3};

/// Those that have threads.
std::set<FilterCore*> living;

/// Threads of C++ may be the last to let them go.
void destroy_handlers(FilterHandlers* handlers) {
  if (!interpreter_is_open()) return;
  const WithGil with;
  delete handlers;
}

/// Waits for its threads: which a handler, itself in one of them, leaves to another thread.
struct DestroyFilter {
  std::shared_ptr<FilterHandlers> handlers;

  void operator()(NetFilter* filter) const noexcept {
    if (!is_in_gate_handler()) {
      delete filter;
      return;
    }
    try {
      std::thread{[filter, kept = handlers] { delete filter; }}.detach();
    } catch (const std::system_error&) {
      // It stays until the end of the process.
    }
  }
};

bool are_over(const std::vector<std::shared_ptr<GateStop>>& stops, steady_clock::time_point until) {
  bool all = true;
  for (const auto& stop : stops) all = stop->wait(until - steady_clock::now()) && all;
  return all;
}

/// That were ever made.
std::uint64_t objects = 0;

/// The interpreter ends: what is left then stays until the end of the process.
bool is_over = false;

void end_all() {
  std::vector<std::shared_ptr<GateStop>> stops;
  for (FilterCore* const filter : living) {
    if (auto stop = filter->begin_stop()) stops.push_back(std::move(stop));
  }
  // A handler that never returns is left, too.
  static_cast<void>(are_over(stops, steady_clock::now() + patience));
  is_over = true;
}

}  // namespace

FilterCore::FilterCore()
    : handlers_{new FilterHandlers, destroy_handlers},
      filter_{new NetFilter, DestroyFilter{handlers_}},
      number_{++objects} {
  handlers_->hook(*filter_);
}

FilterCore::~FilterCore() {
  living.erase(this);
  if (is_elsewhere() || is_over) {
    // Threads that are not there, or locks of theirs, would be waited for.
    static_cast<void>(new std::shared_ptr<NetFilter>{std::move(filter_)});
    static_cast<void>(new std::shared_ptr<GateStop>{std::move(stop_)});
    return;
  }
  end();
}

std::shared_ptr<NetFilter> FilterCore::at_hand() const {
  if (is_elsewhere()) {
    throw NetFilterError{NetFilter::ERROR_GEN_FAILURE,
                         "the NetFilter is that of the process that this one was forked from"};
  }
  if (!filter_) throw NetFilterError{NetFilter::ERROR_GEN_FAILURE, "the NetFilter has ended"};
  return filter_;
}

void FilterCore::initialize(const std::string& product_guid) {
  settle();
  static_cast<void>(at_hand());
  has_threads_ = true;
  living.insert(this);
  ask([&](NetFilter& filter) { filter.initialize(product_guid); });
}

void FilterCore::wait(GateStop& stop) {
  while (!stop.wait(signal_period)) {
    if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
  }
}

void FilterCore::settle() {
  if (is_elsewhere() || is_in_gate_handler()) return;
  while (const auto stop = stop_) {
    wait(*stop);
    if (stop == stop_) stop_.reset();
  }
}

void FilterCore::stop() {
  if (is_elsewhere()) return;
  if (is_in_gate_handler()) return ask([](NetFilter& filter) { filter.stop_filter(); });
  static_cast<void>(at_hand());
  const auto stop = begin_stop();
  wait(*stop);
  if (stop == stop_) stop_.reset();
  if (const std::exception_ptr error = stop->error()) std::rethrow_exception(error);
}

std::shared_ptr<GateStop> FilterCore::begin_stop() {
  if (is_elsewhere() || !filter_) return nullptr;
  if (!stop_) stop_ = GateStop::begin([filter = filter_] { filter->stop_filter(); });
  return stop_;
}

bool FilterCore::is_active() const {
  if (is_elsewhere() || !filter_) return false;
  return ask([](NetFilter& filter) { return filter.get_active(); });
}

std::vector<std::shared_ptr<GateStop>> FilterCore::begin_end() {
  std::vector<std::shared_ptr<GateStop>> stops;
  living.erase(this);
  if (is_elsewhere() || !filter_) return stops;
  if (stop_) stops.push_back(stop_);
  // Where there is no thread for it, it is let go here.
  const WithoutGil without;
  stops.push_back(GateStop::begin([filter = std::move(filter_)] {}));
  return stops;
}

void FilterCore::end() noexcept {
  if (is_over || is_elsewhere() || !filter_) return;
  if (!has_threads_) {
    filter_.reset();
    return;
  }
  const auto until = steady_clock::now() + patience;
  const bool may_wait = !is_in_gate_handler();
  try {
    // Handlers that are called until then find it as it was.
    const auto stop = begin_stop();
    if (may_wait) static_cast<void>(are_over({stop}, until));
    const auto stops = begin_end();
    if (may_wait) static_cast<void>(are_over(stops, until));
  } catch (const Error&) {
    // It has ended without a thread, or stays until the end of the process.
  }
}

void end_filters_at_exit() {
  py::module_::import("atexit").attr("register")(py::cpp_function{&end_all});
}

}  // namespace weir::python
