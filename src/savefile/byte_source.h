// Where the bytes of a savefile come from; knows no format.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "sys/file_descriptor.h"
#include "sys/wake_up.h"
#include "weir/bytes.h"

namespace weir::savefile {

/// How long a read may block: until a moment, or for ever.
using WaitLimit = std::optional<std::chrono::steady_clock::time_point>;

/// What poll(2) takes: rounded up, negative for ever.
[[nodiscard]] int milliseconds_left(const WaitLimit& limit) noexcept;

enum class ReadState : std::uint8_t { bytes, end, timeout, stopped };

struct ReadResult {
  std::size_t size = 0;
  ReadState state = ReadState::end;
};

/// A stream of bytes that can only be read onwards.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource();

  /// Reads at least one byte and at most to.size() (which is not 0), or says why not. Without a
  /// limit `timeout` means that a signal arrived. Throws Error if the medium fails.
  virtual ReadResult read(MutableBytes to, const WaitLimit& limit) = 0;
};

/// A descriptor. Where reads can block, a set `wake_up` (optional; must outlive this) ends them.
class FileSource final : public ByteSource {
 public:
  FileSource(sys::FileDescriptor descriptor, std::string name, const sys::WakeUp* wake_up)
      : descriptor_{std::move(descriptor)}, name_{std::move(name)}, wake_up_{wake_up} {}

  ReadResult read(MutableBytes to, const WaitLimit& limit) override;

 private:
  sys::FileDescriptor descriptor_;
  std::string name_;
  const sys::WakeUp* wake_up_;
};

}  // namespace weir::savefile
