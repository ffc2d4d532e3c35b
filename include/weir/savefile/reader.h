// Reads capture files: pcap and pcapng, plain or compressed, from a path, memory or standard input.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "weir/error.h"
#include "weir/savefile/format.h"
#include "weir/savefile/source.h"

namespace weir::savefile {

/// A file is whole as far as can be told, but takes more than a reader has: a zstd window of more
/// than 128 MiB, a dictionary, 256 MiB of memory for xz. Its code is unsupported_format; what()
/// names another way where there is one. A value: const calls from several threads at once.
class WEIR_API BeyondLimit final : public FormatError {
 public:
  BeyondLimit(std::uint64_t offset, const std::string& message)
      : FormatError{ErrorCode::unsupported_format, offset, message} {}
  ~BeyondLimit() override;
};

/// How to read.
struct ReaderOptions {
  /// Go on behind damage, at the next plausible record, and count what was passed over. In a pcap,
  /// record headers of zeros are damage then: a hole in the file, not records without bytes.
  bool skip_damaged = false;
  /// Wait at the end of a regular file for what is appended, until stop(). Ignored for memory;
  /// pipes wait anyway. A file that shrinks below what was read is damage.
  bool follow = false;
  /// Number the packets (PacketMeta::ordinal): every packet has meta then.
  bool ordinals = false;
  /// Opens files in place of the reader, which takes the descriptor over: for a process that has
  /// given up its rights (weir/sandbox/). What it throws leaves the reader; for a negative number
  /// the reader opens the file itself. None: the reader opens all.
  std::function<int(const std::string& path)> open{};
};

/// A capture file as a packet source.
///
/// Blocks of read(2) go into one reused buffer; packets are views into it, and a batch is what one
/// block holds (at most Batch::max_packets, and of one section of a pcapng). A fault in mid-file
/// delivers everything before it, then next_batch() throws one FormatError with offset and cause,
/// and afterwards returns `end`. Movable; one thread at a time, but stop() from anywhere.
class WEIR_API Reader final : public Source {
 public:
  /// Opens a file, FIFO or device and reads its header. Throws SystemError if it cannot be opened,
  /// FormatError if it is no capture, empty, or its header is damaged. A signal handler that runs
  /// while a FIFO's writer or the header is awaited ends the wait: SystemError with EINTR.
  explicit Reader(const std::string& path, ReaderOptions options = {});
  /// Reads an open descriptor from where it stands; it is not closed. `called` is its name in
  /// messages.
  static Reader descriptor(int number, std::string called, ReaderOptions options = {});
  /// Reads descriptor 0; it is not closed.
  static Reader standard_input(ReaderOptions options = {});
  /// Reads `bytes`, which must outlive the reader.
  static Reader memory(Bytes bytes, ReaderOptions options = {});

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader() override;

  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override;
  [[nodiscard]] BatchContext context() const noexcept override;
  void stop() noexcept override;
  [[nodiscard]] std::shared_ptr<const void> keep_batch() override;

  [[nodiscard]] Format format() const noexcept;
  [[nodiscard]] Compression compression() const noexcept;
  /// Of the file, or of the pcapng section being read.
  [[nodiscard]] ByteOrder byte_order() const noexcept;
  [[nodiscard]] ReaderCounts counts() const noexcept override;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE Batch next(Deadline deadline) override;
  WEIR_PRIVATE explicit Reader(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace weir::savefile
