// UDP of hosts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "system/gate/truth/host.h"
#include "system/network.h"

namespace weir::test {

/// IPv6, and IPv4 as ::ffff:10.0.1.1.
class DatagramSocket {
 public:
  /// Of the host this thread is at. Throws std::runtime_error.
  explicit DatagramSocket(std::uint16_t port);
  DatagramSocket(const Host& host, std::uint16_t port);

  /// In datagrams of `segment` bytes of payload (UDP_SEGMENT), or one if it is 0. Throws
  /// std::runtime_error.
  void send(const std::string& address, std::uint16_t port, const Octets& payload,
            std::uint16_t segment = 0) const;
  /// The next that arrives; empty if none does within `patience` milliseconds.
  [[nodiscard]] Octets receive(int patience = 2'000) const;

 private:
  void open(std::uint16_t port);

  sys::FileDescriptor socket_{};
};

}  // namespace weir::test
