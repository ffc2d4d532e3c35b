// Port: its socket.
#include "gate/attach/port.h"

#include "weir/error.h"

namespace weir::gate {
namespace {

// Some dozens of the longest frames, or thousands of usual ones.
constexpr int send_buffer = 4 << 20;

}  // namespace

Port::Port(const capture::Adapter& adapter)
    : index_{adapter.id},
      names_{adapter.name},
      link_type_{adapter.link_type},
      is_loopback_{capture::has(adapter.flags, capture::AdapterFlags::loopback)},
      mtu_{adapter.mtu} {
  if (!takes(adapter)) {
    throw Error{ErrorCode::invalid_argument,
                adapter.name + ": its packets begin neither with Ethernet nor with IP"};
  }
  names_.insert(names_.end(), adapter.alternative_names.begin(), adapter.alternative_names.end());
  socket_.set_send_buffer(send_buffer);
  for (const int error : {socket_.send_offload_headers(true), socket_.set_departure_times(),
                          socket_.bind_to_send(index_)}) {
    if (error != 0) throw SystemError{error, "send on " + name()};
  }
}

}  // namespace weir::gate
