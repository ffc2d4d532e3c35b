// Sender: the adapter found, and what the calls mean for a Transmission.
#include "weir/inject/sender.h"

#include "inject/transmission.h"

namespace weir::inject {
namespace {

capture::Adapter to_send_on(const std::string& name) {
  capture::Adapter adapter = capture::adapter(name);
  if (adapter.id == 0) {
    throw Error{ErrorCode::invalid_argument, "send on any: frames leave by one adapter, name it"};
  }
  if (adapter.link_type == LinkType::linux_sll || adapter.link_type == LinkType::linux_sll2) {
    throw Error{ErrorCode::invalid_argument,
                "send on " + adapter.name + ": what its frames begin with is not known"};
  }
  return adapter;
}

/// As many as can be counted.
std::uint64_t repeated(std::uint64_t frames, std::uint64_t times) noexcept {
  return frames != 0 && times > UINT64_MAX / frames ? UINT64_MAX : frames * times;
}

}  // namespace

Sender::Sender(const std::string& adapter, const SenderOptions& options)
    : transmission_{std::make_unique<Transmission>(to_send_on(adapter), options)} {}
Sender::Sender(Sender&&) noexcept = default;
Sender& Sender::operator=(Sender&&) noexcept = default;
Sender::~Sender() = default;

Sent Sender::send(Bytes frame, std::uint64_t times) noexcept {
  return transmission_->send(times, [&](std::uint64_t) { return Candidate{frame}; });
}

Sent Sender::send(std::span<const Bytes> frames) noexcept {
  return transmission_->send(frames.size(),
                             [&](std::uint64_t index) { return Candidate{frames[index]}; });
}

Sent Sender::send(std::span<const Packet> packets, std::uint64_t times) noexcept {
  return transmission_->send(repeated(packets.size(), times), transmission_->candidates(packets));
}

Sent Sender::send(std::size_t length, FillFrame fill) { return transmission_->send(length, fill); }

Sent Sender::queue(Bytes frame, std::uint64_t times) noexcept {
  return transmission_->queue(times, [&](std::uint64_t) { return Candidate{frame}; });
}

Sent Sender::queue(std::span<const Packet> packets, std::uint64_t times) noexcept {
  return transmission_->queue(repeated(packets.size(), times), transmission_->candidates(packets));
}

Sent Sender::queue(std::size_t length, FillFrame fill) {
  return transmission_->queue(length, fill);
}
Sent Sender::flush() noexcept { return transmission_->flush(); }
void Sender::discard() noexcept { transmission_->discard(Refusal::stopped); }

SendCounts Sender::counts() const noexcept { return transmission_->counts(); }
const std::string& Sender::adapter() const noexcept { return transmission_->name(); }
LinkType Sender::link_type() const noexcept { return transmission_->link_type(); }
std::uint32_t Sender::mtu() const noexcept { return transmission_->mtu(); }
bool Sender::is_dry_run() const noexcept { return transmission_->is_dry_run(); }

Sent flush(std::span<Sender> senders) noexcept {
  Sent all{};
  for (Sender& sender : senders) {
    const Sent sent = sender.flush();
    all.frames += sent.frames;
    if (all && !sent) {
      all.refusal = sent.refusal;
      all.error = sent.error;
    }
  }
  return all;
}

}  // namespace weir::inject
