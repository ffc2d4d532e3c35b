// SIOCETHTOOL behind AdapterHardware.
#include "capture/adapter/adapter_hardware.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "weir/error.h"

namespace weir::capture {
namespace {

/// Has the driver answer in `question`, a struct that begins with a command. Returns an errno.
int ask_driver(const sys::FileDescriptor& socket, const std::string& name,
               void* question) noexcept {
  ifreq request{};
  if (name.size() >= sizeof request.ifr_name) return ENODEV;
  std::memcpy(request.ifr_name, name.c_str(), name.size());
  request.ifr_data = static_cast<char*>(question);
  return ::ioctl(socket.number(), SIOCETHTOOL, &request) == 0 ? 0 : errno;
}

/// Settings with room for the three masks of link modes behind them.
constexpr std::size_t max_mask_words = 127;
using SettingsBuffer =
    std::array<std::uint32_t, sizeof(ethtool_link_settings) / 4 + 3 * max_mask_words>;

}  // namespace

// Any socket has this ioctl, and one of this family can be had everywhere.
AdapterHardware::AdapterHardware() : descriptor_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  if (!descriptor_.is_open()) throw SystemError{errno, "socket"};
}

std::optional<HardwareFacts> AdapterHardware::ask(const std::string& name) const {
  ethtool_drvinfo driver{};
  driver.cmd = ETHTOOL_GDRVINFO;
  const int error = ask_driver(descriptor_, name, &driver);
  if (error == ENODEV) return std::nullopt;
  HardwareFacts facts{.speed = speed(name)};
  if (error == 0) facts.driver = {driver.driver, strnlen(driver.driver, sizeof driver.driver)};
  return facts;
}

std::optional<std::uint32_t> AdapterHardware::speed(const std::string& name) const {
  ethtool_link_settings settings{};
  settings.cmd = ETHTOOL_GLINKSETTINGS;
  SettingsBuffer buffer{};
  // The first answer is the size of the masks, as a negative number; the second has the rest.
  for (int round = 0; round < 2; ++round) {
    std::memcpy(buffer.data(), &settings, sizeof settings);
    if (ask_driver(descriptor_, name, buffer.data()) != 0) return std::nullopt;
    std::memcpy(&settings, buffer.data(), sizeof settings);
    if (settings.link_mode_masks_nwords >= 0) break;
    settings.link_mode_masks_nwords = static_cast<std::int8_t>(-settings.link_mode_masks_nwords);
  }
  if (settings.speed == 0 || settings.speed == static_cast<std::uint32_t>(SPEED_UNKNOWN)) {
    return std::nullopt;
  }
  return settings.speed;
}

}  // namespace weir::capture
