// Frames that are given to a packet socket by one call: sendmmsg(2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "sys/departure.h"
#include "sys/packet_socket.h"
#include "weir/bytes.h"

namespace weir::sys {

/// What the kernel is to do to a frame before it leaves: the struct virtio_net_hdr of VIRTIO 1.2
/// section 5.1.6.
struct Offload {
  enum class Segments : std::uint8_t { none = 0, tcp_ipv4 = 1, udp_fragments = 3, tcp_ipv6 = 4 };
  Segments segments = Segments::none;
  /// Of TCP segments: the first alone has the CWR flag (RFC 3168 section 6.1.2).
  bool congestion = false;
  /// All headers up to the payload.
  std::uint16_t header_length = 0;
  /// Bytes of payload in each segment.
  std::uint16_t segment_size = 0;
  /// Where the checksum is counted from, and where it goes, from there.
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
  /// The folded sum of the pseudo-header, which the kernel expects there, as it reads on the wire.
  std::uint16_t pseudo_header = 0;
};

/// Borrows the frames until it is cleared. Allocates when it is made, not afterwards. One thread at
/// a time.
class SendBatch {
 public:
  /// More in one call are no faster.
  static constexpr std::size_t capacity = 64;

  /// For the adapter of this index. `offload_headers`: for a socket that sends those. `departures`:
  /// for one with PacketSocket::set_departure_times(), and what may be asked for beside the time.
  SendBatch(std::uint32_t adapter, bool offload_headers,
            std::optional<DepartureLimits> departures = std::nullopt);
  SendBatch(SendBatch&&) noexcept;
  SendBatch& operator=(SendBatch&&) noexcept;
  ~SendBatch();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity; }
  void clear() noexcept { size_ = 0; }

  /// An EtherType as `protocol` for adapters whose frames do not tell theirs; 0 otherwise. Without
  /// `offload` the frame leaves as it is. Precondition: not full(); with an offload the batch has
  /// offload headers, and the checksum lies within the frame.
  void add(Bytes frame, std::uint16_t protocol = 0, const Offload* offload = nullptr) noexcept;
  /// The same. Precondition too: the batch has departures.
  void add(Bytes frame, std::uint16_t protocol, const Offload* offload,
           const Departure& departure) noexcept;

  [[nodiscard]] std::size_t frame_size(std::size_t index) const noexcept;

  struct Outcome {
    std::size_t sent = 0;
    /// An errno, of the first that was not sent: only where none was.
    int error = 0;
  };
  /// From the frame `first` on. Precondition: it is less than size().
  [[nodiscard]] Outcome send(const PacketSocket& socket, std::size_t first) noexcept;

 private:
  struct Messages;
  std::unique_ptr<Messages> messages_;
  std::size_t size_ = 0;
  bool offload_headers_;
  std::optional<DepartureLimits> departures_;
};

}  // namespace weir::sys
