// A packet socket: AF_PACKET, its filter and its options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sys/file_descriptor.h"

namespace weir::sys {

/// How a group of sockets shares packets.
enum class FanoutMode : std::uint8_t { hash, cpu, rollover };

class PacketSocket {
 public:
  /// With the link-layer header, or without.
  enum class Kind : std::uint8_t { raw, cooked };

  /// Gets no packets before bind(). Throws SystemError.
  explicit PacketSocket(Kind kind);
  /// One that another process has opened.
  explicit PacketSocket(FileDescriptor opened) noexcept : descriptor_{std::move(opened)} {}

  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }
  /// Gives it away.
  [[nodiscard]] FileDescriptor release() noexcept { return std::move(descriptor_); }

  /// The bytes of classic BPF instructions, 8 each, instead of those attached before: no packet
  /// sees neither or both. Returns an errno, 0 if the kernel took them.
  [[nodiscard]] int attach(std::span<const std::byte> instructions) const noexcept;

  /// An eBPF program (SocketFilterProgram) instead of what was attached before, in the same way.
  [[nodiscard]] int attach(const FileDescriptor& program) const noexcept;

  /// To every packet of an adapter (its ifindex), or of all: 0. An adapter that is down is no
  /// error here; take_error() tells. Returns an errno.
  [[nodiscard]] int bind(std::uint32_t adapter) const noexcept;

  /// To an adapter that frames are to be sent on; none are received. Returns an errno.
  [[nodiscard]] int bind_to_send(std::uint32_t adapter) const noexcept;

  /// What is sent begins with a header for offloads (struct virtio_net_hdr). Returns an errno.
  [[nodiscard]] int send_offload_headers(bool on) const noexcept;

  /// Frames may be sent with a time of departure (Departure). Returns an errno.
  [[nodiscard]] int set_departure_times() const noexcept;

  /// All that is sent has this mark and priority unless it asks for another (Departure). Returns an
  /// errno: EPERM without CAP_NET_ADMIN or CAP_NET_RAW.
  [[nodiscard]] int set_mark(std::uint32_t mark) const noexcept;
  [[nodiscard]] int set_priority(std::uint32_t priority) const noexcept;

  /// Bytes of frames the kernel keeps until the adapter has sent them, its own bookkeeping
  /// included; without CAP_NET_ADMIN no more than the system's limit.
  void set_send_buffer(int bytes) const noexcept;

  /// Waits until there is room in the socket's send buffer.
  void wait_for_room(int milliseconds) const noexcept;

  /// The errno that waits on the socket, which is cleared; 0 if none does.
  [[nodiscard]] int take_error() const noexcept;

  /// Returns an errno. Undone by the kernel when the socket closes.
  [[nodiscard]] int set_promiscuous(std::uint32_t adapter, bool on) const noexcept;

  /// Not even offers outgoing packets to the filter.
  void ignore_outgoing(bool on) const noexcept;

  /// Takes the adapter's time stamps of packets that have one.
  void take_adapter_clock() const noexcept;

  /// Whether the adapter of this name stamps packets that arrive.
  [[nodiscard]] bool adapter_stamps(const std::string& adapter) const noexcept;

  /// After bind(). Returns an errno.
  [[nodiscard]] int join_fanout(std::uint16_t group, FanoutMode mode) const noexcept;

  struct Counters {
    /// Whether or not there was room for them.
    std::uint32_t received = 0;
    std::uint32_t dropped = 0;
  };
  /// Since the last call.
  [[nodiscard]] Counters take_counters() const noexcept;

 private:
  FileDescriptor descriptor_;
};

/// A fanout group nobody has in this network namespace; the kernel goes round all 65,536. Throws
/// SystemError.
[[nodiscard]] std::uint16_t unused_fanout_group();

}  // namespace weir::sys
