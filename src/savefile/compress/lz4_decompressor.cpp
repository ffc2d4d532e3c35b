// Decompresses lz4 frames (LZ4 Frame Format 1.6) with liblz4, skippable frames included.
#include <lz4frame.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

#include "savefile/compress/decompressor.h"

namespace weir::savefile {
namespace {

// On damage the library does not say what it has written before in the same call. So it is given
// what it asks for, which is a block at a time, and nothing as long as it has output left.
class Lz4Decompressor final : public Decompressor {
 public:
  Lz4Decompressor() {
    LZ4F_dctx* made = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) != 0) {
      throw std::bad_alloc{};
    }
    context_.reset(made);
  }

  Unpacked run(Bytes& pending, MutableBytes to) override {
    std::size_t in = std::min(pending.size(), wanted_);
    std::size_t out = to.size();
    const std::size_t status =
        LZ4F_decompress(context_.get(), to.data(), &out, pending.data(), &in, nullptr);
    if (LZ4F_isError(status) != 0) return {.status = Status::damaged, .cause = cause_of(status)};
    pending = pending.subspan(in);
    wanted_ = status == 0 ? LZ4F_HEADER_SIZE_MIN : out == to.size() ? 0 : status;
    return {.written = out, .status = status == 0 ? Status::frame_end : Status::more};
  }

 private:
  struct Free {
    void operator()(LZ4F_dctx* context) const noexcept { LZ4F_freeDecompressionContext(context); }
  };

  // The library has no error numbers that are stable, only names.
  static const char* cause_of(std::size_t status) {
    constexpr std::string_view prefix = "ERROR_";
    const char* const name = LZ4F_getErrorName(status);
    if (!std::string_view{name}.starts_with(prefix)) return name;
    if (std::strcmp(name, "ERROR_allocation_failed") == 0) throw std::bad_alloc{};
    return name + prefix.size();
  }

  std::unique_ptr<LZ4F_dctx, Free> context_;
  std::size_t wanted_ = LZ4F_HEADER_SIZE_MIN;
};

}  // namespace

std::unique_ptr<Decompressor> make_lz4_decompressor() {
  return std::make_unique<Lz4Decompressor>();
}

}  // namespace weir::savefile
