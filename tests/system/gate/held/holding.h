// A table of held packets between two pairs of adapters: what goes on leaves on "near" or "inner",
// and is seen on "far" or "outer".
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gate/attach/port.h"
#include "gate/held/hold_table.h"
#include "system/network.h"
#include "weir/capture/live.h"

namespace weir::test {

/// What the kernel tells of a frame beside its bytes.
struct Came {
  bool outgoing = true;
  std::uint32_t segment_size = 0;
  bool is_segment = false;
  std::uint32_t snapshot_length = 0;
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
};

/// CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_now() noexcept;

/// "near" and "inner" finish checksums and cut segments before they send. All that goes in leaves
/// on inner, as on the helper adapter of a gate.
class HoldingTest : public LiveTest {
 protected:
  void SetUp() override;

  [[nodiscard]] static std::shared_ptr<const gate::Port> port_of(const std::string& adapter);
  [[nodiscard]] std::shared_ptr<gate::HoldTable> make_table(gate::HoldOptions options = {},
                                                            gate::FlowTable* flows = nullptr);

  std::shared_ptr<const gate::Port> near{};
  std::shared_ptr<const gate::Port> inner{};
  /// Sees what leaves on near.
  std::unique_ptr<capture::Live> far{};
  std::unique_ptr<capture::Live> outer{};
};

/// A batch of the reader's: frames in a ring, which is written over when the batch is over.
class TakenBatch {
 public:
  TakenBatch(gate::Lane& lane, const std::shared_ptr<const gate::Port>& port)
      : lane_{&lane}, port_{port}, batch_{std::make_unique<gate::Lane::Batch>(lane)} {}
  TakenBatch(const TakenBatch&) = delete;
  TakenBatch& operator=(const TakenBatch&) = delete;
  ~TakenBatch() { end(); }

  /// Null where there is no room.
  [[nodiscard]] gate::Slot* take(const Octets& frame, const Came& came = {});
  [[nodiscard]] gate::HeldPacket hold(const Octets& frame, const Came& came = {});
  void decide(const Octets& frame, gate::Fate fate);
  void end();

 private:
  struct Taken {
    gate::Record record{};
    Octets frame{};
  };
  [[nodiscard]] gate::Arrival arrival(const Octets& frame, const Came& came);

  static std::mutex spent_mutex;
  static std::list<Taken> spent;

  gate::Lane* lane_;
  std::shared_ptr<const gate::Port> port_;
  gate::RuleName rule_ = std::make_shared<const std::string>("rule 7");
  std::list<Taken> ring_{};
  std::unique_ptr<gate::Lane::Batch> batch_;
};

/// The bytes of what comes until `count` have, or nothing comes for a while.
[[nodiscard]] std::vector<Octets> frames_of(PacketSource& source, std::size_t count = SIZE_MAX);

/// The sums that hold when nothing moves (HeldCounters).
void expect_sums(const gate::HoldTable& table);
/// And those that hold at any time.
void expect_sums_while_moving(const gate::HoldTable& table);

}  // namespace weir::test
