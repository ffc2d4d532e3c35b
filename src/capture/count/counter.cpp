// Counter: who counts.
#include "weir/capture/counter.h"

#include <utility>

#include "capture/count/counted_adapter.h"
#include "capture/count/kernel_counting.h"
#include "capture/count/ring_counting.h"
#include "weir/error.h"

namespace weir::capture {

struct Counter::State {
  State(const std::string& name, const CounterOptions& options);

  CountedAdapter adapter;
  filter::Filter filter;
  Traffic traffic;
  CountingMode mode = CountingMode::kernel;
  std::string why_ring{};
  std::unique_ptr<Counting> counting{};
};

Counter::State::State(const std::string& name, const CounterOptions& options)
    : adapter{name}, filter{options.filter}, traffic{options.traffic} {
  const bpf::ProgramView program = options.filter.program(adapter.link_type());
  if (options.ring_only) {
    why_ring = "asked for";
  } else {
    try {
      counting = std::make_unique<KernelCounting>(adapter, options.traffic, program);
    } catch (const Error& error) {
      why_ring = error.what();
    }
  }
  if (!counting) {
    mode = CountingMode::ring;
    counting = std::make_unique<RingCounting>(adapter, options);
  }
  adapter.listen(options.promiscuous);
}

Counter::Counter(const std::string& adapter, const CounterOptions& options)
    : state_{std::make_unique<State>(adapter, options)} {}
Counter::Counter(Counter&&) noexcept = default;
Counter& Counter::operator=(Counter&&) noexcept = default;
Counter::~Counter() = default;

CountingMode Counter::mode() const noexcept { return state_->mode; }
const std::string& Counter::why_ring() const noexcept { return state_->why_ring; }
LinkType Counter::link_type() const noexcept { return state_->adapter.link_type(); }
Counts Counter::read() { return state_->counting->read(state_->adapter.is_here()); }
int Counter::file_descriptor() const noexcept {
  return state_->adapter.socket().descriptor().number();
}
std::optional<std::uint64_t> Counter::dropped_by_adapter() const {
  return state_->adapter.dropped();
}

void Counter::change(const CounterChange& change) {
  State& state = *state_;
  const filter::Filter& filter = change.filter ? *change.filter : state.filter;
  const Traffic traffic = change.traffic.value_or(state.traffic);
  const bool listened = state.adapter.listens_to_all();
  const bool listens = change.promiscuous.value_or(listened);
  if (listens) state.adapter.listen_to_all(true);
  if (change.filter || change.traffic) {
    try {
      state.counting->change(filter, traffic);
    } catch (...) {
      if (!listened) state.adapter.listen_to_all(false);
      throw;
    }
    state.filter = filter;
    state.traffic = traffic;
  }
  if (!listens) state.adapter.listen_to_all(false);
}

}  // namespace weir::capture
