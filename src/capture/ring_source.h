// Packets of an adapter, or of all, through a packet socket and its ring.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "capture/adapter/adapter_drops.h"
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
  [[nodiscard]] bool is_away() const noexcept override { return presence_ == Presence::away; }

 private:
  /// Of the adapter.
  enum class Presence : std::uint8_t {
    here,
    leaving,  ///< it is down or removed; the ring may hold packets yet
    away,     ///< waited for
    gone,
  };

  struct Settings {
    Traffic traffic = Traffic::any;
    std::uint32_t snapshot_length = 0;
    bool promiscuous = false;
  };

  void open(const LiveOptions& options);
  void join(const Fanout& fanout);
  /// Whether packets are cut by the kernel, or come whole until cut_in_kernel().
  enum class Cut : std::uint8_t { now, later };
  /// Gives the kernel its part of the filter. Returns whether that leaves nothing to user space but
  /// packets with a tag. Throws SystemError; all is then as before.
  bool attach(bpf::ProgramView program, const Settings& settings, Cut cut);
  void cut_in_kernel() noexcept;
  /// Promiscuous or not. Throws SystemError, but not for off.
  void listen_to_all(bool on);
  void prepare_walk() noexcept;
  [[nodiscard]] bool decides_all() const noexcept;
  [[nodiscard]] SystemError failure(int number) const;

  bool block_at_hand() noexcept;
  BlockWalk::Taken take() noexcept;
  std::optional<SourceState> wait(const Patience& patience);
  void look_at_error();
  void look_for_adapter();
  [[nodiscard]] bool drained() const noexcept;

  void take_counters() noexcept;

  sys::LinkStates links_;
  /// As it was at opening, but for the index.
  sys::LinkState adapter_;
  LinkLayer layer_;
  std::uint32_t longest_;
  sys::RingShape shape_;
  /// No packet may be refused by the kernel uncounted.
  bool counts_all_;
  bool user_space_only_;
  bool resume_;
  bool shares_;
  /// gathering_time().
  int gathering_milliseconds_;

  sys::PacketSocket socket_;
  std::optional<sys::PacketRing> ring_{};
  sys::WakeUp wake_up_{};
  std::atomic<bool> stopped_{false};
  Interface description_{};
  PacketFlags clock_ = PacketFlags::software_clock;
  Watermark watermark_;

  filter::Filter filter_;
  Settings settings_{};
  /// Whether the kernel's part refuses what the filter does, packets with a tag aside.
  bool sieved_ = false;
  /// What is to take the place of the kernel's part once decide_until_ is reached; empty if
  /// nothing.
  bpf::Program cutting_sieve_{};
  /// Whether the kernel's part has ever been one that refuses packets.
  bool kernel_refuses_ = false;
  WalkOptions walk_options_{};
  std::uint32_t interface_index_ = 0;

  BlockWalk walk_{};
  /// Whether walk_ is in the ring's oldest block.
  bool in_block_ = false;
  /// How many blocks were before it.
  std::uint64_t block_number_ = 0;
  /// Blocks before this one may hold what the filter of then let through.
  std::uint64_t decide_until_ = 0;
  std::vector<Packet> packets_;

  Presence presence_ = Presence::here;
  std::chrono::steady_clock::time_point leaving_since_{};

  std::uint64_t received_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t filtered_ = 0;
  std::uint64_t dropped_ = 0;
  /// Looked at since the kernel's 32-bit counters were last read.
  std::uint64_t since_counters_ = 0;
  AdapterDrops adapter_drops_;
};

}  // namespace weir::capture
