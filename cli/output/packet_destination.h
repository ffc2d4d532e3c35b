// Where the packets of a command go: text or JSON on standard output, a count, or a capture file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/output/decode_options.h"
#include "cli/output/output_options.h"
#include "cli/output/packet_printer.h"
#include "cli/output/savefile_output.h"

namespace weir::cli {

/// The print, decode, output and rotation groups, --count and -c.
struct DestinationOptions {
  PrintOptions print{};
  DecodeOptions decode{};
  OutputOptions output{};
  bool count = false;
  std::string limit{};

  void declare(CLI::App& app);
};

class PacketDestination {
 public:
  /// `files` and `reader` as SavefileOutput; none where packets come from adapters. Throws
  /// UsageError, SystemError.
  PacketDestination(const DestinationOptions& options, const std::vector<InputFile>& files,
                    const savefile::ReaderOptions& reader, ErrorStyle errors);

  /// Opens what is needed before there are packets: of adapters, these interfaces. Throws Error
  /// (cannot_hold) for several link types where the file is to be a pcap; it is not touched then.
  void begin(std::span<const Interface> interfaces);
  /// Takes the batch's packets, of them no more than -c says. False once no more are wanted.
  bool add(const CommandBatch& batch);
  /// Nothing has come for a while: what is held back is shown, or written.
  void idle();
  /// The same by an adapter's clock, which may end the period of a file.
  void advance(Timestamp now);
  /// Begins the next file of a series with the next packet.
  void rotate();
  /// After the last packet. Files are closed, and what was counted is told.
  void end();

  /// -W: the last file is finished.
  [[nodiscard]] bool is_full() const noexcept { return output_ && output_->is_full(); }
  /// Packets taken by add().
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
  /// Packets shown, counted, or in files, where some may be held back until end().
  [[nodiscard]] std::uint64_t packets() const noexcept;

 private:
  [[nodiscard]] std::span<const Packet> take(std::span<const Packet> packets) noexcept;

  OutputOptions options_;
  bool counts_;
  bool json_;
  std::optional<std::uint64_t> left_;  // of -c
  PacketPrinter printer_;
  std::optional<SavefileOutput> output_;
  std::uint64_t taken_ = 0;
};

}  // namespace weir::cli
