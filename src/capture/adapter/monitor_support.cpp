// Asks generic netlink for the family nl80211, and that for its adapters and radios.
#include "capture/adapter/monitor_support.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>

#include <vector>

#include "sys/netlink_socket.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

using sys::take_attribute;
using sys::take_message;

std::vector<std::uint8_t> list(sys::NetlinkSocket& socket, std::uint16_t family, int command,
                               std::uint16_t flag_attribute = 0) {
  auto body = sys::body_of(
      genlmsghdr{.cmd = static_cast<std::uint8_t>(command), .version = 1, .reserved = 0});
  if (flag_attribute != 0) sys::append_attribute(body, flag_attribute, {});
  return socket.ask(family, NLM_F_DUMP, body);
}

/// The number of the family nl80211. Its name is sought in the list of families: to ask for it
/// would load the module.
std::optional<std::uint16_t> wifi_family(sys::NetlinkSocket& socket) {
  const auto answer = list(socket, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
  Bytes rest{answer};
  while (const auto message = take_message(rest)) {
    Bytes body = message->body;
    if (!sys::take_header<genlmsghdr>(body)) continue;
    std::optional<std::uint16_t> number;
    bool is_wifi = false;
    while (const auto attribute = take_attribute(body)) {
      if (attribute->type == CTRL_ATTR_FAMILY_ID) number = attribute->as<std::uint16_t>();
      if (attribute->type == CTRL_ATTR_FAMILY_NAME) {
        is_wifi = attribute->text() == NL80211_GENL_NAME;
      }
    }
    if (is_wifi) return number;
  }
  return std::nullopt;
}

/// By radio, whether it has monitor mode.
std::map<std::uint32_t, bool> radios(sys::NetlinkSocket& socket, std::uint16_t family) {
  const auto answer = list(socket, family, NL80211_CMD_GET_WIPHY, NL80211_ATTR_SPLIT_WIPHY_DUMP);
  std::map<std::uint32_t, bool> found;
  Bytes rest{answer};
  while (const auto message = take_message(rest)) {
    if (const auto radio = parse_wifi_radio(message->body)) found[radio->radio] = radio->monitor;
  }
  return found;
}

}  // namespace

std::optional<WifiAdapter> parse_wifi_adapter(Bytes body) noexcept {
  if (!sys::take_header<genlmsghdr>(body)) return std::nullopt;
  std::optional<std::uint32_t> id;
  std::optional<std::uint32_t> radio;
  while (const auto attribute = take_attribute(body)) {
    if (attribute->type == NL80211_ATTR_IFINDEX) id = attribute->as<std::uint32_t>();
    if (attribute->type == NL80211_ATTR_WIPHY) radio = attribute->as<std::uint32_t>();
  }
  if (!id || !radio) return std::nullopt;
  return WifiAdapter{.id = *id, .radio = *radio};
}

std::optional<WifiRadio> parse_wifi_radio(Bytes body) noexcept {
  if (!sys::take_header<genlmsghdr>(body)) return std::nullopt;
  std::optional<std::uint32_t> radio;
  std::optional<bool> monitor;
  while (const auto attribute = take_attribute(body)) {
    if (attribute->type == NL80211_ATTR_WIPHY) radio = attribute->as<std::uint32_t>();
    if (attribute->type != NL80211_ATTR_SUPPORTED_IFTYPES) continue;
    monitor = false;
    Bytes modes = attribute->value;
    while (const auto mode = take_attribute(modes)) {
      if (mode->type == NL80211_IFTYPE_MONITOR) monitor = true;
    }
  }
  if (!radio || !monitor) return std::nullopt;
  return WifiRadio{.radio = *radio, .monitor = *monitor};
}

std::map<std::uint32_t, bool> monitor_support() {
  std::map<std::uint32_t, bool> support;
  try {
    sys::NetlinkSocket socket{NETLINK_GENERIC};
    const auto family = wifi_family(socket);
    if (!family) return support;
    const auto modes = radios(socket, *family);
    const auto answer = list(socket, *family, NL80211_CMD_GET_INTERFACE);
    Bytes rest{answer};
    while (const auto message = take_message(rest)) {
      const auto adapter = parse_wifi_adapter(message->body);
      if (!adapter) continue;
      const auto mode = modes.find(adapter->radio);
      support[adapter->id] = mode != modes.end() && mode->second;
    }
  } catch (const SystemError&) {
    // A kernel or a sandbox without generic netlink: nothing is known to be Wi-Fi.
    support.clear();
  }
  return support;
}

}  // namespace weir::capture
