// Where packets go: a capture file, a series of them, an adapter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"
#include "weir/source.h"

namespace weir {

/// What a sink has brought to its medium.
struct SinkCounts {
  /// Whole packets. After a failure: those that were kept.
  std::uint64_t packets = 0;
  /// Bytes of the medium, with all that is around the packets.
  std::uint64_t bytes = 0;
  /// Bytes of records that are not there yet, before compression.
  std::uint64_t held_back = 0;
  /// Time stamps, of packets held back too, that were rounded down to the ticks of the format.
  std::uint64_t rounded_times = 0;
  /// Files begun.
  std::uint64_t files = 0;
  /// Files of a series that were removed again, to keep within its limits or for room on a full
  /// disk. Those that somebody else has taken away or renamed are not among them.
  std::uint64_t removed = 0;
};

/// Takes packets in batches, and what a source says beside them: PacketSource::copy_to() hands over
/// all of it. A sink without a place for that leaves it out. `interfaces` are those the packets of
/// a batch point into; they may have grown since the last one. All that is handed over is borrowed
/// for the call only. Every function but the constant ones throws Error if the medium fails. One
/// thread at a time.
class WEIR_API PacketSink {
 public:
  PacketSink() = default;
  PacketSink(const PacketSink&) = delete;
  PacketSink& operator=(const PacketSink&) = delete;
  virtual ~PacketSink();

  /// Without packets it declares the interfaces.
  virtual void write(std::span<const Interface> interfaces, std::span<const Packet> packets) = 0;
  /// Says which section what follows belongs to.
  virtual void write_section(std::span<const Interface> interfaces,
                             std::shared_ptr<const Section> section);
  virtual void write_blocks(std::span<const Interface> interfaces, std::span<const Block> blocks);
  virtual void write_statistics(std::span<const Interface> interfaces,
                                const InterfaceStatistics& statistics);

  /// Brings everything written so far to the medium.
  virtual void flush() = 0;
  /// Brings there what is held back too long: for times without packets.
  virtual void flush_if_due() = 0;
  /// The same, by the clock of the packets: what is kept by periods of it may end one.
  virtual void advance(Timestamp now);
  /// Ends the file of a series; the next packet begins another.
  virtual void rotate();
  /// Whether packets are not taken any more.
  [[nodiscard]] virtual bool is_full() const noexcept;
  /// Flushes and ends. Later calls do nothing.
  virtual void close() = 0;

  [[nodiscard]] virtual SinkCounts counts() const noexcept = 0;

 protected:
  PacketSink(PacketSink&&) noexcept = default;
  PacketSink& operator=(PacketSink&&) noexcept = default;
};

}  // namespace weir
