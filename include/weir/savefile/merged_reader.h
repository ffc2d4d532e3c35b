// Reads many capture files as one, in order of time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::savefile {

/// A file that fails while it is merged. What it refers to lives as long as the call.
struct MergeFailure {
  /// Its place among the paths.
  std::size_t file;
  const Error& error;
  /// Whether it had been opened and is a capture.
  bool is_capture;
};

/// How to merge.
struct MergedReaderOptions {
  ReaderOptions reader{};
  /// Told of each file that fails; the others go on, and what was whole of this one has been
  /// delivered. Called while the exception is handled, so that it may be thrown again, from the
  /// constructor or from next_batch(). None: the exception leaves them.
  std::function<void(const MergeFailure&)> on_error{};
};

/// Many capture files as one packet source, ordered by time stamp: of several packets the earliest
/// comes first, of equal ones that of the earlier path. The packets of one file keep their order;
/// one without a time stamp is taken for as early as the one before it.
///
/// Every file is looked at once, closed, and opened when its first packet is due, so that of files
/// that follow one another in time few are open. What cannot be opened twice (a pipe, standard
/// input) stays open. Packets are not copied: a batch borrows from those of the files, and ends
/// where one of them runs out. next_batch() throws SystemError naming `ulimit -n` when more files
/// overlap in time than descriptors are allowed; that is the end. Without on_error it throws as
/// Reader does; the next call goes on with the other files. Movable; one thread at a time, but
/// stop() from anywhere.
class WEIR_API MergedReader final : public Source {
 public:
  /// "-" is standard input. Throws Error (invalid_argument) if that stands twice or with
  /// ReaderOptions::follow; SystemError naming `ulimit -n` if more pipes are to be open at once
  /// than descriptors are allowed; and as Reader does if there is no on_error.
  explicit MergedReader(std::vector<std::string> paths, MergedReaderOptions options = {});
  MergedReader(MergedReader&&) noexcept;
  MergedReader& operator=(MergedReader&&) noexcept;
  ~MergedReader() override;

  /// Of all files, each from its own: equal ones are not joined. In none is a section.
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override;
  /// No sections; blocks of the files read from for the last batch; statistics of the files read to
  /// their end.
  [[nodiscard]] BatchContext context() const noexcept override;
  void stop() noexcept override;
  [[nodiscard]] std::shared_ptr<const void> keep_batch() override;

  /// Among the paths.
  [[nodiscard]] std::span<const std::uint32_t> origins() const noexcept override;

  /// `packets` and `backward` are about the merged packets, the others are sums.
  [[nodiscard]] ReaderCounts counts() const noexcept override;
  /// What was read of one file. All 0 if it is no capture.
  [[nodiscard]] ReaderCounts counts(std::size_t index) const noexcept;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE Batch next(Deadline deadline) override;
  std::unique_ptr<State> state_;
};

}  // namespace weir::savefile
