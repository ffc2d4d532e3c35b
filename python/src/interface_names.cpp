// Asks the table of packet fields, and the kernel for names.
#include "interface_names.h"

#include "value_object.h"

namespace weir::python {

InterfaceNames::InterfaceNames(bool captures_here) : row_{{"interface"}} {
  if (captures_here) adapters_.emplace();
}

PyObject* InterfaceNames::of(const Packet& packet, const wire::Layers& layers,
                             std::span<const Interface> interfaces, print::PacketText& text) {
  refresh(text);
  row_.set(packet, layers, {.number = 1, .interfaces = interfaces});
  return value_object(row_.value(0));
}

void InterfaceNames::refresh(print::PacketText& text) {
  if (!adapters_) return;
  for (const auto& [index, name] : adapters_->next()) {
    row_.name_interface(index, name);
    text.name_interface(index, name);
  }
}

}  // namespace weir::python
