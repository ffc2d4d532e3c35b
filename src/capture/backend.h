// What captures on behalf of Live: the kernel's ring, or libpcap.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "weir/capture/live.h"
#include "weir/source.h"

namespace weir::capture {

/// As Live says of its own functions of these names.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  virtual Batch next_batch(Deadline deadline) = 0;
  /// One.
  [[nodiscard]] virtual std::span<const Interface> interfaces() const noexcept = 0;
  virtual void stop() noexcept = 0;
  virtual void change(const LiveChange& change) = 0;
  [[nodiscard]] virtual LiveStatistics statistics() = 0;
  /// Packets delivered or refused so far; asks nobody.
  [[nodiscard]] virtual std::uint64_t looked_at() const noexcept = 0;
  [[nodiscard]] virtual int file_descriptor() const noexcept = 0;
  [[nodiscard]] virtual PacketFlags clock() const noexcept = 0;
  /// The interface_index of its packets; 0 until told.
  virtual void count_as(std::uint32_t interface_index) noexcept = 0;
  /// Whether it waits for its adapter to come back (LiveOptions::resume).
  [[nodiscard]] virtual bool is_away() const noexcept = 0;
};

/// What captures on an adapter. Throws as Live.
[[nodiscard]] std::unique_ptr<Backend> opened(const std::string& adapter,
                                              const LiveOptions& options);

}  // namespace weir::capture
