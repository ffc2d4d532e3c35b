// What the kernel has to know to cut a frame into segments or fragments that an adapter takes.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/send_batch.h"
#include "weir/bytes.h"
#include "weir/link_type.h"

namespace weir::inject {

/// TCP becomes segments, a UDP datagram IP fragments. Nothing where the frame fits, for other
/// frames, those with tunnels and fragments.
[[nodiscard]] std::optional<sys::Offload> segmentation(Bytes frame, LinkType link_type,
                                                       std::uint32_t mtu) noexcept;

}  // namespace weir::inject
