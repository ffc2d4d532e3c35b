// Port: its socket.
#include "gate/attach/port.h"

#include <utility>

#include "weir/error.h"

namespace weir::gate {
namespace {

// Some dozens of the longest frames, or thousands of usual ones.
constexpr int send_buffer = 4 << 20;

}  // namespace

sys::PacketSocket open_sender(std::uint32_t adapter) {
  sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
  socket.set_send_buffer(send_buffer);
  for (const int error : {socket.send_offload_headers(true), socket.set_departure_times(),
                          socket.bind_to_send(adapter)}) {
    if (error != 0) throw SystemError{error, "open a socket to send on an adapter"};
  }
  return socket;
}

Port::Port(const capture::Adapter& adapter, sys::PacketSocket sender)
    : index_{adapter.id},
      names_{adapter.name},
      link_type_{adapter.link_type},
      is_loopback_{capture::has(adapter.flags, capture::AdapterFlags::loopback)},
      mtu_{adapter.mtu},
      socket_{std::move(sender)} {
  if (!takes(adapter)) {
    throw Error{ErrorCode::invalid_argument,
                adapter.name + ": its packets begin neither with Ethernet nor with IP"};
  }
  names_.insert(names_.end(), adapter.alternative_names.begin(), adapter.alternative_names.end());
}

}  // namespace weir::gate
