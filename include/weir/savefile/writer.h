// Writes capture files: pcap and pcapng, plain or compressed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/savefile/format.h"
#include "weir/sink.h"

namespace weir::savefile {

/// Whose a file becomes when it is made; one that existed keeps its owner and mode.
struct FileOwner {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};

/// How to write.
struct WriterOptions {
  /// pcap_modified is refused.
  Format format = Format::pcapng;
  Compression compression = Compression::none;
  /// As the compressor counts; none is its own default: gzip 6, zstd 3, lz4 1, xz 6.
  std::optional<int> level{};
  /// The snapshot length in a pcap's header; 0 is that of the first interface.
  std::uint32_t snapshot_length = 0;
  /// Of packets whose interface has no section of its own.
  Section section{};
  /// Packets are never held back longer than this; looked at by write() and flush_if_due(). Without
  /// compression nothing is held back at all, unless `buffered`. As often it is seen whether the
  /// file still has its name.
  Duration flush_interval = std::chrono::seconds{1};
  /// Nor more packets than this; 0 is no limit. Compressed, a frame holds no more then; without
  /// compression a batch is written, and with `sync` waited for, at once.
  std::uint64_t flush_packets = 0;
  /// Without compression, too, packets wait until there are 256 KiB of them: for who writes them
  /// one by one.
  bool buffered = false;
  /// Each flush also waits until the disk has it (fdatasync), the first until it has the file's
  /// name, and so does a rename (fsync of the directory, where that may be read).
  bool sync = false;
  /// None: whoever writes it.
  std::optional<FileOwner> owner{};
  /// A file of that name is an error, not emptied.
  bool must_be_new = false;
  /// Opens the file in place of the writer, as ReaderOptions::open does for a reader: made or
  /// emptied, for `owner`.
  std::function<int(const std::string& path)> open{};
  /// What errors call the file; its path if empty.
  std::string called{};
  /// Asked whenever a signal interrupts the wait for room in a pipe; true ends the wait, and the
  /// writer fails with EAGAIN. None: it is waited for, however long.
  std::function<bool()> gives_up{};
  /// Called when the disk is full; true says that room was made and writing is tried again.
  std::function<bool()> make_room{};
};

/// A capture file being written, as a packet sink. Little-endian.
///
/// Encoding, compression and the file are three stages. Without compression a batch (`buffered`:
/// many) is brought to the file by one system call; with it, in frames that hold whole records, so
/// that the file is readable up to the end of the last one. When the medium fails (ENOSPC, EIO,
/// ...) a regular file is cut back to its last whole record, compressed to its last whole frame;
/// then SystemError (output_failed) is thrown, counts() says what was kept, and every later call
/// throws again. So it is where somebody else cuts, extends, removes, renames or replaces a regular
/// file meanwhile; what is left of it is not touched then, and counts() says what a reader finds in
/// it. Movable; one thread at a time.
class WEIR_API Writer final : public PacketSink {
 public:
  /// Creates the file (mode 0600) or empties it; waits for the reader of a FIFO. Throws
  /// SystemError, or Error (invalid_argument) for options that cannot be.
  explicit Writer(const std::string& path, const WriterOptions& options = {});
  /// Writes to descriptor 1, which is not closed.
  static Writer standard_output(const WriterOptions& options = {});
  /// Appends to `bytes`, which must outlive the writer.
  static Writer memory(std::vector<std::uint8_t>& bytes, const WriterOptions& options = {});

  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  /// Closes; errors are lost: call close() to learn of them.
  ~Writer() override;

  /// Without packets it declares the interfaces, so that the file is complete before the first
  /// one. Throws Error (cannot_hold) for what the format has no place for: a second link type in a
  /// pcap, a time outside its range. The packets before it are written.
  void write(std::span<const Interface> interfaces, std::span<const Packet> packets) override;
  /// Says which section what follows belongs to: begins it, unless it is the one that is open.
  /// Needed only to keep sections without interfaces, and those that say the same as the one
  /// before, as write() knows the others; then it is to be called for all. A pcap has no place for
  /// them. `interfaces` as in write().
  void write_section(std::span<const Interface> interfaces,
                     std::shared_ptr<const Section> section) override;
  /// Copies blocks of a pcapng, into the section of write_section(), or else that of the last
  /// interface; a pcap has no place for them and leaves them out. `interfaces` as in write().
  void write_blocks(std::span<const Interface> interfaces, std::span<const Block> blocks) override;
  /// Writes a statistics block (pcapng). `interfaces` as in write().
  void write_statistics(std::span<const Interface> interfaces,
                        const InterfaceStatistics& statistics) override;

  void flush() override;
  /// Flushes if flush_interval has passed.
  void flush_if_due() override;
  /// Flushes and closes. A file without a packet gets its header, of link type Ethernet if there
  /// was no interface. Throws as write(). Later calls do nothing.
  void close() override;

  [[nodiscard]] SinkCounts counts() const noexcept override;
  /// After a failure: the file has no name any more, or another one has it.
  [[nodiscard]] bool has_lost_name() const noexcept;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE explicit Writer(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace weir::savefile
