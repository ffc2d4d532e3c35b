// An adapter as held packets see it: what they came by, and what they are put back to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gate/attach/held_drops.h"
#include "gate/rights/rights.h"
#include "sys/packet_socket.h"
#include "weir/capture/adapter.h"
#include "weir/link_type.h"

namespace weir::gate {

/// Opens a socket: see Port::socket(). Throws SystemError.
[[nodiscard]] sys::PacketSocket open_sender(const SenderOf& sender);

/// Shared by the gate and the packets that are held, which may outlive the adapter. const calls
/// from several threads at once.
class Port {
 public:
  /// Throws SystemError; Error (invalid_argument) for an adapter whose packets begin neither with
  /// an Ethernet header nor with that of IP.
  explicit Port(const capture::Adapter& adapter, std::shared_ptr<Rights> rights = own_rights());

  [[nodiscard]] static bool takes(const capture::Adapter& adapter) noexcept {
    return adapter.link_type == LinkType::ethernet || adapter.link_type == LinkType::raw;
  }

  /// The ifindex.
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
  /// As the gate came to it.
  [[nodiscard]] const std::string& name() const noexcept { return names_.front(); }
  /// That one, and its alternative names.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// ethernet or raw.
  [[nodiscard]] LinkType link_type() const noexcept { return link_type_; }
  /// Bytes before the IP header, but for VLAN tags.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return link_type_ == LinkType::ethernet ? 14 : 0;
  }
  [[nodiscard]] bool is_loopback() const noexcept { return is_loopback_; }
  /// Bytes of the longest packet behind its link-layer header, as of now.
  [[nodiscard]] std::uint32_t mtu() const noexcept { return mtu_; }
  void set_mtu(std::uint32_t mtu) noexcept { mtu_ = mtu; }

  /// Sends on the adapter: frames with their header (ethernet), packets without any (raw), before
  /// each the header for offloads, with times of departure. It never blocks.
  [[nodiscard]] const sys::PacketSocket& socket() const noexcept { return socket_; }

  /// The same for packets of this mark and priority, for threads that may not give them to each
  /// packet (sys::DepartureLimits). Opened when it is asked for first; the usual one where there
  /// are too many, or it cannot be.
  [[nodiscard]] const sys::PacketSocket& socket(std::uint32_t mark,
                                                std::uint32_t priority) const noexcept;

  /// Of packets that came by it. They are counted on when the port is gone.
  [[nodiscard]] const std::shared_ptr<HeldDrops>& drops() const noexcept { return drops_; }

  /// A send has failed with ENXIO or ENODEV: the adapter was deleted, or is in another network
  /// namespace. The gate leaves it.
  void report_gone() const noexcept { gone_ = true; }
  [[nodiscard]] bool is_gone() const noexcept { return gone_; }

 private:
  std::uint32_t index_;
  std::vector<std::string> names_;
  LinkType link_type_;
  bool is_loopback_;
  std::atomic<std::uint32_t> mtu_;
  std::shared_ptr<Rights> rights_;
  sys::PacketSocket socket_;
  std::shared_ptr<HeldDrops> drops_ = std::make_shared<HeldDrops>();
  /// Of those with a mark or a priority. The list grows at its end alone.
  struct Sender {
    SenderOf of{};
    sys::PacketSocket socket;
  };
  mutable std::mutex mutex_{};
  mutable std::list<Sender> senders_{};
  mutable std::atomic<bool> gone_{false};
};

}  // namespace weir::gate
