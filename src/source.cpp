// Out-of-line destructors: the one place where the vtables of the seams live.
#include "weir/source.h"

#include "weir/sink.h"

namespace weir {

PacketSource::~PacketSource() = default;
PacketSink::~PacketSink() = default;

}  // namespace weir
