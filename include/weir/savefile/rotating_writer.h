// Writes a series of capture files: a new one after so many bytes, seconds or packets, the oldest
// gone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/savefile/writer.h"

namespace weir::savefile {

/// When a file is finished and the next begun. 0 is "not for that reason".
struct Rotation {
  /// Bytes of a file: a packet that might lead beyond begins the next one. Compressed files come
  /// out smaller, by less than a frame.
  std::uint64_t size = 0;
  /// Length of the periods, aligned to local midnight, whose packets share a file: by their time
  /// stamps. A period lasts as long as the local clock takes: a day 23 or 25 hours where that is
  /// changed. A packet of the period before stays in the file, so that a little disorder does not
  /// rotate; one still earlier means that the clock was set back, and begins a new file; one
  /// without a time stamp follows the packet before. Whole seconds.
  Duration period{};
  std::uint64_t packets = 0;
  /// Files kept: then the oldest is removed for each new one.
  std::uint64_t files = 0;
  /// Bytes of all files: the oldest are removed so that the newest fits. Not less than `size`.
  std::uint64_t total_size = 0;
  /// The file that is finished instead of being followed by another: then is_full().
  std::uint64_t last_file = 0;
  /// A full disk: end with an error, or remove the oldest file and go on.
  bool drop_oldest_when_full = false;
  /// Files that are neither replaced nor removed, whatever they are called: those being read.
  std::vector<std::string> keep{};

  /// Whether files are removed.
  [[nodiscard]] bool is_ring() const noexcept {
    return files != 0 || total_size != 0 || drop_oldest_when_full;
  }
};

/// A file that will not be written to any more.
struct FinishedFile {
  std::string path;
  SinkCounts counts{};
};

/// A packet sink that writes one Writer after another.
///
/// Names: where files rotate by time, conversions of strftime(3) in the path are replaced by the
/// local time of the file's first packet, or the start of its period if it is not the first file. A
/// path without them, or one that rotates by more than time, gets a number before its endings:
/// trace-00001.pcap.gz. Numbers go on behind those of files that exist, and a limited series counts
/// and removes them as its own: so a ring survives a restart. Names without a number replace a file
/// of the name: "%H" is a ring of a day. Only where local time goes back, or this very period has a
/// file already, a number is added. A file ends in .part until it is finished. Movable; one thread
/// at a time.
class WEIR_API RotatingWriter final : public PacketSink {
 public:
  /// Called for each finished file, after it was renamed.
  using OnFile = std::function<void(const FinishedFile& file)>;

  /// Looks at the directory; the first file is begun by the first packet. Throws SystemError, or
  /// Error (invalid_argument) for options that cannot be.
  RotatingWriter(const std::string& path, const WriterOptions& options, const Rotation& rotation,
                 OnFile on_file = {});

  RotatingWriter(RotatingWriter&&) noexcept;
  RotatingWriter& operator=(RotatingWriter&&) noexcept;
  /// Finishes the file; errors are lost: call close() to learn of them.
  ~RotatingWriter() override;

  /// Throws as Writer::write(), and SystemError (output_failed) where an old file cannot be
  /// removed.
  void write(std::span<const Interface> interfaces, std::span<const Packet> packets) override;
  /// As Writer::write_section(), to the file that is open, if one is.
  void write_section(std::span<const Interface> interfaces,
                     std::shared_ptr<const Section> section) override;
  /// To the file that is open, else to the next, and to the start of every later one: names and
  /// secrets are needed there too. Kept for that up to 16 MiB, and half of Rotation::size: what
  /// leads beyond is in one file only. Throws as Writer::write(), and Error (cannot_hold) for more
  /// than 64 MiB beyond that while no file is open.
  void write_blocks(std::span<const Interface> interfaces, std::span<const Block> blocks) override;
  /// To the file that is open, if one is, and if they fit within Rotation::size and total_size.
  void write_statistics(std::span<const Interface> interfaces,
                        const InterfaceStatistics& statistics) override;
  void flush() override;
  /// As Writer::flush_if_due().
  void flush_if_due() override;
  /// Whether the last file is finished.
  [[nodiscard]] bool is_full() const noexcept override;

  /// Flushes what is due, and finishes a file whose period is over.
  void advance(Timestamp now) override;
  /// Finishes the file that is open; the next packet begins another.
  void rotate() override;
  /// Finishes the file. Without a packet there is none.
  void close() override;

  /// Of all files, finished or not, since removed or not.
  [[nodiscard]] SinkCounts counts() const noexcept override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::savefile
