// Sums capture files up: what `weir info` tells of each.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "weir/api.h"
#include "weir/info/summary.h"
#include "weir/record/value.h"
#include "weir/savefile/input_file.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/trouble.h"
#include "weir/wire/decoders.h"

namespace weir::info {

/// What is counted beside packets and their lengths. Both decode every packet.
struct CountOptions {
  bool protocols = false;
  /// Of every header, those of packets quoted inside ICMP errors too.
  bool checksums = false;
  /// What packets are decoded with.
  wire::Decoders decoders{};
};

/// What is counted of one file by whoever reads it. One thread at a time.
class WEIR_API FileCounts {
 public:
  explicit FileCounts(CountOptions options = {});

  void add(std::span<const Packet> packets);
  void add(std::span<const Block> blocks) { summary_.add(blocks); }
  /// Takes over what the file says, and borrows what its reader does. `damage` is what ended the
  /// file early, or null.
  void finish(const savefile::InputFile& file, const savefile::Reader& reader,
              const savefile::Trouble* damage);
  /// What is not found by reading it as a capture.
  void set_sha256(std::string digest) { summary_.sha256 = std::move(digest); }

  /// Whole once finished; borrows from this object too.
  [[nodiscard]] const Summary& summary() const noexcept { return summary_; }

 private:
  WEIR_PRIVATE void add_checksums(std::span<const Packet> packets);

  wire::Decoders decoders_;
  Summary summary_;
  std::unique_ptr<ProtocolCounts> protocols_;
  std::unique_ptr<ChecksumCounts> checksums_;
};

/// One file summed up:
///
///     const info::FileSummary told = info::FileSummary::of("trace.pcap", {.protocols = true});
///     if (!told.summary().complete) ...
///
/// Damage is no error here but part of the summary. Movable; one thread at a time.
class WEIR_API FileSummary {
 public:
  /// Reads it whole. Throws as savefile::Reader for what is no capture.
  [[nodiscard]] static FileSummary of(const std::string& path, CountOptions options = {});

  /// For whoever wants to look up meanwhile: opens it, and read() goes on. Throws as
  /// savefile::Reader.
  FileSummary(savefile::InputFile file, CountOptions options,
              const savefile::ReaderOptions& reading = {});
  /// Reads the next packets; false once there are no more. Throws SystemError if the file cannot be
  /// read on.
  bool read();

  /// Whole once read() was false; borrows from this object.
  [[nodiscard]] const Summary& summary() const noexcept { return counts_->summary(); }

 private:
  savefile::InputFile file_;
  std::unique_ptr<savefile::Reader> reader_;
  std::unique_ptr<FileCounts> counts_;
  bool has_ended_ = false;
};

/// Tells all that applies as one object with the names of docs/json.md; times as time stamps.
WEIR_API void tell(record::ValueVisitor& to, const Summary& summary);

}  // namespace weir::info
