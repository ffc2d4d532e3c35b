// A host of the test's own with an adapter "near", its sockets, and frames somebody else sends it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sys/file_descriptor.h"
#include "system/network.h"
#include "weir/inject/incoming.h"

namespace weir::test {

/// "near" has 192.0.2.2 and 2001:db8::2; that 192.0.2.1 and 2001:db8::1 are on its link is known.
class LocalHostTest : public LiveTest {
 protected:
  void SetUp() override;
};

/// The same, once for each way in; skips where the kernel does not offer it.
class EachMethodTest : public LocalHostTest,
                       public ::testing::WithParamInterface<inject::IncomingMethod> {
 protected:
  void SetUp() override;
  [[nodiscard]] static inject::Incoming open(const std::string& adapter) {
    return inject::Incoming{adapter, {.method = GetParam()}};
  }
};

enum class Family : std::uint8_t { ipv4, ipv6 };

/// Receives on a port of every address.
class UdpReceiver {
 public:
  explicit UdpReceiver(Family family, std::uint16_t port = 7200);

  /// The payload of the next datagram; empty if none comes for a while.
  [[nodiscard]] std::string next() const;
  /// How many come until none does for a while.
  [[nodiscard]] std::uint64_t count() const;

 private:
  sys::FileDescriptor socket_;
};

/// For a UdpReceiver on near, from 192.0.2.1 or 2001:db8::1; every checksum is right.
[[nodiscard]] Octets datagram_to_near(Family family, std::string_view payload,
                                      std::uint16_t port = 7200);
/// The same without its Ethernet header.
[[nodiscard]] Octets packet_to_near(Family family, std::string_view payload);

/// So many bytes of Ethernet and all that is in it.
[[nodiscard]] Octets datagram_of_length(std::size_t length);

/// A TCP segment from port 50000 of 192.0.2.1 to port 7300 of near.
struct Segment {
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::string_view payload{};
};
[[nodiscard]] Octets segment_to_near(const Segment& segment);

}  // namespace weir::test
