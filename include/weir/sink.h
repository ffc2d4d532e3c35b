// Where packets go: a savefile, an adapter, text.
#pragma once

#include <span>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"
#include "weir/source.h"

namespace weir {

/// Takes packets in batches. One thread at a time.
class WEIR_API PacketSink {
 public:
  PacketSink() = default;
  PacketSink(const PacketSink&) = delete;
  PacketSink& operator=(const PacketSink&) = delete;
  virtual ~PacketSink();

  /// Takes a batch and the interfaces its packets point into (they may have grown since the last
  /// batch). Borrows both for the call only. Throws Error if the medium fails.
  virtual void write(std::span<const Interface> interfaces, std::span<const Packet> packets) = 0;

  /// Brings everything written so far to the medium. Throws Error if it fails.
  virtual void flush() = 0;

 protected:
  PacketSink(PacketSink&&) noexcept = default;
  PacketSink& operator=(PacketSink&&) noexcept = default;
};

}  // namespace weir
