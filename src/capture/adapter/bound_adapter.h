// The adapter a packet socket is bound to: it may go down, away, and come back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "capture/adapter/adapter_drops.h"
#include "sys/link_state.h"
#include "sys/packet_ring.h"
#include "sys/packet_socket.h"
#include "weir/error.h"

namespace weir::capture {

class BoundAdapter {
 public:
  /// Of index 0 for all adapters. Borrows the socket; with `resume` an adapter that goes is waited
  /// for. A block that is not full is handed over after once to twice the retire time.
  BoundAdapter(sys::LinkStates links, const sys::LinkState& adapter, sys::PacketSocket& socket,
               bool resume, std::chrono::milliseconds retire);

  /// As it was at opening, but for the index.
  [[nodiscard]] const sys::LinkState& link() const noexcept { return link_; }
  [[nodiscard]] SystemError failure(int number) const;

  /// From now on packets come. Throws SystemError.
  void bind(bool promiscuous);
  /// Promiscuous or not. Throws SystemError, but not for off.
  void listen_to_all(bool on);

  /// The socket is readable, but there is no packet. Throws SystemError.
  void look_at_error();
  /// Goes on to what it is now. Throws SystemError.
  void look(const sys::PacketRing& ring, bool promiscuous);
  /// The longest time until the next look, for poll(2).
  [[nodiscard]] int look_again_milliseconds() const noexcept;

  [[nodiscard]] bool is_away() const noexcept { return presence_ == Presence::away; }
  /// Nothing more is to come.
  [[nodiscard]] bool is_gone() const noexcept { return presence_ == Presence::gone; }

  /// Packets that adapter and driver dropped since the opening. Throws SystemError.
  [[nodiscard]] std::optional<std::uint64_t> dropped();

 private:
  enum class Presence : std::uint8_t {
    here,
    leaving,  ///< it is down or removed; the ring may hold packets yet
    away,     ///< waited for
    gone,
  };

  [[nodiscard]] bool drained(const sys::PacketRing& ring) const noexcept;
  void look_for_it(bool promiscuous);

  sys::LinkStates links_;
  sys::LinkState link_;
  sys::PacketSocket& socket_;
  bool resume_;
  std::chrono::milliseconds retire_;
  AdapterDrops drops_;
  Presence presence_ = Presence::here;
  std::chrono::steady_clock::time_point leaving_since_{};
};

}  // namespace weir::capture
