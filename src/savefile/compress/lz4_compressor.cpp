// Compresses to lz4 frames (LZ4 Frame Format 1.6) with liblz4.
#include <lz4frame.h>

#include <new>

#include "savefile/compress/compressors.h"

namespace weir::savefile {
namespace {

// Without a checksum of the content, which would cost half as much as compressing does. Independent
// blocks are as fast to make as linked ones, and there are readers that know no others.
LZ4F_preferences_t preferences_of(int level) noexcept {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max1MB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.compressionLevel = level;
  preferences.autoFlush = 1;  // nothing is kept back, so nothing is copied
  return preferences;
}

class Lz4Compressor final : public Compressor {
 public:
  explicit Lz4Compressor(int level) : preferences_{preferences_of(level)} {
    LZ4F_cctx* made = nullptr;
    checked(LZ4F_createCompressionContext(&made, LZ4F_VERSION));
    context_.reset(made);
  }

  Bytes frame(Bytes bytes) override {
    const MutableBytes room =
        buffer_.room_for(LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(bytes.size(), &preferences_));
    preferences_.frameInfo.contentSize = bytes.size();
    LZ4F_cctx* const context = context_.get();
    std::size_t written =
        checked(LZ4F_compressBegin(context, room.data(), room.size(), &preferences_));
    const auto rest = [&] { return room.subspan(written); };
    written += checked(LZ4F_compressUpdate(context, rest().data(), rest().size(), bytes.data(),
                                           bytes.size(), nullptr));
    written += checked(LZ4F_compressEnd(context, rest().data(), rest().size(), nullptr));
    return room.first(written);
  }

  // One block. 0.9 % more than lz4 -1 makes of the same capture.
  [[nodiscard]] std::size_t frame_size() const noexcept override { return std::size_t{1} << 20; }

 private:
  struct Free {
    void operator()(LZ4F_cctx* context) const noexcept { LZ4F_freeCompressionContext(context); }
  };

  // Nothing but memory can be missing.
  static std::size_t checked(std::size_t status) {
    if (LZ4F_isError(status) != 0) throw std::bad_alloc{};
    return status;
  }

  LZ4F_preferences_t preferences_;
  std::unique_ptr<LZ4F_cctx, Free> context_;
  FrameBuffer buffer_;
};

}  // namespace

std::unique_ptr<Compressor> make_lz4_compressor(int level) {
  return std::make_unique<Lz4Compressor>(level);
}

}  // namespace weir::savefile
