// An adapter whose packets are counted: its packet socket, and whether it is still there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "capture/adapter/adapter_drops.h"
#include "capture/link_layer.h"
#include "sys/link_state.h"
#include "sys/packet_socket.h"
#include "weir/error.h"

namespace weir::capture {

class CountedAdapter {
 public:
  /// By name or alternative name, or "any". No packets come before listen(). Throws SystemError.
  explicit CountedAdapter(const std::string& name);

  [[nodiscard]] LinkType link_type() const noexcept { return layer_.link_type; }
  /// Whether filters see a header that user space writes.
  [[nodiscard]] bool is_cooked() const noexcept {
    return layer_.kind == sys::PacketSocket::Kind::cooked;
  }
  /// As SieveOptions::loopback.
  [[nodiscard]] std::uint32_t loopback() const noexcept;
  [[nodiscard]] const sys::PacketSocket& socket() const noexcept { return socket_; }

  /// From now on packets come. Throws SystemError.
  void listen(bool promiscuous);
  /// Whether what is addressed to others comes too. Throws SystemError, but not where that ends.
  void listen_to_all(bool on);
  [[nodiscard]] bool listens_to_all() const noexcept { return listens_to_all_; }
  /// Whether it has not gone down or away; once it has, that stays so. Throws SystemError.
  [[nodiscard]] bool is_here();
  /// Since it was opened, where the kernel tells. Throws SystemError.
  [[nodiscard]] std::optional<std::uint64_t> dropped();

  [[nodiscard]] SystemError failure(int number) const {
    return SystemError{number, "count on " + state_.name};
  }

 private:
  sys::LinkStates links_{};
  sys::LinkState state_;
  AdapterDrops drops_;
  LinkLayer layer_;
  sys::PacketSocket socket_;
  bool here_ = true;
  bool listens_to_all_ = false;
};

}  // namespace weir::capture
