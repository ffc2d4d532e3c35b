// The programs at the hooks of an adapter and of the helper adapter: they hand packets on.
#pragma once

#include <cstdint>

#include "gate/kernel/maps.h"
#include "gate/kernel/relocatable_program.h"
#include "weir/bpf/ebpf.h"

namespace weir::gate {

/// At a hook of one direction: goes on to the entry, and passes everything when there is none.
[[nodiscard]] RelocatableProgram dispatcher(bool outgoing);
/// That of the gate with these maps.
[[nodiscard]] bpf::EbpfProgram linked_dispatcher(const RelocatableProgram& dispatcher,
                                                 const Maps& maps);

/// At the helper adapter's way out: what is tagged to go into an adapter is received there, tagged
/// as from this place in the chain. All else goes on.
[[nodiscard]] bpf::EbpfProgram turning_program(std::uint64_t place);

}  // namespace weir::gate
