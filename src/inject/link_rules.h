// What a frame must be for an adapter to send it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"
#include "weir/inject/sent.h"
#include "weir/link_type.h"
#include "weir/packet.h"

namespace weir::inject {

/// A frame that is to leave, and what speaks against it already.
struct Candidate {
  Bytes frame;
  Refusal refusal = Refusal::none;
  /// It was captured in part.
  bool is_cut = false;
};

/// By the link type of the adapter.
class LinkRules {
 public:
  explicit LinkRules(LinkType adapter) noexcept : adapter_{adapter} {}

  [[nodiscard]] LinkType link_type() const noexcept { return adapter_; }
  /// Whether packets of this link type begin as frames of the adapter do.
  [[nodiscard]] bool takes(LinkType packets) const noexcept;
  [[nodiscard]] Candidate candidate(const Packet& packet) const noexcept {
    return {packet.data, takes(packet.link_type) ? Refusal::none : Refusal::link_type,
            packet.data.size() < packet.wire_length};
  }
  /// Whether any adapter could take a frame so long. What one takes at most the kernel knows.
  [[nodiscard]] static Refusal check_length(std::size_t length) noexcept;
  /// The same, and whether the frame has a header at all.
  [[nodiscard]] Refusal check(Bytes frame) const noexcept;
  /// The EtherType, where the frame itself does not begin with a header that tells it; else 0.
  [[nodiscard]] std::uint16_t protocol_of(Bytes frame) const noexcept;

 private:
  LinkType adapter_;
};

}  // namespace weir::inject
