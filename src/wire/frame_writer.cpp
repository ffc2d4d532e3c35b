// What stands behind a frame: padding and the frame check sequence.
#include "weir/wire/frame_writer.h"

#include "crc32.h"

namespace weir::wire {

void write_trailer(MutableBytes frame, std::size_t length, const FrameTrailer& trailer) noexcept {
  const std::size_t padded = frame.size() - (trailer.has_frame_check_sequence ? 4 : 0);
  std::memset(frame.data() + length, 0, padded - length);
  if (!trailer.has_frame_check_sequence) return;
  EthernetCrc sum;
  sum.add(frame.first(padded));
  store_le(frame.data() + padded, trailer.frame_check_sequence.value_or(sum.value()));
}

}  // namespace weir::wire
