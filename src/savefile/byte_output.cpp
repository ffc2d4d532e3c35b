// Files whose names are new, and memory, which can be full as well.
#include "savefile/byte_output.h"

#include <cerrno>
#include <new>

#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::savefile {

ByteOutput::~ByteOutput() = default;

int FileOutput::synchronise() noexcept {
  if (const int problem = sys::synchronise(file_)) return problem;
  if (!directory_.is_open()) return 0;
  const int problem = sys::synchronise_names(directory_);
  if (problem == 0) directory_ = {};
  return problem;
}

sys::Change FileOutput::change(std::uint64_t size, bool with_name) const noexcept {
  const sys::Change of_name = with_name ? watched_.look_at_name(file_) : sys::Change::none;
  return of_name != sys::Change::none ? of_name : watched_.look_at_size(file_, start_ + size);
}

ByteOutput::Left FileOutput::left() const {
  Left left{.bytes = sys::size_of(file_)};
  const sys::FileDescriptor& content = watched_.content();
  if (!content.is_open()) return left;
  try {
    Reader reader = Reader::descriptor(content.number(), "what is left");
    for (SourceState state = SourceState::packets; state != SourceState::end;) {
      state = reader.next_batch().state;
      left.packets = reader.counts().packets;
    }
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    // Up to there it can be read.
  }
  return left;
}

sys::Written MemoryOutput::write(Bytes bytes) noexcept {
  try {
    bytes_->insert(bytes_->end(), bytes.begin(), bytes.end());
  } catch (const std::bad_alloc&) {
    return {0, ENOMEM};
  }
  return {bytes.size(), 0};
}

}  // namespace weir::savefile
