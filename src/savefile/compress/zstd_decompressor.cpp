// Decompresses zstd (RFC 8878) with libzstd, skippable frames included.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <new>

#include "savefile/compress/decompressor.h"

namespace weir::savefile {
namespace {

// What zstd --long makes and every decoder is expected to take; memory is bounded by it.
constexpr int max_window_log = 27;

// On damage the library does not say what it has written before in the same call. So it is given
// what it asks for, which is a block at a time, and nothing as long as it has output left.
class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() {
    if (!context_) throw std::bad_alloc{};
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log);
  }

  Unpacked run(Bytes& pending, MutableBytes to) override {
    ZSTD_inBuffer in{pending.data(), std::min(pending.size(), wanted_), 0};
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    const std::size_t status = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(status) != 0) return refusal(status);
    pending = pending.subspan(in.pos);
    wanted_ = status == 0 ? frame_start : out.pos == out.size ? 0 : status;
    return {.written = out.pos, .status = status == 0 ? Status::frame_end : Status::more};
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };

  // RFC 8878 3.1.1.1.2 lets a decoder refuse windows that are too large for it.
  static Unpacked refusal(std::size_t status) {
    switch (ZSTD_getErrorCode(status)) {
      case ZSTD_error_memory_allocation:
        throw std::bad_alloc{};
      case ZSTD_error_frameParameter_windowTooLarge:
        return {.status = Status::beyond,
                .cause = "a window of more than 128 MiB; zstd -d --long=31 decompresses it"};
      case ZSTD_error_dictionary_wrong:
        return {.status = Status::beyond,
                .cause = "the dictionary it was compressed with; zstd -d -D decompresses it"};
      case ZSTD_error_version_unsupported:
      case ZSTD_error_frameParameter_unsupported:
        return {
            .status = Status::beyond,
            .cause = "a feature of zstd that is not known here; a newer zstd -d decompresses it"};
      default:
        return {.status = Status::damaged, .cause = ZSTD_getErrorName(status)};
    }
  }

  static constexpr std::size_t frame_start = 5;  // magic number and descriptor

  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  std::size_t wanted_ = frame_start;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd_decompressor() {
  return std::make_unique<ZstdDecompressor>();
}

}  // namespace weir::savefile
