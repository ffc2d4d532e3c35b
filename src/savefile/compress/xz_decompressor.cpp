// Decompresses xz (The .xz File Format 1.1) with liblzma.
#include <lzma.h>

#include <new>

#include "savefile/compress/decompressor.h"

namespace weir::savefile {
namespace {

// xz -9 needs 65 MiB.
constexpr std::uint64_t memory_limit = std::uint64_t{256} << 20;

Decompressor::Unpacked refusal(lzma_ret status) {
  using Status = Decompressor::Status;
  switch (status) {
    case LZMA_MEM_ERROR:
      throw std::bad_alloc{};
    case LZMA_MEMLIMIT_ERROR:
      return {.status = Status::beyond,
              .cause = "more than 256 MiB of memory; xz -d decompresses it"};
    case LZMA_OPTIONS_ERROR:
      return {.status = Status::beyond,
              .cause = "options of xz that are not known here; a newer xz -d decompresses it"};
    case LZMA_FORMAT_ERROR:
      return {.status = Status::damaged, .cause = "not an xz header"};
    default:
      return {.status = Status::damaged};
  }
}

class XzDecompressor final : public Decompressor {
 public:
  XzDecompressor() { start(); }
  ~XzDecompressor() override { lzma_end(&stream_); }

  Unpacked run(Bytes& pending, MutableBytes to) override {
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
      default: {
        Unpacked unpacked = refusal(status);
        unpacked.written = written;
        return unpacked;
      }
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
