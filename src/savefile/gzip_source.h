// Decompresses gzip (RFC 1952) streams of one or more members.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "savefile/byte_source.h"

namespace weir::savefile {

/// The decompressed bytes of another source.
class GzipSource final : public ByteSource {
 public:
  /// `first` are bytes that come before those of `below`; they are copied when there is a `below`,
  /// otherwise borrowed for the life of this object. `name` is for messages.
  GzipSource(Bytes first, std::unique_ptr<ByteSource> below, std::string name);
  ~GzipSource() override;

  /// Delivers what could be decompressed before damage, then throws FormatError with
  /// compression_damaged; its offset counts decompressed bytes.
  ReadResult read(MutableBytes to, const WaitLimit& limit) override;

 private:
  struct Inflater;

  ReadState refill(const WaitLimit& limit);
  ReadState next_member(const WaitLimit& limit);
  [[noreturn]] void fail(const std::string& cause) const;

  std::unique_ptr<ByteSource> below_;
  std::string name_;
  std::vector<std::uint8_t> buffer_;
  std::unique_ptr<Inflater> inflater_;
  std::uint64_t delivered_ = 0;
  std::string damage_;
  bool between_members_ = false;
  bool ended_ = false;
};

}  // namespace weir::savefile
