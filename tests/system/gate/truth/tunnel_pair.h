// Two tun adapters, one here and one of another host, and the way between them.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "sys/file_descriptor.h"
#include "system/gate/truth/host.h"
#include "system/network.h"

namespace weir::test {

/// "tun0" of both, up: 10.0.3.254 and fd00:3::254 here, 10.0.3.1 and fd00:3::1 there.
class TunnelPair {
 public:
  explicit TunnelPair(const Host& there);
  TunnelPair(const TunnelPair&) = delete;
  TunnelPair& operator=(const TunnelPair&) = delete;
  ~TunnelPair();

  /// What has left the adapter here.
  [[nodiscard]] std::vector<Octets> carried() const;

 private:
  void carry();

  sys::FileDescriptor here_;
  sys::FileDescriptor there_;
  std::atomic<bool> ends_{false};
  mutable std::mutex mutex_{};
  std::vector<Octets> carried_{};
  std::thread thread_;
};

}  // namespace weir::test
