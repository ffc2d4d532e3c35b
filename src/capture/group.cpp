// Group: takes batches of its adapters in turn, waits for all, drains them at the end.
#include "weir/capture/group.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "capture/group_member.h"
#include "capture/patience.h"
#include "capture/posted_changes.h"
#include "sys/wake_up.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// An adapter that goes tells so once, before all it had has come; one that is back tells nobody.
constexpr int look_again_milliseconds = 200;
constexpr int look_for_adapter_milliseconds = 50;
/// Beyond twice the retire time: for a busy machine.
constexpr Duration most_overdue = 500ms;

int milliseconds(Duration duration) noexcept { return static_cast<int>(duration / 1ms); }

}  // namespace

struct Group::State {
  Batch next(Deadline deadline);
  [[nodiscard]] Timestamp up_to() const noexcept;
  void check(std::size_t adapter, const char* what) const;

  std::vector<GroupMember> members;
  std::vector<Interface> interfaces;
  std::vector<GroupEvent> events;
  PostedChanges posted;
  sys::WakeUp wake_up;
  std::atomic<bool> is_stopped{false};
  /// Of members, for other threads.
  std::atomic<std::size_t> count{0};

 private:
  Batch take_batch(Deadline deadline);
  /// Nothing follows, and nobody takes up changes any more unless an adapter is added.
  Batch last(SourceState state) {
    posted.close();
    return {{}, state, up_to()};
  }
  void change_what_was_posted();
  std::span<const Packet> take_in_turn();
  std::span<const Packet> take(GroupMember& member);
  void begin_drain();
  [[nodiscard]] bool drained();
  sys::Readable wait(const Patience& patience);
  [[nodiscard]] bool all_gone() const noexcept {
    return std::ranges::all_of(members, &GroupMember::is_gone);
  }

  /// Whether a batch has been handed out with the events.
  bool are_told_ = false;
  /// Whose turn it is.
  std::size_t turn_ = 0;
  bool is_draining_ = false;
  /// How many packets had been looked at when last one was, and when that was.
  std::uint64_t seen_ = 0;
  Clock::time_point last_seen_{};
  /// So long after the last packet nothing more is expected of a drain.
  Duration patience_{};
  std::vector<int> waited_for_;
};

Batch Group::State::next(Deadline deadline) {
  // What happened before one of the adapters failed is told with the next batch.
  if (std::exchange(are_told_, false)) events.clear();
  const Batch batch = take_batch(deadline);
  are_told_ = true;
  return batch;
}

Batch Group::State::take_batch(Deadline deadline) {
  const Patience patience{deadline};
  for (;;) {
    change_what_was_posted();
    if (is_stopped.load(std::memory_order_acquire) && !is_draining_) begin_drain();
    if (is_draining_ && drained()) return last(SourceState::stopped);
    const std::span<const Packet> packets = take_in_turn();
    if (!packets.empty()) return {packets, SourceState::packets, up_to()};
    if (!events.empty()) return {{}, patience.state(), up_to()};
    if (all_gone()) return last(SourceState::gone);
    if (patience.over()) return {{}, patience.state(), up_to()};
    if (wait(patience) == sys::Readable::interrupted) {
      return {{}, SourceState::timeout, up_to()};
    }
  }
}

/// The time nobody is behind of; at the end that of the last that was there.
Timestamp Group::State::up_to() const noexcept {
  Timestamp least = Timestamp::max();
  Timestamp last{};
  for (const GroupMember& member : members) {
    last = std::max(last, member.up_to);
    if (!member.is_gone) least = std::min(least, member.up_to);
  }
  return std::min(least, last);
}

void Group::State::check(std::size_t adapter, const char* what) const {
  if (adapter < count.load(std::memory_order_acquire)) return;
  throw Error{ErrorCode::invalid_argument,
              std::string{what} + " of a group: it has no adapter " + std::to_string(adapter)};
}

void Group::State::change_what_was_posted() {
  posted.for_each([this](std::size_t adapter, const LiveChange& change) {
    members[adapter].backend->change(change);
  });
}

