// One wait for both: the next event, or the end of the second.
#include "compat/net_filter/watch.h"

#include <algorithm>
#include <system_error>

#include "compat/net_filter/error.h"
#include "weir/gate/gate.h"

namespace weir::compat::net_filter {

using std::chrono::steady_clock;

Watch::Watch(Calls calls) : calls_{std::move(calls)} {
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (const std::system_error& error) {
    refuse(NetFilter::ERROR_GEN_FAILURE, std::string{"start a thread: "} + error.what());
  }
}

Watch::~Watch() {
  ends_ = true;
  watch_.stop();
  thread_.join();
}

void Watch::run() noexcept {
  auto tick = steady_clock::now() + period;
  while (!ends_) {
    const Duration left = std::max<Duration>(tick - steady_clock::now(), Duration::zero());
    try {
      for (const capture::AdapterEvent& event : watch_.next(Deadline::in(left))) {
        if (gate::is_of_weir(event.adapter)) continue;
        const bool came = event.kind == capture::AdapterEvent::Kind::added;
        if (came || event.kind == capture::AdapterEvent::Kind::removed) {
          calls_.adapter(event.adapter.id, came);
        }
      }
    } catch (const Error& error) {
      calls_.failed(error);
      std::this_thread::sleep_for(period);
    }
    if (ends_ || steady_clock::now() < tick) continue;
    tick = std::max(tick + period, steady_clock::now());
    calls_.tick();
  }
}

}  // namespace weir::compat::net_filter
