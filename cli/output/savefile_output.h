// The capture file or files a command writes, from its first batch to the summary.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/note.h"
#include "cli/output/file_hook.h"
#include "cli/output/output_options.h"
#include "weir/copy.h"
#include "weir/savefile/pcap_header.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/rotating_writer.h"

namespace weir::cli {

/// Nothing is created or emptied before the first input is open. Every function throws OutputFailed
/// where the medium fails.
class SavefileOutput {
 public:
  /// `files` are the inputs, to be read so: none of them may be the output, and what they say
  /// decides what its header says. Throws UsageError, SystemError.
  SavefileOutput(OutputOptions options, const std::vector<InputFile>& files,
                 const savefile::ReaderOptions& reader, ErrorStyle errors);

  /// Begins the file, if that has not been done, for packets of these interfaces.
  void begin(std::span<const Interface> interfaces);
  /// `packets` are among the batch's. The first batch, empty or not, begins the file.
  void add(const CommandBatch& batch, std::span<const Packet> packets);
  /// Nothing has come for a while: what is held back too long is written.
  void idle();
  /// The same; by this clock also the period of a file may be over.
  void advance(Timestamp now);
  /// Finishes the file of a series; the next packet begins another.
  void rotate();
  /// Ends the files and tells how many packets are in them.
  void end();

  /// -W: the last file is finished.
  [[nodiscard]] bool is_full() const noexcept { return sink_ && sink_->is_full(); }
  /// Packets in files, whole; after a failure those that were kept.
  [[nodiscard]] std::uint64_t packets() const noexcept { return counts().packets; }

 private:
  [[nodiscard]] WhenBehind when_behind(const std::vector<InputFile>& files) const;
  /// The interfaces are those of the first batch.
  [[nodiscard]] savefile::PcapHeader header(std::span<const Interface> interfaces) const;
  /// Makes the writer; whether there was none.
  bool open(std::span<const Interface> interfaces);
  template <class Action>
  void attempt(Action action);
  [[nodiscard]] SinkCounts counts() const noexcept {
    return sink_ ? sink_->counts() : SinkCounts{};
  }
  [[nodiscard]] Note written() const;
  [[nodiscard]] std::string where_kept() const;
  void tell_about_hook();

  OutputOptions options_;
  ErrorStyle errors_;
  std::vector<InputFile> files_;  // the inputs
  savefile::ReaderOptions reader_;
  std::optional<FileHook> hook_;
  std::unique_ptr<PacketSink> sink_;  // once it is open
  std::optional<Copy> copy_;          // to it
};

}  // namespace weir::cli
