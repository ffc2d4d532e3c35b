// Names of the interfaces of packets, as the record of a packet has them.
#pragma once

#include <optional>
#include <span>

#include "object.h"
#include "weir/capture/adapter_names.h"
#include "weir/print/packet_text.h"
#include "weir/record/packet_row.h"
#include "weir/source.h"

namespace weir::python {

/// One thread at a time.
class InterfaceNames {
 public:
  /// Numbers that packets carry are those of this host's adapters where it is the one that
  /// captures.
  explicit InterfaceNames(bool captures_here);

  /// A new reference: the field `interface` of the packet's record; or null with an exception set.
  /// `interfaces` are those of the packet's file.
  [[nodiscard]] PyObject* of(const Packet& packet, const wire::Layers& layers,
                             std::span<const Interface> interfaces, print::PacketText& text);
  /// Tells what prints packets the names that are new.
  void refresh(print::PacketText& text);

 private:
  std::optional<capture::AdapterNames> adapters_{};
  record::PacketRow row_;
};

}  // namespace weir::python
