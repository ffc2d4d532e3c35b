// What a savefile format is to the writer: records appended to a buffer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "savefile/record_buffer.h"
#include "weir/savefile/format.h"
#include "weir/source.h"

namespace weir::savefile {

/// One savefile format. Knows nothing of files and compression. Throws Error (cannot_hold) for what
/// the format has no place for; the records before it are whole then.
class RecordEncoder {
 public:
  RecordEncoder() = default;
  RecordEncoder(const RecordEncoder&) = delete;
  RecordEncoder& operator=(const RecordEncoder&) = delete;
  virtual ~RecordEncoder();

  /// Appends the interfaces that are new, and the packets. The file's header comes before the first
  /// record.
  virtual void packets(std::span<const Interface> interfaces, std::span<const Packet> packets,
                       RecordBuffer& out) = 0;
  /// The section that what follows belongs to; formats without sections leave it out.
  virtual void section(std::span<const Interface> interfaces, std::shared_ptr<const Section>,
                       RecordBuffer& out) {
    packets(interfaces, {}, out);
  }
  /// Blocks or statistics; formats without a place for them leave them out.
  virtual void blocks(std::span<const Interface> interfaces, std::span<const Block>,
                      RecordBuffer& out) {
    packets(interfaces, {}, out);
  }
  virtual void statistics(std::span<const Interface>, const InterfaceStatistics&, RecordBuffer&) {}
  /// Appends what a file without packets must have, unless it is there already.
  virtual void header(RecordBuffer& out) = 0;

  /// Time stamps that lay between two ticks.
  [[nodiscard]] std::uint64_t rounded_times() const noexcept { return rounded_times_; }

 protected:
  std::uint64_t rounded_times_ = 0;
};

}  // namespace weir::savefile
