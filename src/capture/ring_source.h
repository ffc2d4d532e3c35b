// Packets of an adapter, or of all, through a packet socket and its ring.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "capture/adapter/bound_adapter.h"
#include "capture/attached_sieve.h"
#include "capture/backend.h"
#include "capture/block_walk.h"
#include "capture/link_layer.h"
#include "capture/patience.h"
#include "capture/watermark.h"
#include "sys/link_state.h"
#include "sys/packet_ring.h"
#include "sys/packet_socket.h"
#include "sys/wake_up.h"
#include "weir/error.h"

namespace weir::capture {

class RingSource final : public Backend {
 public:
  /// `adapter` has index 0 for all adapters. `layer` is what link_layer() says of it.
  RingSource(sys::LinkStates links, const sys::LinkState& adapter, LinkLayer layer,
             const LiveOptions& options);

  Batch next_batch(Deadline deadline) override;
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return {&description_, 1};
  }
  void stop() noexcept override;
  void change(const LiveChange& change) override;
  [[nodiscard]] LiveStatistics statistics() override;
  [[nodiscard]] std::uint64_t looked_at() const noexcept override { return delivered_ + filtered_; }
  [[nodiscard]] int file_descriptor() const noexcept override {
    return socket_.descriptor().number();
  }
  [[nodiscard]] PacketFlags clock() const noexcept override { return clock_; }
  void count_as(std::uint32_t interface_index) noexcept override;
  [[nodiscard]] bool is_away() const noexcept override { return adapter_.is_away(); }

 private:
  struct Settings {
    Traffic traffic = Traffic::any;
    std::uint32_t snapshot_length = 0;
    bool promiscuous = false;
  };

  void open(const LiveOptions& options);
  void join(const Fanout& fanout);
  /// Throws SystemError naming the adapter, unless that is 0.
  void succeed(int error) const;
  /// Gives the kernel its part of the filter. Throws SystemError; all is then as before.
  void attach(const filter::Filter& filter, const Settings& settings, AttachedSieve::Cut cut);
  void prepare_walk() noexcept;
  bool block_at_hand() noexcept;
  BlockWalk::Taken take() noexcept;
  std::optional<SourceState> wait(const Patience& patience);
  void take_counters() noexcept;

  LinkLayer layer_;
  std::uint32_t longest_;
  sys::RingShape shape_;
  /// gathering_time().
  int gathering_milliseconds_;

  sys::PacketSocket socket_;
  BoundAdapter adapter_;
  AttachedSieve sieve_;
  std::optional<sys::PacketRing> ring_{};
  sys::WakeUp wake_up_{};
  std::atomic<bool> stopped_{false};
  Interface description_{};
  PacketFlags clock_ = PacketFlags::software_clock;
  Watermark watermark_;

  filter::Filter filter_;
  Settings settings_{};
  WalkOptions walk_options_{};
  std::uint32_t interface_index_ = 0;

  BlockWalk walk_{};
  /// Whether walk_ is in the ring's oldest block.
  bool in_block_ = false;
  /// How many blocks were before it.
  std::uint64_t block_number_ = 0;
  std::vector<Packet> packets_;

  std::uint64_t received_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t filtered_ = 0;
  std::uint64_t dropped_ = 0;
  /// Looked at since the kernel's 32-bit counters were last read.
  std::uint64_t since_counters_ = 0;
};

}  // namespace weir::capture
