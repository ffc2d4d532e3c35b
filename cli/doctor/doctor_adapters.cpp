// Offloads, asked of each adapter's driver (ethtool's ioctl, which needs no rights to read).
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/doctor/doctor_finding.h"
#include "cli/shell_word.h"
#include "weir/capture/adapter.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

/// One that makes packets in a capture other than on the wire.
struct Offload {
  /// As ethtool -K has it.
  const char* name;
  std::uint32_t command;
  /// Of what the driver answers.
  std::uint32_t bit;
};
constexpr Offload merging[] = {{"gro", ETHTOOL_GGRO, 1}, {"lro", ETHTOOL_GFLAGS, ETH_FLAG_LRO}};
constexpr Offload splitting[] = {{"tso", ETHTOOL_GTSO, 1}, {"gso", ETHTOOL_GGSO, 1}};

class Driver {
 public:
  Driver() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    if (socket_ < 0) throw SystemError{errno, "socket"};
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { ::close(socket_); }

  [[nodiscard]] bool does(const std::string& adapter, const Offload& offload) const noexcept {
    ethtool_value value{.cmd = offload.command, .data = 0};
    ifreq request{};
    if (adapter.size() >= sizeof request.ifr_name) return false;
    std::ranges::copy(adapter, request.ifr_name);
    request.ifr_data = reinterpret_cast<char*>(&value);
    return ::ioctl(socket_, SIOCETHTOOL, &request) == 0 && (value.data & offload.bit) != 0;
  }

 private:
  int socket_;
};

template <class Offloads>
std::string names_of(const Driver& driver, const std::string& adapter, const Offloads& offloads,
                     std::string& remedy) {
  std::string names;
  for (const Offload& offload : offloads) {
    if (!driver.does(adapter, offload)) continue;
    names += std::string{names.empty() ? "" : ", "} + offload.name;
    remedy += std::string{" "} + offload.name + " off";
  }
  return names;
}

Finding look_at(const Driver& driver, const std::string& adapter) {
  std::string remedy;
  const std::string merges = names_of(driver, adapter, merging, remedy);
  const std::string splits = names_of(driver, adapter, splitting, remedy);
  if (remedy.empty()) {
    return {"adapter", adapter, Health::ok, "packets are captured as they are on the wire"};
  }
  std::string message;
  if (!merges.empty()) message = "incoming packets are captured merged (" + merges + ")";
  if (!splits.empty()) {
    message += (message.empty() ? "" : "; ") +
               ("outgoing ones are captured before they are split (" + splits + ")");
  }
  return {"adapter", adapter, Health::note, message,
          "to see them as on the wire: sudo ethtool -K " + shell_word(adapter) + remedy};
}

}  // namespace

Findings look_at_adapters() {
  const Driver driver;
  Findings findings;
  for (const capture::Adapter& adapter : capture::adapters()) {
    const bool on_a_wire =
        adapter.id != 0 && !capture::has(adapter.flags, capture::AdapterFlags::loopback);
    if (on_a_wire) findings.push_back(look_at(driver, adapter.name));
  }
  if (findings.empty()) {
    findings.push_back(
        {"adapter", "adapters", Health::note, "none but the loopback in this network namespace"});
  }
  return findings;
}

}  // namespace weir::cli
