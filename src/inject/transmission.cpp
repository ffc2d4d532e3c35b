// Transmission: what each errno of packet(7) means, and how long room is waited for.
#include "inject/transmission.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include "inject/refusal_of.h"
#include "inject/segmentation.h"

namespace weir::inject {
namespace {

using std::chrono::steady_clock;

// Between two tries for a full queue of the adapter, which tells nobody when it has room: at first,
// and how often that doubles.
constexpr std::chrono::microseconds first_pause{20};
constexpr unsigned pauses_double = 6;
// Then it is asked again whether to stop.
constexpr std::chrono::milliseconds longest_wait{100};

}  // namespace

Sender::Transmission::Transmission(const capture::Adapter& adapter, const SenderOptions& options)
    : name_{adapter.name},
      mtu_{adapter.mtu},
      rules_{adapter.link_type},
      batch_{adapter.id, options.segment},
      queue_{options.queue_size, options.largest_queue},
      patience_{options.patience},
      segment_{options.segment},
      dry_run_{options.dry_run},
      stop_{options.stop} {
  int error = socket_.bind_to_send(adapter.id);
  if (error == 0 && segment_) error = socket_.send_offload_headers(true);
  if (error != 0) throw SystemError{error, "send on " + name_};
}

void Sender::Transmission::add_to_batch(Bytes frame, bool is_cut) noexcept {
  is_cut_[batch_.size()] = is_cut;
  const auto offload = segment_ && frame.size() > mtu_
                           ? segmentation(frame, rules_.link_type(), mtu_)
                           : std::nullopt;
  batch_.add(frame, rules_.protocol_of(frame), offload ? &*offload : nullptr);
}

bool Sender::Transmission::fits(Bytes frame) const noexcept {
  std::size_t longest = mtu_;
  if (rules_.link_type() == LinkType::ethernet) {
    const bool has_tag = frame[12] == 0x81 && frame[13] == 0;  // of 802.1Q: packet(7) allows it
    longest += has_tag ? 18 : 14;
  }
  return frame.size() <= longest ||
         (segment_ && segmentation(frame, rules_.link_type(), mtu_).has_value());
}

void Sender::Transmission::refuse(Sent& sent, Refusal refusal, int error,
                                  std::uint64_t frames) noexcept {
  counts_.refused_for[static_cast<std::size_t>(refusal)] += frames;
  if (sent.refusal != Refusal::none || frames == 0) return;
  sent.refusal = refusal;
  sent.error = error;
}

bool Sender::Transmission::wait_for_room(int error) noexcept {
  const auto now = steady_clock::now();
  if (retries_ == 0) stuck_since_ = now;
  const Duration left = patience_ - (now - stuck_since_);
  if (left <= Duration::zero()) return false;
  if (error == EAGAIN) {
    const Duration longest = std::min<Duration>(left, longest_wait);
    socket_.wait_for_room(
        static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(longest).count()));
  } else {
    const Duration pause = first_pause * (1U << std::min(retries_, pauses_double));
    std::this_thread::sleep_for(std::min(pause, left));
  }
  return true;
}

Sender::Transmission::Progress Sender::Transmission::transmit(Sent& sent) noexcept {
  std::size_t at = 0;
  while (at < batch_.size()) {
    if (is_stopped()) return {.frames = at, .stop = Refusal::stopped};
    const auto [taken, error] =
        dry_run_ ? sys::SendBatch::Outcome{batch_.size() - at, 0} : batch_.send(socket_, at);
    if (error == 0) {
      for (const std::size_t end = at + taken; at < end; ++at) {
        counts_.bytes += batch_.frame_size(at);
        counts_.cut += is_cut_[at] ? 1U : 0U;
      }
      counts_.sent += taken;
      sent.frames += taken;
      retries_ = 0;
      continue;
    }
    if (error == EINTR) continue;
    const Refusal refusal = refusal_of(error);
    if (concerns_one_frame(refusal)) {
      refuse(sent, refusal, error, 1);
      ++at;
      retries_ = 0;
      continue;
    }
    if (refusal != Refusal::no_buffers || !wait_for_room(error)) {
      retries_ = 0;
      return {.frames = at, .stop = refusal, .error = error};
    }
    ++retries_;
    ++counts_.retried;
  }
  return {.frames = at};
}

bool Sender::Transmission::goes_behind_queue(Sent& sent, std::uint64_t count) noexcept {
  Sent before{};
  const Progress progress = drain(before);
  if (progress.stop == Refusal::none) return true;
  counts_.asked += count;
  refuse(sent, progress.stop, progress.error, count);
  return false;
}

std::uint8_t* Sender::Transmission::written(std::size_t length, FillFrame fill, Refusal& refusal) {
  refusal = LinkRules::check_length(length);
  if (refusal != Refusal::none) return nullptr;
  std::uint8_t* const room = queue_.room_for(length);
  if (room == nullptr) {
    refusal = Refusal::queue_full;
  } else {
    fill(MutableBytes{room, length});
  }
  return room;
}

Sent Sender::Transmission::send(std::size_t length, FillFrame fill) {
  Sent sent{};
  if (!goes_behind_queue(sent, 1)) return sent;
  Candidate candidate;
  const std::uint8_t* const room = written(length, fill, candidate.refusal);
  if (room != nullptr) candidate.frame = {room, length};
  return send(1, [&](std::uint64_t) { return candidate; });
}

Sent Sender::Transmission::queue(std::size_t length, FillFrame fill) {
  Sent queued{};
  Refusal refusal = Refusal::none;
  const std::uint8_t* const room = written(length, fill, refusal);
  if (room != nullptr) refusal = rules_.check({room, length});
  ++counts_.asked;
  if (refusal == Refusal::none) {
    queue_.append(length);
    ++counts_.queued;
    queued.frames = 1;
  } else {
    refuse(queued, refusal, 0, 1);
  }
  return queued;
}

Sender::Transmission::Progress Sender::Transmission::drain(Sent& sent) noexcept {
  Progress progress{};
  while (queue_.size() != 0 && progress.stop == Refusal::none) {
    batch_.clear();
    for (std::size_t index = 0; index < queue_.size() && !batch_.full(); ++index) {
      add_to_batch(queue_.frame(index));
    }
    progress = transmit(sent);
    queue_.drop_front(progress.frames);
    counts_.queued -= progress.frames;
  }
  if (progress.stop == Refusal::adapter_gone) discard(Refusal::adapter_gone);
  return progress;
}

Sent Sender::Transmission::flush() noexcept {
  Sent sent{};
  const Progress progress = drain(sent);
  if (sent.refusal == Refusal::none) {
    sent.refusal = progress.stop;
    sent.error = progress.error;
  }
  return sent;
}

void Sender::Transmission::discard(Refusal refusal) noexcept {
  counts_.refused_for[static_cast<std::size_t>(refusal)] += counts_.queued;
  counts_.queued = 0;
  queue_.drop_front(queue_.size());
}

}  // namespace weir::inject
