// Which adapters are Wi-Fi, and whether they offer monitor mode (nl80211).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "weir/bytes.h"

namespace weir::capture {

/// By id, for every Wi-Fi adapter of this network namespace. Empty where the kernel has no Wi-Fi;
/// loads no module to find out.
[[nodiscard]] std::map<std::uint32_t, bool> monitor_support();

/// What an NL80211_CMD_NEW_INTERFACE says: which radio an adapter belongs to.
struct WifiAdapter {
  std::uint32_t id = 0;
  std::uint32_t radio = 0;
};
[[nodiscard]] std::optional<WifiAdapter> parse_wifi_adapter(Bytes body) noexcept;

/// What an NL80211_CMD_NEW_WIPHY says; nothing in those of a radio's messages without its modes.
struct WifiRadio {
  std::uint32_t radio = 0;
  bool monitor = false;
};
[[nodiscard]] std::optional<WifiRadio> parse_wifi_radio(Bytes body) noexcept;

}  // namespace weir::capture
