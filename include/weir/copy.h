// Copies a source batch by batch, with all it says beside its packets.
#pragma once

#include <cstddef>
#include <span>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/sink.h"
#include "weir/source.h"

namespace weir {

/// The copy of a source, or of sources one after another, without loss: sections, interfaces,
/// blocks, packets and statistics, in the order in which they stood. Whoever filters hands over
/// some of the packets; PacketSource::copy_to() hands over all. One thread at a time.
class WEIR_API Copy {
 public:
  /// Borrows the sink.
  explicit Copy(PacketSink& to) noexcept : to_{&to} {}

  /// Of a batch its context and those of its packets that are wanted, in their order; of every
  /// batch, with or without packets, to the one that ends the file. Throws what the sink throws.
  void add(const BatchContext& context, std::span<const Packet> packets);

 private:
  /// Begins those not begun yet, each when the statistics of the one before are written.
  WEIR_PRIVATE void add_sections(const BatchContext& context);
  /// Those not written yet, up to the first that is of another section; null is all.
  WEIR_PRIVATE void add_statistics(const BatchContext& context, const Section* section);

  PacketSink* to_;
  bool has_begun_ = false;
  std::size_t sections_ = 0;    // of the file's, written
  std::size_t statistics_ = 0;  // of the file's, written
};

}  // namespace weir
