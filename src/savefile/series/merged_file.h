// One of the files a MergedReader reads: not open yet, open, or done with.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/savefile/reader.h"

namespace weir::savefile {

struct MergedFile {
  explicit MergedFile(std::string named);

  std::string path;
  /// A pipe or standard input, once it is open: it cannot be opened twice.
  bool stays_open = false;
  std::optional<Reader> reader{};
  /// What is still to be handed out of the reader's last batch.
  std::span<const Packet> rest{};
  /// Of the first packet of `rest`, or of the one before it if that has none.
  Timestamp time = Timestamp::min();
  /// From the reader's interfaces to the merged ones.
  std::vector<std::uint32_t> mapping{};
  /// Of the reader, also when it is closed.
  ReaderCounts counts{};

  /// Throws as Reader does.
  void open(ReaderOptions options);
  /// Harmless when it is not open.
  void close() noexcept;
  /// Moves `time` on to the first packet of `rest`. Precondition: there is one.
  void look_at_time() noexcept {
    if (!has(rest.front().flags, PacketFlags::no_timestamp)) time = rest.front().timestamp;
  }
  /// Adds what the reader has found since the last time: interfaces to the merged ones, without
  /// their section, and its counts to the sums.
  void note_progress(std::vector<Interface>& interfaces, ReaderCounts& sums);
};

}  // namespace weir::savefile
