// A TAP or TUN adapter of our own: what is written to it, it has received.
#pragma once

#include <cstdint>
#include <string>

#include "sys/bpf_program.h"
#include "sys/file_descriptor.h"
#include "weir/bytes.h"

namespace weir::sys {

struct TapOptions {
  enum class Kind : std::uint8_t {
    ethernet,  ///< frames with an Ethernet header (TAP)
    ip,        ///< packets that begin with the IP header (TUN)
  };
  Kind kind = Kind::ethernet;
  /// At most 15 bytes; "%d" in it is the first number that is free.
  std::string name = "weir%d";
  /// 0 for the kernel's, 1,500.
  std::uint32_t mtu = 0;
  /// A struct virtio_net_hdr of ten bytes before each packet, both ways.
  bool packet_header = false;
  /// TUN_F_ bits: what may be left for the reader to do. 0: packets are whole.
  std::uint32_t offload = 0;
};

/// It goes with this, or with the process.
class Tap {
 public:
  /// Down, and without an address, an IPv6 one included. Throws SystemError, Error
  /// (invalid_argument) for a name that is too long.
  explicit Tap(const TapOptions& options = {});

  /// Throws SystemError.
  void set_up() const;
  /// A text that people see beside the name. Throws SystemError.
  void set_alias(const std::string& alias) const;
  /// What it sends is there at once, or lost: it waits in no queueing discipline, whatever the
  /// system's own is. Throws SystemError.
  void send_unqueued() const;
  /// Frames it sends are cut to as many bytes as the program returns; those of none are not to be
  /// read. Returns an errno.
  [[nodiscard]] int attach(const SocketFilterProgram& program) const noexcept;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Its ifindex.
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }
  /// Readable when the adapter has sent something.
  [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return descriptor_; }

  /// The adapter receives `head` and `rest`, one behind the other, as one packet. Returns an errno:
  /// EIO while it is down, EINVAL for what cannot be a packet.
  [[nodiscard]] int write(Bytes head, Bytes rest) const noexcept;
  [[nodiscard]] int write(Bytes packet) const noexcept { return write(packet, {}); }

  /// The next packet the adapter has sent, cut to the room for it; no bytes if there is none.
  [[nodiscard]] Bytes read(MutableBytes room) const noexcept;

 private:
  FileDescriptor descriptor_;
  std::string name_;
  std::uint32_t index_ = 0;
};

}  // namespace weir::sys
