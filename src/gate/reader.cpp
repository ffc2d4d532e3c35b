// Batch by batch: taken in first, so that deadlines hold for all of it, then decided.
#include "gate/reader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include "weir/error.h"

namespace weir::gate {

Reader::Reader(const Workers& options, Handling& handling, Maps& maps, HoldTable& table)
    : handling_{handling},
      maps_{maps},
      table_{table},
      hooks_{options, handling},
      relief_{table.add_lane()},
      held_{maps.held},
      side_work_{handling, maps, table} {
  if (options.max > 1) {
    pool_ = std::make_unique<WorkerPool>(options, handling, table, side_work_, beside_);
    pool_->start();
  }
  Lane& lane = table.add_lane();
  thread_ = std::make_unique<Thread>([this, &lane] { run(lane); },
                                     pool_ == nullptr ? options.stack_size : 0);
  std::unique_lock lock{mutex_};
  started_.wait(lock, [&] { return state_ != State::starting; });
  if (state_ == State::refused) {
    throw Error{ErrorCode::invalid_argument, "no worker may be used: on_start refused it"};
  }
}

Reader::~Reader() { end_.set(); }

bool Reader::call(std::function<void()> call) {
  if (!side_work_.call(std::move(call))) return false;
  beside_.set();
  return true;
}

void Reader::close() {
  side_work_.close();
  while (!side_work_.has_called_all()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

void Reader::drain() {
  // In this order: what is held leaves copies behind.
  while (!held_.is_idle() || (pool_ != nullptr && !pool_->is_idle()) ||
         !side_work_.has_shown_all()) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

void Reader::relieve(std::uint64_t deadline) noexcept {
  const bool passes = table_.deadline_policy() == Policy::open;
  const auto view = handling_.views.now();
  const Lane::Batch batch{relief_};
  Judge judge{handling_, side_work_, relief_};
  held_.relieve(
      deadline, [&](const TakenRecord& taken) { judge.expire(taken, *view, passes); },
      [&] { relief_.flush(); });
}

bool Reader::may_run() noexcept {
  const bool may = pool_ != nullptr || hooks_.start();
  const std::lock_guard lock{mutex_};
  state_ = may ? State::running : State::refused;
  started_.notify_one();
  return may;
}

void Reader::run(Lane& lane) noexcept {
  if (!may_run()) return;
  Judge judge{handling_, side_work_, lane};
  std::atomic_ref awake{maps_.control.writable_words()[control::reader_awake]};
  awake = 1;
  for (;;) {
    const bool held = read_held(judge, lane);
    const bool beside = do_side_work();
    if (!held && !beside && !wait()) break;
  }
  awake = 0;
  if (pool_ == nullptr) hooks_.end();
}

bool Reader::wait() noexcept {
  // What it takes the kernel to put a thread to sleep and to wake it, some times over.
  constexpr std::uint64_t patience = 60'000;
  const std::uint64_t began = monotonic_now();
  if (is_hasty_) {
    do {
      if (held_.has_more() || (!is_pool_at_side_work() && side_work_.has_more())) return true;
    } while (monotonic_now() - began < patience);
  }
  // From now on the programs wake us, but for records that had a place before: poll() finds those.
  std::atomic_ref awake{maps_.control.writable_words()[control::reader_awake]};
  awake = 0;
  const std::array<int, 3> readable{maps_.held.descriptor().number(), beside_.descriptor().number(),
                                    maps_.notices.descriptor().number()};
  const std::size_t count = is_pool_at_side_work() ? readable.size() - 1 : readable.size();
  const auto woken = sys::wait_readable(std::span{readable}.first(count), end_, -1);
  awake = 1;
  beside_.clear();
  is_hasty_ = monotonic_now() - began < 2 * patience;
  return woken != sys::Readable::woken;
}

bool Reader::read_held(Judge& judge, Lane& lane) noexcept {
  const auto taken = held_.take();
  if (taken.empty()) return false;
  const auto view = handling_.views.now();
  {
    const Lane::Batch batch{lane};
    std::array<Judge::Case, Intake::batch_size> cases{};
    std::ranges::transform(taken, cases.begin(),
                           [&](const TakenRecord& record) { return judge.hold(record, *view); });
    const auto around = pool_ == nullptr ? hooks_.around_batch() : nullptr;
    for (Judge::Case& open : std::span{cases}.first(taken.size())) {
      if (open.slot == nullptr) continue;
      HeldPacket packet = Slot::handle(*open.slot);
      if (pool_ == nullptr) {
        judge.decide(packet, *open.rule);
      } else {
        pool_->put({std::move(packet), std::move(open.rule)});
      }
    }
  }
  held_.finish();
  return true;
}

bool Reader::do_side_work() noexcept {
  if (pool_ != nullptr) {
    if (!pool_->is_at_side_work() && side_work_.has_more()) pool_->do_side_work();
    return false;
  }
  if (!side_work_.has_more()) return false;
  // What is held meanwhile is the clock's to look after.
  held_.step_away();
  side_work_.work(hooks_);
  held_.finish();
  return true;
}

}  // namespace weir::gate
