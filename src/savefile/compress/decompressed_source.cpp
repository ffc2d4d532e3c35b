// DecompressedSource: feeds a decompressor and finds where frames start.
#include "savefile/compress/decompressed_source.h"

#include <algorithm>
#include <cassert>

#include "savefile/known_formats.h"
#include "weir/savefile/reader.h"

namespace weir::savefile {
namespace {

constexpr std::size_t input_size = std::size_t{128} << 10;

std::unique_ptr<Decompressor> make_decompressor(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return make_gzip_decompressor();
    case Compression::zstd:
      return make_zstd_decompressor();
    case Compression::lz4:
      return make_lz4_decompressor();
    case Compression::xz:
      return make_xz_decompressor();
    case Compression::none:
      break;
  }
  assert(false);
  return nullptr;
}

// Zeros may stand behind a frame in multiples of this; 0: none may. Behind gzip members as gzip(1)
// has it, behind xz streams by their specification (2.2).
std::size_t padding_unit(Compression compression) noexcept {
  switch (compression) {
    case Compression::gzip:
      return 1;
    case Compression::xz:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

Decompressor::~Decompressor() = default;

DecompressedSource::DecompressedSource(Compression compression, Bytes first,
                                       std::unique_ptr<ByteSource> below, std::string name)
    : compression_{compression}, below_{std::move(below)}, name_{std::move(name)}, pending_{first} {
  if (compression != Compression::none) decompressor_ = make_decompressor(compression);
  if (below_) {
    buffer_.resize(std::max(input_size, first.size()));
    std::ranges::copy(first, buffer_.begin());
    pending_ = Bytes{buffer_}.first(first.size());
  }
}

ReadResult DecompressedSource::read(MutableBytes to, const WaitLimit& limit) {
  while (!ended_) {
    if (!damage_.empty()) fail(damage_, is_limit_);
    if (!decompressor_) {
      const ReadState state = find_out_compression(limit);
      if (state != ReadState::bytes) return {0, state};
    }
    if (between_frames_) {
      const ReadState state = next_frame(limit);
      if (state != ReadState::bytes) return {0, state};
    } else if (pending_.empty() && !holds_output_) {
      const ReadState state = refill(limit);
      if (state == ReadState::end) fail("the compressed stream is cut short");
      if (state != ReadState::bytes) return {0, state};
    }
    const std::size_t written = run(to);
    if (written > 0) return {written, ReadState::bytes};
  }
  return {0, ReadState::end};
}

std::size_t DecompressedSource::run(MutableBytes to) {
  const std::size_t fed = holds_output_ ? 0 : pending_.size();
  const Decompressor::Unpacked unpacked = decompressor_->run(pending_, to);
  delivered_ += unpacked.written;
  holds_output_ = unpacked.written == to.size();
  const bool stuck = fed != 0 && pending_.size() == fed && unpacked.written == 0;
  if (unpacked.status == Decompressor::Status::frame_end) {
    between_frames_ = true;
  } else if (unpacked.status == Decompressor::Status::beyond) {
    damage_ = std::string{"to decompress it takes "} + unpacked.cause;
    is_limit_ = true;
  } else if (unpacked.status == Decompressor::Status::damaged || stuck) {
    damage_ = "the compressed stream is damaged";
    if (unpacked.cause != nullptr) damage_ += std::string{": "} + unpacked.cause;
  }
  return unpacked.written;
}

// Both specifications have them, with the same magic numbers (RFC 8878 3.1.2).
ReadState DecompressedSource::find_out_compression(const WaitLimit& limit) {
  constexpr std::size_t header = 8;  // magic number and size
  for (;;) {
    const auto passed = std::min<std::uint64_t>(to_skip_, pending_.size());
    pending_ = pending_.subspan(static_cast<std::size_t>(passed));
    to_skip_ -= passed;
    if (to_skip_ == 0 && pending_.size() >= header) {
      if (!is_skippable_frame(pending_)) break;
      to_skip_ = header + std::uint64_t{load_le<std::uint32_t>(pending_.data() + 4)};
      continue;
    }
    const ReadState state = refill(limit);
    if (state == ReadState::end) {
      if (to_skip_ != 0 || !pending_.empty()) fail("the compressed stream is cut short");
      compression_ = Compression::zstd;
      ended_ = true;
    }
    if (state != ReadState::bytes) return state;
  }
  compression_ = compression_of(pending_);
  if (compression_ != Compression::zstd && compression_ != Compression::lz4) {
    fail("there are other bytes behind the compressed stream");
  }
  decompressor_ = make_decompressor(compression_);
  return ReadState::bytes;
}

ReadState DecompressedSource::refill(const WaitLimit& limit) {
  if (!below_) return ReadState::end;
  const std::size_t kept = pending_.size();
  std::ranges::copy(pending_, buffer_.begin());
  pending_ = Bytes{buffer_}.first(kept);
  const ReadResult result = below_->read(MutableBytes{buffer_}.subspan(kept), limit);
  if (result.state == ReadState::bytes) pending_ = Bytes{buffer_}.first(kept + result.size);
  return result.state;
}

// Another frame or the end.
ReadState DecompressedSource::next_frame(const WaitLimit& limit) {
  const std::size_t unit = padding_unit(compression_);
  for (;;) {
    if (unit != 0) {
      const auto next = std::ranges::find_if(pending_, [](auto octet) { return octet != 0; });
      const auto zeros = static_cast<std::size_t>(next - pending_.begin());
      padding_ = (padding_ + zeros) % unit;
      pending_ = pending_.subspan(zeros);
    }
    if (!pending_.empty()) break;
    const ReadState state = refill(limit);
    if (state == ReadState::end) {
      if (padding_ != 0) fail("the compressed stream is cut short in its padding");
      ended_ = true;
    }
    if (state != ReadState::bytes) return state;
  }
  while (pending_.size() < longest_frame_start && may_start(pending_, compression_)) {
    const ReadState state = refill(limit);
    if (state == ReadState::end) break;
    if (state != ReadState::bytes) return state;
  }
  if (padding_ != 0 || !may_start(pending_, compression_)) {
    fail("there are other bytes behind the compressed stream");
  }
  between_frames_ = false;
  return ReadState::bytes;
}

void DecompressedSource::fail(const std::string& cause, bool is_limit) const {
  const std::string message = name_ + ", offset " + std::to_string(delivered_) + ": " + cause;
  if (is_limit) throw BeyondLimit{delivered_, message};
  throw FormatError{ErrorCode::compression_damaged, delivered_, message};
}

}  // namespace weir::savefile
