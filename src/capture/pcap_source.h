// Packets through libpcap: Wi-Fi monitor mode, and adapters a packet socket cannot read.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "capture/backend.h"
#include "capture/watermark.h"
#include "sys/link_state.h"
#include "sys/wake_up.h"

struct pcap;

namespace weir::capture {

/// Whether libpcap has a capture module for a device of this name that is no network adapter.
[[nodiscard]] bool is_pcap_device(const std::string& name);

class PcapSource final : public Backend {
 public:
  /// Throws SystemError, Error (invalid_argument).
  PcapSource(std::string adapter, const LiveOptions& options);

  Batch next_batch(Deadline deadline) override;
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override {
    return {&description_, 1};
  }
  void stop() noexcept override;
  void change(const LiveChange& change) override;
  [[nodiscard]] LiveStatistics statistics() override;
  [[nodiscard]] std::uint64_t looked_at() const noexcept override { return delivered_ + filtered_; }
  [[nodiscard]] int file_descriptor() const noexcept override { return descriptor_; }
  [[nodiscard]] PacketFlags clock() const noexcept override { return clock_; }
  void count_as(std::uint32_t interface_index) noexcept override {
    interface_index_ = interface_index;
  }
  [[nodiscard]] bool is_away() const noexcept override { return false; }

 private:
  struct Close {
    void operator()(pcap* handle) const noexcept;
  };
  struct Taker;

  void activate(const LiveOptions& options);
  /// Throws Error; the direction is then as before.
  void set_direction(Traffic traffic);
  [[noreturn]] void fail(int status) const;
  bool take();

  std::string name_;
  sys::LinkStates links_{};
  std::unique_ptr<pcap, Close> handle_;
  int descriptor_ = -1;
  sys::WakeUp wake_up_{};
  std::atomic<bool> stopped_{false};
  bool gone_ = false;
  Interface description_{};
  PacketFlags clock_ = PacketFlags::software_clock;
  Watermark watermark_;
  std::uint64_t nanoseconds_per_fraction_ = 1;
  filter::Filter filter_{};
  std::uint32_t snapshot_length_ = 0;
  std::uint32_t interface_index_ = 0;
  /// Whether directions have ever been refused, in libpcap or the kernel.
  bool refuses_directions_ = false;
  /// libpcap's packets live no longer than its call: they are copied here.
  std::vector<std::uint8_t> bytes_{};
  std::vector<Packet> packets_{};
  std::uint64_t delivered_ = 0;
  std::uint64_t filtered_ = 0;
};

}  // namespace weir::capture
