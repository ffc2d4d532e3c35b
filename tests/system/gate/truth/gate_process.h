// A gate in a process of its own, which marks what it holds.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "sys/file_descriptor.h"
#include "weir/gate/held_packet.h"
#include "weir/gate/options.h"

namespace weir::test {

/// What a gate that holds every packet of marked_frame() has counted.
struct MarkedPackets {
  std::uint64_t modified = 0;
  std::uint64_t reinjected = 0;
  std::uint64_t foreign = 0;
  std::uint64_t seen = 0;
};

/// In the namespace of this thread.
class GateProcess {
 public:
  /// Waits until it has started. Throws std::runtime_error if it cannot.
  GateProcess(const gate::GateOptions& options, std::uint8_t mark);
  GateProcess(const GateProcess&) = delete;
  GateProcess& operator=(const GateProcess&) = delete;
  ~GateProcess() { kill(); }

  /// Has it stop.
  [[nodiscard]] MarkedPackets end();
  /// It has no time to do anything.
  void kill();

 private:
  pid_t process_ = -1;
  sys::FileDescriptor until_{};
  sys::FileDescriptor told_{};
};

/// Where marks begin: a count, and as many marks.
inline constexpr std::size_t marks_offset = 14;

/// Adds its mark to those of a frame.
void put_mark(gate::HeldPacket& packet, std::uint8_t mark);

}  // namespace weir::test
