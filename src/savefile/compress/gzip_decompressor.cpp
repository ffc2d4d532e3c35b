// Decompresses gzip (RFC 1952) with zlib.
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <new>

#include "savefile/compress/decompressor.h"

namespace weir::savefile {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib: 32 KiB window, gzip header and trailer

unsigned clamp_to_unsigned(std::size_t size) noexcept {
  return static_cast<unsigned>(std::min<std::size_t>(size, UINT_MAX));
}

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() {
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc{};
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }

  Unpacked run(Bytes& pending, MutableBytes to) override {
    const unsigned in = clamp_to_unsigned(pending.size());
    const unsigned out = clamp_to_unsigned(to.size());
    stream_.next_in = const_cast<Bytef*>(pending.data());  // NOLINT: zlib does not write to it
    stream_.avail_in = in;
    stream_.next_out = to.data();
    stream_.avail_out = out;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    pending = pending.subspan(in - stream_.avail_in);
    const std::size_t written = out - stream_.avail_out;
    switch (status) {
      case Z_OK:
      case Z_BUF_ERROR:  // nothing could be done without more input
        return {.written = written};
      case Z_STREAM_END:
        inflateReset(&stream_);
        return {.written = written, .status = Status::frame_end};
      case Z_MEM_ERROR:
        throw std::bad_alloc{};
      default:
        return {.written = written, .status = Status::damaged, .cause = stream_.msg};
    }
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor() {
  return std::make_unique<GzipDecompressor>();
}

}  // namespace weir::savefile
