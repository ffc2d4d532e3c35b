// BoundAdapter: what the socket's errors and rtnetlink tell of it.
#include "capture/adapter/bound_adapter.h"

#include <cerrno>
#include <utility>

#include "sys/grace_period.h"

namespace weir::capture {
namespace {

using std::chrono::steady_clock;

// Nobody tells us that an adapter is back, but for one that was only down.
constexpr int look_for_it_milliseconds = 50;

}  // namespace

BoundAdapter::BoundAdapter(sys::LinkStates links, const sys::LinkState& adapter,
                           sys::PacketSocket& socket, bool resume, std::chrono::milliseconds retire)
    : links_{std::move(links)},
      link_{adapter},
      socket_{socket},
      resume_{resume},
      retire_{retire},
      drops_{adapter.dropped} {}

SystemError BoundAdapter::failure(int number) const {
  return SystemError{number, "capture on " + link_.name};
}

void BoundAdapter::bind(bool promiscuous) {
  if (promiscuous) listen_to_all(true);
  if (const int error = socket_.bind(link_.index)) throw failure(error);
  if (const int error = socket_.take_error()) {
    if (error != ENETDOWN || !resume_) throw failure(error);
    presence_ = Presence::away;
  }
}

void BoundAdapter::listen_to_all(bool on) {
  if (link_.index == 0) return;
  const int error = socket_.set_promiscuous(link_.index, on);
  // Leaving goes wrong only where the adapter has gone, and the membership with it.
  if (error != 0 && on) throw failure(error);
}

void BoundAdapter::look_at_error() {
  const int error = socket_.take_error();
  if (error == 0) return;
  if (error != ENETDOWN) throw failure(error);
  if (presence_ != Presence::here) return;
  // The kernel tells once that an adapter went down; it may have come up since.
  const auto link = links_.by_index(link_.index);
  if (link && link->up) return;
  presence_ = Presence::leaving;
  leaving_since_ = steady_clock::now();
  // A processor may still be putting a packet into the ring.
  static_cast<void>(sys::wait_for_grace_period());
}

void BoundAdapter::look(const sys::PacketRing& ring, bool promiscuous) {
  if (presence_ == Presence::leaving && drained(ring)) {
    presence_ = resume_ ? Presence::away : Presence::gone;
  }
  if (presence_ == Presence::away) look_for_it(promiscuous);
}

int BoundAdapter::look_again_milliseconds() const noexcept {
  if (presence_ == Presence::leaving) return static_cast<int>(retire_.count());
  return presence_ == Presence::away ? look_for_it_milliseconds : -1;
}

bool BoundAdapter::drained(const sys::PacketRing& ring) const noexcept {
  if (!ring.filling()) return !ring.ready();
  return steady_clock::now() - leaving_since_ > 2 * retire_ + std::chrono::seconds{1};
}

void BoundAdapter::look_for_it(bool promiscuous) {
  auto link = links_.by_index(link_.index);
  if (link) {
    if (link->up) presence_ = Presence::here;
    return;
  }
  link = links_.by_name(link_.name);
  if (!link || !link->up) return;
  if (link->hardware_type != link_.hardware_type) {
    presence_ = Presence::gone;
    return;
  }
  // The socket and its ring go on; the new adapter knows nothing of our membership.
  if (const int error = socket_.bind(link->index)) {
    if (error != ENODEV) presence_ = Presence::gone;
    return;
  }
  link_.index = link->index;
  drops_.go_on_with(link->dropped);
  if (promiscuous) static_cast<void>(socket_.set_promiscuous(link_.index, true));
  presence_ = Presence::here;
}

std::optional<std::uint64_t> BoundAdapter::dropped() {
  const auto link = link_.index == 0 ? std::nullopt : links_.by_index(link_.index);
  return link ? drops_.until(link->dropped) : std::nullopt;
}

}  // namespace weir::capture
