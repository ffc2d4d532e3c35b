// What must hold of decode() on a prefix of a packet, against what it finds in the whole.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "weir/wire/layers.h"

namespace weir::test {

using wire::Layer;
using wire::Layers;
using wire::Protocol;
using wire::StopReason;

// Every header lies inside the bytes, each where or behind the one before ended; the payload
// follows; the datagrams name headers that are there.
inline bool consistent(const Layers& layers, std::size_t size) {
  std::size_t reached = 0;
  wire::ProtocolSet protocols;
  for (const Layer& layer : layers) {
    if (layer.offset < reached) return false;
    reached = std::size_t{layer.offset} + layer.header_length;
    protocols.insert(layer.protocol);
  }
  for (const wire::IpDatagram& ip : {layers.outer, layers.inner}) {
    if (ip.present() != layers.outer.present()) return false;
    if (!ip.present()) continue;
    if (ip.network >= layers.size()) return false;
    const std::size_t start = layers[ip.network].offset;
    if (ip.payload_offset <= start || ip.payload_offset > size) return false;
    if (ip.payload_offset - start > ip.length) return false;
    if (ip.transport == wire::IpDatagram::absent) continue;
    if (ip.transport <= ip.network || ip.transport >= layers.size()) return false;
  }
  return protocols == layers.protocols && layers.payload_offset >= reached &&
         std::size_t{layers.payload_offset} + layers.payload_length <= size;
}

// The headers of a prefix are those of the whole, as far as they go; the last may be cut.
inline void expect_prefix_of(const Layers& whole, const Layers& cut) {
  ASSERT_LE(cut.size(), whole.size());
  for (std::size_t i = 0; i < cut.size(); ++i) {
    EXPECT_EQ(cut[i].offset, whole[i].offset);
    EXPECT_EQ(cut[i].protocol, whole[i].protocol);
    // A header of no bytes is told by what follows it: its first byte alone may be anything.
    if (whole[i].header_length == 0) continue;
    EXPECT_LE(cut[i].header_length, whole[i].header_length);
    const bool last = i + 1 == cut.size();
    EXPECT_TRUE(last || cut[i].header_length == whole[i].header_length);
  }
}

// Of some protocols decode() takes all there is for the header: there a part is enough. So it is
// of a netfilter log whose attributes end where it is cut.
inline bool has_no_length(Protocol protocol) {
  constexpr Protocol leaves[] = {Protocol::mtp2, Protocol::wpan,  Protocol::eapol,
                                 Protocol::stp,  Protocol::lldp,  Protocol::ospf,
                                 Protocol::pim,  Protocol::vrrp,  Protocol::eigrp,
                                 Protocol::l2tp, Protocol::nflog, Protocol::hsr_supervision,
                                 Protocol::dhcp};
  return std::ranges::find(leaves, protocol) != std::end(leaves);
}

// Why the cut packet must have ended: snapped where a header of the whole is missing or cut.
inline bool ended_rightly(const Layers& whole, const Layers& cut) {
  const std::size_t count = cut.size();
  if (count < whole.size()) {
    return is_application(whole[count].protocol) || cut.stop == StopReason::snapped;
  }
  if (count != 0 && cut[count - 1].header_length < whole[count - 1].header_length &&
      !has_no_length(cut[count - 1].protocol)) {
    return cut.stop == StopReason::snapped;
  }
  return cut.stop == whole.stop || cut.stop == StopReason::snapped;
}

}  // namespace weir::test
