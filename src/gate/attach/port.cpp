// Port: its socket.
#include "gate/attach/port.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "weir/error.h"

namespace weir::gate {
namespace {

// Some dozens of the longest frames, or thousands of usual ones.
constexpr int send_buffer = 4 << 20;
/// Marks and priorities that somebody gives out are few.
constexpr std::size_t most_senders = 64;

}  // namespace

sys::PacketSocket open_sender(const SenderOf& sender) {
  sys::PacketSocket socket{sys::PacketSocket::Kind::raw};
  socket.set_send_buffer(send_buffer);
  std::array errors{socket.send_offload_headers(true), socket.set_departure_times(), 0, 0,
                    socket.bind_to_send(sender.adapter)};
  if (sender.mark != 0) errors[2] = socket.set_mark(sender.mark);
  if (sender.priority != 0) errors[3] = socket.set_priority(sender.priority);
  for (const int error : errors) {
    if (error != 0) throw SystemError{error, "open a socket to send on an adapter"};
  }
  return socket;
}

Port::Port(const capture::Adapter& adapter, std::shared_ptr<Rights> rights)
    : index_{adapter.id},
      names_{adapter.name},
      link_type_{adapter.link_type},
      is_loopback_{capture::has(adapter.flags, capture::AdapterFlags::loopback)},
      mtu_{adapter.mtu},
      rights_{std::move(rights)},
      socket_{rights_->open_sender({.adapter = adapter.id})} {
  if (!takes(adapter)) {
    throw Error{ErrorCode::invalid_argument,
                adapter.name + ": its packets begin neither with Ethernet nor with IP"};
  }
  names_.insert(names_.end(), adapter.alternative_names.begin(), adapter.alternative_names.end());
}

const sys::PacketSocket& Port::socket(std::uint32_t mark, std::uint32_t priority) const noexcept {
  const SenderOf wanted{.adapter = index_, .mark = mark, .priority = priority};
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(senders_, wanted, &Sender::of);
  if (found != senders_.end()) return found->socket;
  if (senders_.size() == most_senders) return socket_;
  try {
    return senders_.emplace_back(wanted, rights_->open_sender(wanted)).socket;
  } catch (const std::exception&) {
    return socket_;
  }
}

}  // namespace weir::gate
