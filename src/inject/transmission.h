// Gives frames to the kernel, tries again what may be tried again, and counts what becomes of them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "inject/link_rules.h"
#include "inject/send_queue.h"
#include "sys/packet_socket.h"
#include "sys/send_batch.h"
#include "weir/capture/adapter.h"
#include "weir/inject/sender.h"

namespace weir::inject {

class Sender::Transmission {
 public:
  Transmission(const capture::Adapter& adapter, const SenderOptions& options);

  /// Sends `count` frames: candidate(i) is one of them.
  template <class Candidates>
  Sent send(std::uint64_t count, Candidates candidate) noexcept;
  template <class Candidates>
  Sent queue(std::uint64_t count, Candidates candidate) noexcept;
  Sent send(std::size_t length, FillFrame fill);
  Sent queue(std::size_t length, FillFrame fill);
  Sent flush() noexcept;
  /// What is queued.
  void discard(Refusal refusal) noexcept;

  [[nodiscard]] const SendCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] LinkType link_type() const noexcept { return rules_.link_type(); }
  /// The packets, over and over.
  [[nodiscard]] auto candidates(std::span<const Packet> packets) const noexcept {
    return [this, packets](std::uint64_t index) {
      return rules_.candidate(packets[index % packets.size()]);
    };
  }
  [[nodiscard]] std::uint32_t mtu() const noexcept { return mtu_; }
  [[nodiscard]] bool is_dry_run() const noexcept { return dry_run_; }

 private:
  /// How far a batch was dealt with, and what kept the rest from it.
  struct Progress {
    std::size_t frames = 0;
    Refusal stop = Refusal::none;
    int error = 0;
  };
  /// The batch.
  Progress transmit(Sent& sent) noexcept;
  /// What is queued.
  Progress drain(Sent& sent) noexcept;
  /// Sends what is queued; if some of it stays, so many frames behind it are refused: false.
  [[nodiscard]] bool goes_behind_queue(Sent& sent, std::uint64_t count) noexcept;
  /// Where `fill` has written a frame; null if it cannot, with the reason.
  [[nodiscard]] std::uint8_t* written(std::size_t length, FillFrame fill, Refusal& refusal);
  [[nodiscard]] Refusal against(const Candidate& asked) const noexcept {
    const Refusal refusal =
        asked.refusal == Refusal::none ? rules_.check(asked.frame) : asked.refusal;
    return refusal == Refusal::none && dry_run_ && !fits(asked.frame) ? Refusal::too_long : refusal;
  }
  /// Whether the adapter takes so much, which otherwise the kernel says.
  [[nodiscard]] bool fits(Bytes frame) const noexcept;
  void add_to_batch(Bytes frame, bool is_cut = false) noexcept;
  [[nodiscard]] bool wait_for_room(int error) noexcept;
  [[nodiscard]] bool is_stopped() const noexcept { return stop_ && stop_(); }
  void refuse(Sent& sent, Refusal refusal, int error, std::uint64_t frames) noexcept;

  std::string name_;
  std::uint32_t mtu_;
  LinkRules rules_;
  sys::PacketSocket socket_{sys::PacketSocket::Kind::raw};
  sys::SendBatch batch_;
  /// Of the batch.
  std::array<bool, sys::SendBatch::capacity> is_cut_{};
  SendQueue queue_;
  SendCounts counts_{};
  Duration patience_;
  bool segment_;
  bool dry_run_;
  std::function<bool()> stop_;
  /// How often the frame in front has been tried again, and since when.
  unsigned retries_ = 0;
  std::chrono::steady_clock::time_point stuck_since_{};
};

template <class Candidates>
Sent Sender::Transmission::send(std::uint64_t count, Candidates candidate) noexcept {
  Sent sent{};
  if (!goes_behind_queue(sent, count)) return sent;
  counts_.asked += count;
  for (std::uint64_t next = 0; next < count;) {
    for (batch_.clear(); next < count && !batch_.full(); ++next) {
      const Candidate asked = candidate(next);
      const Refusal refusal = against(asked);
      if (refusal == Refusal::none) {
        add_to_batch(asked.frame, asked.is_cut);
      } else {
        refuse(sent, refusal, 0, 1);
      }
    }
    const Progress progress = transmit(sent);
    if (progress.stop == Refusal::none) continue;
    refuse(sent, progress.stop, progress.error, batch_.size() - progress.frames + count - next);
    break;
  }
  return sent;
}

template <class Candidates>
Sent Sender::Transmission::queue(std::uint64_t count, Candidates candidate) noexcept {
  Sent queued{};
  counts_.asked += count;
  for (std::uint64_t next = 0; next < count; ++next) {
    const Candidate asked = candidate(next);
    const Refusal refusal = against(asked);
    if (refusal != Refusal::none) {
      refuse(queued, refusal, 0, 1);
    } else if (queue_.append(asked.frame)) {
      ++counts_.queued;
      ++queued.frames;
    } else {
      refuse(queued, Refusal::queue_full, 0, count - next);
      break;
    }
  }
  return queued;
}

}  // namespace weir::inject
