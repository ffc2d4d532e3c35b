// zlib behind GzipSource.
#include "savefile/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <climits>
#include <new>

#include "weir/error.h"

namespace weir::savefile {
namespace {

constexpr std::size_t input_size = std::size_t{128} << 10;
constexpr int gzip_window = 15 + 16;  // zlib: 32 KiB window, gzip header and trailer

unsigned clamp_to_unsigned(std::size_t size) noexcept {
  return static_cast<unsigned>(std::min<std::size_t>(size, UINT_MAX));
}

}  // namespace

struct GzipSource::Inflater {
  z_stream stream{};
  Bytes pending;  // input not yet given to the stream

  Inflater() {
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc{};
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }

  // Inflates from `pending` into `to`.
  int run(MutableBytes to, std::size_t& written) noexcept {
    const unsigned in = clamp_to_unsigned(pending.size());
    const unsigned out = clamp_to_unsigned(to.size());
    stream.next_in = const_cast<Bytef*>(pending.data());  // NOLINT: zlib does not write to it
    stream.avail_in = in;
    stream.next_out = to.data();
    stream.avail_out = out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    pending = pending.subspan(in - stream.avail_in);
    written = out - stream.avail_out;
    return status;
  }
};

GzipSource::GzipSource(Bytes first, std::unique_ptr<ByteSource> below, std::string name)
    : below_{std::move(below)}, name_{std::move(name)}, inflater_{std::make_unique<Inflater>()} {
  inflater_->pending = first;
  if (below_) {
    buffer_.resize(std::max(input_size, first.size()));
    std::ranges::copy(first, buffer_.begin());
    inflater_->pending = Bytes{buffer_}.first(first.size());
  }
}

GzipSource::~GzipSource() = default;

ReadResult GzipSource::read(MutableBytes to, const WaitLimit& limit) {
  while (!ended_) {
    if (!damage_.empty()) fail(damage_);
    if (between_members_) {
      const ReadState state = next_member(limit);
      if (state != ReadState::bytes) return {0, state};
    }
    if (inflater_->pending.empty()) {
      const ReadState state = refill(limit);
      if (state == ReadState::end) fail("the compressed stream is cut short");
      if (state != ReadState::bytes) return {0, state};
    }
    std::size_t written = 0;
    const int status = inflater_->run(to, written);
    delivered_ += written;
    if (status == Z_STREAM_END) {
      between_members_ = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      const char* const cause = inflater_->stream.msg;
      damage_ = "the compressed stream is damaged";
      if (cause != nullptr) damage_ += std::string{": "} + cause;
    }
    if (written > 0) return {written, ReadState::bytes};
  }
  return {0, ReadState::end};
}

ReadState GzipSource::refill(const WaitLimit& limit) {
  if (!below_) return ReadState::end;
  const ReadResult result = below_->read(buffer_, limit);
  if (result.state == ReadState::bytes) inflater_->pending = Bytes{buffer_}.first(result.size);
  return result.state;
}

// Another member (RFC 1952 2.2) or the end. Zeros behind a member are padding, as gzip(1) has it.
ReadState GzipSource::next_member(const WaitLimit& limit) {
  for (;;) {
    Bytes& pending = inflater_->pending;
    const auto* const next = std::find_if(pending.data(), pending.data() + pending.size(),
                                          [](std::uint8_t octet) { return octet != 0; });
    pending = pending.subspan(static_cast<std::size_t>(next - pending.data()));
    if (!pending.empty()) break;
    const ReadState state = refill(limit);
    if (state == ReadState::end) ended_ = true;
    if (state != ReadState::bytes) return state;
  }
  if (inflater_->pending.front() != 0x1f)
    fail("there are other bytes behind the compressed stream");
  inflateReset(&inflater_->stream);
  between_members_ = false;
  return ReadState::bytes;
}

void GzipSource::fail(const std::string& cause) const {
  throw FormatError{ErrorCode::compression_damaged, delivered_,
                    name_ + ", offset " + std::to_string(delivered_) + ": " + cause};
}

}  // namespace weir::savefile
