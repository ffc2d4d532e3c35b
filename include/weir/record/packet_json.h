// Packets as JSON, one object a line.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/source.h"
#include "weir/wire/decoders.h"
#include "weir/wire/layers.h"

namespace weir::record {

struct PacketJsonOptions {
  /// Adds `layers`: every header with its offset and length.
  bool layers = false;
  /// Names the user's protocols. Their objects have `offset` and `length` of the header, and its
  /// `bytes`.
  wire::Decoders decoders{};
};

/// Where a packet stands.
struct PacketPlace {
  /// From 1, before filtering; 0 stands for PacketMeta::ordinal.
  std::uint64_t number = 0;
  /// Absent from the record when empty.
  std::string_view file{};
  /// Of the packet's source.
  std::span<const Interface> interfaces{};
};

/// Writes packet records (docs/json.md): what is known of the packet, the addresses and ports of
/// its innermost IP header, then one object per protocol with the fields of its header. One thread
/// at a time.
class WEIR_API PacketJson {
 public:
  explicit PacketJson(PacketJsonOptions options = {});
  PacketJson(PacketJson&&) noexcept;
  PacketJson& operator=(PacketJson&&) noexcept;
  ~PacketJson();

  /// Appends one line to `out`, which the caller may reuse. `layers` is decode() of the packet,
  /// with the decoders of the options.
  void append(std::string& out, const Packet& packet, const wire::Layers& layers,
              const PacketPlace& place);

  /// Names an interface for packets that carry its index (link type LINUX_SLL2); that belongs to
  /// the capturing host. Without a name the record has the index.
  void name_interface(std::uint32_t index, std::string name);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::record
