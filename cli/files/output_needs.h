// What the header of a pcap has to say, which comes before the packets it is true of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cli/files/input.h"
#include "weir/savefile/reader.h"

namespace weir::cli {

/// What inputs ask of the header of a pcap that they are copied to.
struct OutputNeeds {
  bool nanoseconds = false;
  /// Of the largest of them.
  std::uint32_t snapshot_length = 0;

  /// Looks at the start of every file, and of a pcapng at the whole, if that is small: its
  /// interfaces may come anywhere. What is wrong with a file is told when it is read. None where
  /// the one input cannot be looked at beforehand: add_stream() when it is open.
  static std::optional<OutputNeeds> of(const std::vector<InputFile>& files,
                                       const savefile::ReaderOptions& options);

  /// Interfaces that are all there will be.
  void add(std::span<const Interface> interfaces) noexcept;
  /// The first interfaces of a source: of a pcapng they may not be all.
  void add_stream(std::span<const Interface> interfaces) noexcept;
  /// Whatever may come.
  void add_anything() noexcept;
};

}  // namespace weir::cli
