// The states of a TCP connection as an observer between the ends can tell them.
#include "tcp_state.h"

namespace weir::flow {
namespace {

void follow_syn(Progress& progress, std::uint8_t side, bool with_ack) noexcept {
  if (!with_ack && !progress.by_syn) {
    progress.originator = side;
    progress.by_syn = true;
  } else if (with_ack && !progress.by_syn && progress.state == TcpState::fresh) {
    progress.originator = static_cast<std::uint8_t>(1U - side);
  }
  if (progress.state == TcpState::fresh) {
    progress.state = with_ack ? TcpState::syn_received : TcpState::syn_sent;
  } else if (progress.state == TcpState::syn_sent && with_ack) {
    progress.state = TcpState::syn_received;
  }
}

void follow_ack(Progress& progress, std::uint8_t side) noexcept {
  // The originator acknowledges only what it has received, so a SYN-ACK the capture missed is
  // implied. The responder may still answer a stray SYN with a challenge (RFC 9293 3.10.7.4).
  const bool completes = progress.state == TcpState::syn_received ||
                         (progress.state == TcpState::syn_sent && side == progress.originator);
  if (completes) progress.state = TcpState::established;
}

}  // namespace

void follow_change(Progress& progress, std::uint8_t side, std::uint8_t flags) noexcept {
  if (is_over(progress.state)) return;  // an RST behind both FINs is only housekeeping
  if ((flags & tcp_flags::rst) != 0) {
    progress.state = TcpState::reset;
    return;
  }
  // SYN and FIN in one segment is no valid TCP; the SYN decides.
  if ((flags & tcp_flags::syn) != 0) {
    follow_syn(progress, side, (flags & tcp_flags::ack) != 0);
    return;
  }
  if ((flags & tcp_flags::ack) != 0) follow_ack(progress, side);
  if ((flags & tcp_flags::fin) != 0) {
    progress.fins = static_cast<std::uint8_t>(progress.fins | 1U << side);
    progress.state = progress.fins == 3 ? TcpState::closed : TcpState::closing;
  }
}

}  // namespace weir::flow
