// Asks the kernel for adapters: rtnetlink for what it knows, the driver and nl80211 for the rest.
#pragma once

#include <string>
#include <vector>

#include "capture/adapter/adapter_hardware.h"
#include "capture/adapter/link_facts.h"
#include "sys/netlink_socket.h"
#include "weir/capture/adapter.h"

namespace weir::capture {

/// The pseudo adapter that stands for all.
[[nodiscard]] Adapter any_adapter();

class AdapterQuery {
 public:
  /// Throws SystemError.
  AdapterQuery();

  /// Every adapter, by id, then "any". Throws SystemError.
  [[nodiscard]] std::vector<Adapter> all();

  /// What a message says, with what only the driver and nl80211 know. Where the adapter has lost
  /// its name meanwhile that comes from `known`, the adapter as it was before the message; null if
  /// there was none.
  [[nodiscard]] Adapter complete(LinkFacts facts, const Adapter* known) const;

 private:
  [[nodiscard]] std::vector<std::uint8_t> list(std::uint16_t type, std::size_t header_size);
  void describe(LinkFacts& facts, const Adapter* known) const;

  sys::NetlinkSocket route_;
  AdapterHardware hardware_;
};

}  // namespace weir::capture
