// Packets an application sends or inserts, at once or from buffers it fills first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weir/bytes.h"
#include "weir/gate/gate.h"
#include "weir/inject/incoming.h"
#include "weir/inject/sender.h"

namespace weir::compat::net_filter {

/// While a filter runs they go by its gate, which does not hold them again. Any thread.
class Sending {
 public:
  /// Bytes a buffer has at most.
  static constexpr std::size_t largest_buffer = std::size_t{64} << 20;
  static constexpr int most_times = 1'000'000;

  /// All throw NetFilterError. `gate` may be null.
  void send(int adapter_id, Bytes data, int times, gate::Gate* gate);
  /// For flush(). Buffers have room for `initial_size` bytes at first.
  void buffer(int adapter_id, Bytes data, int times, std::size_t initial_size);
  /// -1: all. What was not taken stays.
  void flush(int adapter_id, gate::Gate* gate);
  void insert(int adapter_id, Bytes data, gate::Gate* gate);

 private:
  struct Exit {
    std::string name{};
    std::unique_ptr<inject::Sender> sender{};
    /// Sends nothing: tells what would be refused.
    std::unique_ptr<inject::Sender> looker{};
    /// Frames one behind the other, and where each ends.
    std::vector<std::uint8_t> bytes{};
    std::vector<std::size_t> ends{};
  };

  [[nodiscard]] Exit& exit_of(int adapter_id);
  /// By the gate, if it is at the adapter.
  [[nodiscard]] static inject::Sent send_by(gate::Gate& gate, int adapter_id, Exit& exit,
                                            Bytes frame);
  void flush_one(int adapter_id, gate::Gate* gate);
  /// Each has sockets.
  void forget_gone();
  /// Throws if it was not; forgets an adapter that is gone.
  void expect_taken(int adapter_id, const inject::Sent& sent);
  static void drop_first(Exit& exit, std::size_t frames);

  std::mutex mutex_{};
  std::map<int, Exit> exits_{};
  std::map<int, std::unique_ptr<inject::Incoming>> entries_{};
};

}  // namespace weir::compat::net_filter
