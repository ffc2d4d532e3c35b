// What the header of a pcap has to say, which comes before the packets it is true of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weir/savefile/input_file.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::savefile {

/// What a pcap says of all its packets, where a pcapng says it of each interface. One that files
/// are copied to loses nothing if it says what they ask for:
///
///     WriterOptions options{.format = Format::pcap};
///     if (const auto header = PcapHeader::of(files)) header->apply(options);
///     Writer writer{"all.pcap", options};
///     Walk{files}.copy_to(writer);
///
/// A value: const calls from several threads at once.
struct WEIR_API PcapHeader {
  /// Not of microseconds.
  bool nanoseconds = false;
  /// As the inputs say: no packet has more bytes, unless its file breaks its word.
  std::uint32_t snapshot_length = 0;

  /// Of files that are not open yet. Looks at the start of each, and of a pcapng at the whole, if
  /// that is small (16 MiB of all together): its interfaces may come anywhere. What is wrong with a
  /// file is told when it is read. None where the one file cannot be read twice: add_stream() when
  /// it is open.
  static std::optional<PcapHeader> of(const std::vector<InputFile>& files,
                                      const ReaderOptions& options = {});

  /// Interfaces that are all there will be.
  void add(std::span<const Interface> interfaces) noexcept;
  /// The first interfaces of a source: of a pcapng they may not be all.
  void add_stream(std::span<const Interface> interfaces) noexcept;
  /// Whatever may come.
  void add_anything() noexcept;

  /// Makes a pcap say so; what is no pcap stays as it is.
  void apply(WriterOptions& options) const noexcept;
};

}  // namespace weir::savefile
