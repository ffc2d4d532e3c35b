// Finds the adapter, binds, looks at the socket's error.
#include "capture/count/counted_adapter.h"

#include <cerrno>

#include "capture/adapter/pseudo_adapter.h"

namespace weir::capture {
namespace {

sys::LinkState found(sys::LinkStates& links, const std::string& name) {
  if (name == all_adapters) return {.name = name};
  auto state = links.by_name(name);
  if (!state) throw SystemError{ENODEV, "count on " + name};
  return *state;
}

/// Adapters that libpcap alone can read are counted as those are whose headers mean nothing.
LinkLayer layer_of(const sys::LinkState& state) {
  return state.index == 0 ? LinkLayer{} : link_layer(state.hardware_type).value_or(LinkLayer{});
}

}  // namespace

CountedAdapter::CountedAdapter(const std::string& name)
    : state_{found(links_, name)},
      drops_{state_.dropped},
      layer_{layer_of(state_)},
      socket_{layer_.kind} {}

std::uint32_t CountedAdapter::loopback() const noexcept { return loopback_in(state_); }

void CountedAdapter::listen(bool promiscuous) {
  listen_to_all(promiscuous);
  if (const int error = socket_.bind(state_.index)) throw failure(error);
  if (const int error = socket_.take_error()) throw failure(error);
}

void CountedAdapter::listen_to_all(bool on) {
  if (on == listens_to_all_ || state_.index == 0) return;
  const int error = socket_.set_promiscuous(state_.index, on);
  // Leaving goes wrong only where the adapter has gone, and the membership with it.
  if (error != 0 && on) throw failure(error);
  listens_to_all_ = on;
}

bool CountedAdapter::is_here() {
  const int error = socket_.take_error();
  if (error != 0 && error != ENETDOWN) throw failure(error);
  if (error == ENETDOWN && state_.index != 0) {
    // It may have come up again since.
    const auto now = links_.by_index(state_.index);
    here_ = here_ && now && now->up;
  }
  return here_;
}

std::optional<std::uint64_t> CountedAdapter::dropped() {
  const auto now = state_.index == 0 ? std::nullopt : links_.by_index(state_.index);
  return now ? drops_.until(now->dropped) : std::nullopt;
}

}  // namespace weir::capture
