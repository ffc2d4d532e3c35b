// One held packet: where its bytes are, whether it is decided, and who sends it on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
#include "gate/kernel/layout.h"
#include "gate/reinject/outbox.h"
#include "weir/bytes.h"
#include "weir/gate/held_packet.h"
#include "weir/gate/policy.h"
#include "weir/packet.h"

namespace weir::gate {

class HoldTable;
class Lane;

/// The id of a rule.
using RuleName = std::shared_ptr<const std::string>;

/// A packet as it comes out of the ring. What it borrows, the owners of rule and port too, stays
/// until the lane's batch is over.
struct Arrival {
  const Record& record;
  /// Whole.
  Bytes frame;
  const RuleName& rule;
  const std::shared_ptr<const Port>& port;
  /// As GateOptions::snapshot_length.
  std::uint32_t snapshot_length = 0;
};

/// A place in the HoldTable. Its owner is whoever has the HeldPacket, one thread at a time; beside
/// it only the clock's thread looks at it, once it has taken state_. Not used again as long as the
/// HeldPacket lives or its bytes are on their way out.
class Slot {
 public:
  /// Above 0: undecided, and when it expires (CLOCK_MONOTONIC). An odd time but for_ever: the
  /// packet goes on then, by its rule; nobody owns it any more.
  using State = std::int64_t;
  static constexpr State for_ever = INT64_MAX;
  static constexpr State settled = 0;     ///< decided; nobody sends it
  static constexpr State leaving = -1;    ///< decided; in the outbox of a lane, or on its way there
  static constexpr State expiring = -2;   ///< in an outbox, by someone else than its owner
  static constexpr State abandoned = -3;  ///< in an outbox, and without an owner

  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() = default;

  /// The one handle of a packet that Lane::hold() has taken in.
  [[nodiscard]] static HeldPacket handle(Slot& slot) noexcept { return HeldPacket{slot}; }

  // Verdicts that the gate itself gives; those that are late count as any.

  /// The handler threw: decides by Policies::exception, if the packet is undecided and has not been
  /// moved away.
  static void decide_after_exception(HeldPacket& packet) noexcept;
  /// Goes on by its rule, as it came or as edited with right checksums.
  static VerdictResult pass_by_rule(HeldPacket& packet, bool edited) noexcept;
  /// The same that much later. `packet` has nothing afterwards.
  static void pass_by_rule_later(HeldPacket&& packet, bool edited, Duration delay) noexcept;

  /// Makes it independent of its batch; what is moved away is. Its owner's.
  void keep() noexcept;

  /// Its bytes have been sent, or never will be. Of the outbox they were in.
  void leave() noexcept;

 private:
  friend class HeldPacket;
  friend class HoldTable;
  friend class Lane;

  /// How a packet goes on, if it does.
  enum class Form : std::uint8_t { none, original, edited };

  // Of HoldTable and Lane.

  void begin(const Arrival& arrival, HoldTable& table) noexcept;
  /// For nobody's verdict: at `seen`, if it still is so, by `policy`; or by its rule if that has
  /// let it go.
  void decide_for_owner(State seen, Policy policy, Fate passed, Fate dropped, Lane& lane) noexcept;
  void end() noexcept;

  // Its owner's.

  void show() noexcept;
  [[nodiscard]] bool finish_in_copy(Bytes frame, const Transport& unfinished) noexcept;
  [[nodiscard]] const Packet& packet() noexcept {
    if (!is_shown_) show();
    return packet_;
  }
  [[nodiscard]] bool is_truncated() const noexcept { return bytes_shown_ < length_; }
  [[nodiscard]] MutableBytes edit(std::size_t room) noexcept;
  [[nodiscard]] MutableBytes resize(std::size_t length) noexcept;
  [[nodiscard]] bool is_decided() const noexcept {
    return state_->load(std::memory_order_acquire) <= 0;
  }
  [[nodiscard]] std::optional<Duration> time_left() const noexcept;
  bool extend(Duration duration) noexcept;
  /// A verdict; counts those that are late.
  VerdictResult decide(Fate fate, Form form, RestOfFlow rest) noexcept;
  VerdictResult accept_modified(Repair repair, RestOfFlow rest) noexcept;
  /// For want of a verdict.
  void decide_by(Policy policy, Fate passed, Fate dropped) noexcept;
  bool try_to_decide(Fate fate, Form form, RestOfFlow rest) noexcept;
  /// The handle is gone.
  void abandon() noexcept;

  [[nodiscard]] Bytes original() const noexcept { return {original_.load(), length_}; }
  [[nodiscard]] MutableBytes edited() const noexcept {
    return shown_.bytes().first(packet_.data.size());
  }
  [[nodiscard]] Leaving leaving_as(Form form) const noexcept;
  [[nodiscard]] std::uint32_t segment_size_as_edited() const noexcept;
  [[nodiscard]] bool is_too_long() const noexcept;
  [[nodiscard]] bool take(State next) noexcept;

  /// What it needs to outlive its batch.
  struct Own {
    Buffer bytes{};
    RuleName rule{};
    std::shared_ptr<const Port> port{};
    std::shared_ptr<HoldTable> table{};
  };

  /// Stands among those of its neighbours, for the clock to walk through.
  std::atomic<State>* state_ = nullptr;
  HoldTable* table_ = nullptr;
  const Port* port_ = nullptr;
  const std::string* rule_ = nullptr;
  /// As it came: in the ring, or in own_.bytes.
  std::atomic<const std::uint8_t*> original_{nullptr};
  std::uint32_t length_ = 0;
  std::uint32_t bytes_shown_ = 0;
  std::uint32_t mark_ = 0;
  std::uint32_t priority_ = 0;
  std::uint32_t segment_size_ = 0;
  bool outgoing_ = false;
  bool is_segment_ = false;
  /// It lives on what its batch has.
  bool is_lent_ = false;
  bool is_shown_ = false;
  bool is_edited_ = false;
  /// Goes on as edited: what edit() gave is no longer the handler's.
  bool is_sealed_ = false;
  /// What it leaves as by its rule.
  Form later_ = Form::original;
  /// CLOCK_MONOTONIC.
  std::uint64_t when_ = 0;
  /// In whose outbox it is.
  Lane* lane_ = nullptr;
  const RuleName* lent_rule_ = nullptr;
  const std::shared_ptr<const Port>* lent_port_ = nullptr;

  // Once it is shown.
  Packet packet_{};
  std::optional<std::uint32_t> ip_offset_{};
  std::uint32_t ip_size_ = 0;
  /// Bytes from the IP header to what TCP carries.
  std::uint32_t headers_ = 0;
  /// Bytes that edit() gave.
  std::uint32_t most_edited_ = 0;
  /// What the handler sees and edits, where that is not the original.
  Buffer shown_{};
  Own own_{};
};

}  // namespace weir::gate