/// From the adapter whose turn it is on, of the first that has any.
std::span<const Packet> Group::State::take_in_turn() {
  for (std::size_t i = 0; i < members.size(); ++i) {
    GroupMember& member = members[turn_];
    turn_ = (turn_ + 1) % members.size();
    if (!member.is_wanted()) continue;
    const std::span<const Packet> packets = take(member);
    if (!packets.empty()) return packets;
  }
  return {};
}

std::span<const Packet> Group::State::take(GroupMember& member) {
  const auto place = static_cast<std::size_t>(&member - members.data());
  const Batch batch = member.backend->next_batch(Deadline::none());
  member.up_to = batch.now;
  if (batch.state == SourceState::gone) {
    member.is_gone = true;
    events.push_back({GroupEventKind::gone, place});
  }
  if (const bool is_away = member.backend->is_away(); is_away != member.is_away) {
    member.is_away = is_away;
    events.push_back({is_away ? GroupEventKind::away : GroupEventKind::resumed, place});
  }
  return batch.packets;
}

void Group::State::begin_drain() {
  seen_ = 0;
  for (GroupMember& member : members) {
    const std::uint64_t looked_at = member.backend->looked_at();
    seen_ += looked_at;
    member.due = looked_at + member.backend->statistics().waiting;
    patience_ = std::max(patience_, 2 * member.retire + most_overdue);
  }
  last_seen_ = Clock::now();
  is_draining_ = true;
}

/// Whether what the adapters had received when they were stopped has been looked at; the kernel
/// hands the block it is filling over after once to twice its retire time.
bool Group::State::drained() {
  std::uint64_t seen = 0;
  for (GroupMember& member : members) {
    const std::uint64_t its_packets = member.backend->looked_at();
    member.is_drained = its_packets >= member.due;
    seen += its_packets;
  }
  if (std::exchange(seen_, seen) != seen) last_seen_ = Clock::now();
  return std::ranges::none_of(members, &GroupMember::is_wanted) ||
         Clock::now() - last_seen_ >= patience_;
}

sys::Readable Group::State::wait(const Patience& patience) {
  Duration gathering = Duration::max();
  bool any_away = false;
  waited_for_.clear();
  for (const GroupMember& member : members) {
    if (!member.is_wanted()) continue;
    waited_for_.push_back(member.backend->file_descriptor());
    gathering = std::min(gathering, member.gathering);
    any_away = any_away || member.is_away;
  }
  const int most = any_away ? look_for_adapter_milliseconds : look_again_milliseconds;
  const auto woken = sys::wait_readable(waited_for_, wake_up, patience.milliseconds(most));
  if (woken == sys::Readable::yes) {
    sys::wait(wake_up, patience.milliseconds(milliseconds(gathering)));
  }
  wake_up.clear();
  return woken;
}

Group::Group() : state_{std::make_unique<State>()} {}
Group::Group(Group&&) noexcept = default;
Group& Group::operator=(Group&&) noexcept = default;
Group::~Group() = default;

std::size_t Group::add(const std::string& adapter, const LiveOptions& options) {
  const std::size_t place = state_->members.size();
  GroupMember member{.backend = opened(adapter, options),
                     .gathering = gathering_time(options),
                     .retire = options.retire};
  member.backend->count_as(static_cast<std::uint32_t>(place));
  state_->interfaces.push_back(member.backend->interfaces().front());
  state_->members.push_back(std::move(member));
  state_->count.store(place + 1, std::memory_order_release);
  if (!state_->is_stopped.load(std::memory_order_acquire)) state_->posted.open();
  return place;
}

Batch Group::next(Deadline deadline) { return state_->next(deadline); }

std::span<const Interface> Group::interfaces() const noexcept { return state_->interfaces; }

void Group::stop() noexcept {
  state_->is_stopped.store(true, std::memory_order_release);
  state_->wake_up.set();
}

std::span<const GroupEvent> Group::events() const noexcept { return state_->events; }

std::future<void> Group::post(std::size_t adapter, LiveChange change) {
  state_->check(adapter, "change");
  std::future<void> done = state_->posted.post(adapter, std::move(change));
  state_->wake_up.set();
  return done;
}

LiveStatistics Group::statistics(std::size_t adapter) {
  state_->check(adapter, "statistics");
  return state_->members[adapter].backend->statistics();
}

}  // namespace weir::capture
