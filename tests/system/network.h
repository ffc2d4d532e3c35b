// A network of the test's own, two adapters back to back in a namespace, and traffic on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sys/file_descriptor.h"
#include "system/network_namespace.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/source.h"

namespace weir::test {

using Octets = std::vector<std::uint8_t>;

/// With the adapters "near" and "far" back to back, both up, and no traffic but what the test
/// makes.
class LiveTest : public NetworkTest {
 protected:
  void SetUp() override;
};

/// Until the kernel has seen that so many adapters have a carrier: what is sent before is dropped
/// without a word. Takes lo up, too. Throws std::runtime_error if they have none for long.
void wait_for_carriers(int adapters);

/// How many want the adapter to be promiscuous, as the kernel counts them.
[[nodiscard]] int promiscuity(const std::string& adapter);

/// Sends frames as they are.
class FrameSender {
 public:
  explicit FrameSender(const std::string& adapter);
  /// Throws std::runtime_error.
  void send(Bytes frame) const;
  /// False if the adapter is down or gone.
  [[nodiscard]] bool try_send(Bytes frame) const noexcept;

 private:
  sys::FileDescriptor socket_;
};

/// 64 bytes of an experimental EtherType; the number stands at offset 14, number % 3 at 22.
[[nodiscard]] Octets numbered_frame(std::uint64_t number);
[[nodiscard]] std::uint64_t number_of(const Packet& packet);

/// The same with a VLAN tag at offset 12.
[[nodiscard]] Octets tagged(Octets frame, std::uint16_t vlan, std::uint16_t protocol = 0x8100);

/// What comes until `count` packets have, the source says it is over, or nothing comes for half a
/// second.
[[nodiscard]] std::vector<OwnedPacket> collect(PacketSource& source, std::size_t count = SIZE_MAX);

/// The bytes of a packet.
[[nodiscard]] inline Octets octets(const Packet& packet) {
  return {packet.data.begin(), packet.data.end()};
}

/// Sends numbered frames in a thread of its own, until stopped or `count` are sent. `burst` frames
/// are sent between short rests.
class Stream {
 public:
  Stream(const std::string& adapter, std::uint64_t count, std::uint64_t burst = UINT64_MAX);
  ~Stream() { static_cast<void>(finish()); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void stop() { stop_ = true; }
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  /// Waits for the end; returns how many were sent.
  std::uint64_t finish();

 private:
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::thread thread_;
};

}  // namespace weir::test
