// The checksum of SCTP.
#include "weir/wire/sctp.h"

#include "crc32.h"

namespace weir::wire {

void SctpFields::seal(MutableBytes message, WordSum /*pseudo_header*/) noexcept {
  store_le(message.data() + 8, sctp_checksum(message));
}

}  // namespace weir::wire
