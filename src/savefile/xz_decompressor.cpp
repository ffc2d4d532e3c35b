// Decompresses xz (The .xz File Format 1.1) with liblzma.
#include <lzma.h>

#include <new>

#include "savefile/decompressor.h"

namespace weir::savefile {
namespace {

// xz -9 needs 65 MiB.
constexpr std::uint64_t memory_limit = std::uint64_t{256} << 20;

const char* cause_of(lzma_ret status) {
  switch (status) {
    case LZMA_MEM_ERROR:
      throw std::bad_alloc{};
    case LZMA_MEMLIMIT_ERROR:
      return "it needs more than 256 MiB of memory";
    case LZMA_FORMAT_ERROR:
      return "not an xz header";
    case LZMA_OPTIONS_ERROR:
      return "options that are not supported";
    default:
      return nullptr;
  }
}

class XzDecompressor final : public Decompressor {
 public:
  XzDecompressor() { start(); }
  ~XzDecompressor() override { lzma_end(&stream_); }

  Step run(Bytes& pending, MutableBytes to) override {
    stream_.next_in = pending.data();
    stream_.avail_in = pending.size();
    stream_.next_out = to.data();
    stream_.avail_out = to.size();
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    pending = pending.last(stream_.avail_in);
    const std::size_t written = to.size() - stream_.avail_out;
    switch (status) {
      case LZMA_OK:
      case LZMA_BUF_ERROR:  // nothing could be done without more input
        return {.written = written};
      case LZMA_STREAM_END:
        start();
        return {.written = written, .status = Status::frame_end};
      default:
        return {.written = written, .status = Status::damaged, .cause = cause_of(status)};
    }
  }

 private:
  // For a next stream the memory of the last one is used again.
  void start() {
    if (lzma_stream_decoder(&stream_, memory_limit, 0) != LZMA_OK) throw std::bad_alloc{};
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decompressor> make_xz_decompressor() { return std::make_unique<XzDecompressor>(); }

}  // namespace weir::savefile
