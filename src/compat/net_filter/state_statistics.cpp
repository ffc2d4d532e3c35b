// Statistics and adapters as events.
#include <algorithm>

#include "compat/net_filter/state.h"

namespace weir::compat {

using namespace net_filter;

void NetFilter::State::ask_statistics(int adapter_id) {
  expect_initialized();
  static_cast<void>(adapter_name(adapter_id));
  if (!post([this, adapter_id] { tell_statistics(static_cast<std::uint32_t>(adapter_id)); })) {
    refuse(ERROR_BUSY, "get_statistics: too many events wait for their handlers");
  }
}

void NetFilter::State::tell_statistics() noexcept {
  try {
    std::vector<std::uint32_t> wanted;
    {
      const std::lock_guard lock{mutex};
      if (mode != omStat || stage != Stage::active) return;
    }
    // A handler that takes longer than a second is not told of seconds that have passed since.
    if (is_telling.exchange(true)) return;
    for (const capture::Adapter& adapter : capture::adapters()) {
      if (gate::is_of_weir(adapter)) continue;
      const std::lock_guard lock{mutex};
      const auto set = adapters.all_settings().find(adapter.id);
      const bool is_left_out =
          set != adapters.all_settings().end() && !set->second.collect_statistics;
      if (adapter.id != 0 && !is_left_out) wanted.push_back(adapter.id);
    }
    const bool is_posted = post([this, wanted] {
      for (const std::uint32_t adapter : wanted) tell_statistics(adapter);
      is_telling = false;
    });
    if (!is_posted) is_telling = false;
  } catch (const Error& error) {
    is_telling = false;
    post_error(win32_code_of(error), std::string{"statistics: "} + error.what());
  }
}

void NetFilter::State::tell_statistics(std::uint32_t adapter) noexcept {
  try {
    const auto by = gate_at_hand();
    gate::GateCounters counters;
    if (by != nullptr) counters = by->counters();
    auto total = statistics.total(adapter, by == nullptr ? nullptr : &counters);
    events.tell(events.handlers().on_statistics, total);
    if (by == nullptr) return;
    auto filter = of_filter(adapter, counters);
    events.tell(events.handlers().on_statistics, filter);
  } catch (const Error& error) {
    // An adapter that has gone meanwhile has nothing to tell.
    if (error.code() == ErrorCode::not_found) return;
    events.error(win32_code_of(error), std::string{"statistics: "} + error.what());
  }
}

void NetFilter::State::tell_adapter(std::uint32_t adapter, bool came) noexcept {
  if (!came) statistics.forget(adapter);
  const NetFilter& told = events.handlers();
  // No thread is made for what nobody listens to.
  if ((came ? told.on_adapter_added.changes() : told.on_adapter_removed.changes()) == 0) return;
  try {
    post([this, id = static_cast<int>(adapter), came] {
      NetFilterAdapterAddedEventParams added{id};
      NetFilterAdapterRemovedEventParams removed{id};
      if (came) {
        events.tell(events.handlers().on_adapter_added, added);
      } else {
        events.tell(events.handlers().on_adapter_removed, removed);
      }
    });
  } catch (const NetFilterError& error) {
    post_error(error.win32_code(), error.what());
  }
}

}  // namespace weir::compat
