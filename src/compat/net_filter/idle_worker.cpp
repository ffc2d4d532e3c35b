// One call at a time; no lock is held while a handler is called.
#include "compat/net_filter/idle_worker.h"

#include <utility>

#include "compat/net_filter/worker_events.h"

namespace weir::compat::net_filter {

bool IdleWorker::call(std::function<void()> work) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= most_waiting) return false;
  waiting_.push_back(std::move(work));
  if (!is_resting_) begin();
  changed_.notify_one();
  return true;
}

void IdleWorker::begin() {
  if (thread_.joinable()) {
    if (!was_refused_) return;
    thread_.join();
    was_refused_ = false;
  }
  thread_ = WorkerThread{[this] { run(); }, stack_size_};
}

IdleWorker::~IdleWorker() {
  {
    const std::lock_guard lock{mutex_};
    waiting_.clear();
  }
  rest();
}

void IdleWorker::rest() {
  WorkerThread ended;
  {
    const std::lock_guard lock{mutex_};
    is_resting_ = true;
    left_ = waiting_.size();
    std::swap(ended, thread_);
  }
  changed_.notify_all();
  if (!ended.joinable()) return;
  ended.join();
  const std::lock_guard lock{mutex_};
  was_refused_ = false;
}

void IdleWorker::wake() {
  const std::lock_guard lock{mutex_};
  is_resting_ = false;
  if (!waiting_.empty()) begin();
}

std::deque<std::function<void()>> IdleWorker::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

void IdleWorker::set_around(Around around) {
  const std::lock_guard lock{mutex_};
  around_ = std::move(around);
}

void IdleWorker::set_stack_size(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  stack_size_ = bytes;
}

void IdleWorker::run() noexcept {
  const bool is_used = worker_starts(events_);
  std::unique_lock lock{mutex_};
  if (!is_used) {
    // What waits does so for another thread, which the next call makes.
    was_refused_ = true;
    return;
  }
  for (;;) {
    changed_.wait(lock, [this] { return is_resting_ || !waiting_.empty(); });
    if (is_resting_ && left_ == 0) break;
    if (is_resting_) --left_;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    const Around around = around_;
    lock.unlock();
    {
      const auto held = around ? around() : nullptr;
      work();
    }
    lock.lock();
  }
  lock.unlock();
  worker_ends(events_);
}

}  // namespace weir::compat::net_filter
