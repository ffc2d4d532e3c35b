// Buckets of flows that workers take turns at.
#include "gate/worker_pool.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "gate/flow_key.h"
#include "gate/judge.h"
#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

/// The same for both directions of a flow. What has no flow of its own is kept in order as a whole.
std::size_t affinity(const Packet& packet) noexcept {
  const auto key = flow_key(packet);
  if (!key) return 0;
  const auto hash = [](const FlowKey& of) {
    const Bytes bytes = sys::bytes_of(of);
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  };
  return hash(*key) ^ hash(key->reversed());
}

}  // namespace

WorkerPool::WorkerPool(const Workers& options, Handling& handling, HoldTable& table,
                       SideWork& side_work, const sys::WakeUp& at_rest)
    : options_{options},
      handling_{handling},
      table_{table},
      side_work_{side_work},
      at_rest_{at_rest},
      hooks_{options, handling} {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock{mutex_};
    ends_ = true;
  }
  filled_.notify_all();
  threads_.clear();
}

void WorkerPool::start() {
  std::unique_lock lock{mutex_};
  for (unsigned i = 0; i < std::max(1U, options_.min); ++i) add_thread();
  started_.wait(lock, [&] { return starting_ == 0; });
  if (usable_ == 0) {
    throw Error{ErrorCode::invalid_argument, "no worker may be used: on_start refused them all"};
  }
}

void WorkerPool::add_thread() {
  Lane& lane = table_.add_lane();
  ++starting_;
  try {
    threads_.push_back(
        std::make_unique<Thread>([this, &lane] { work(lane); }, options_.stack_size));
  } catch (...) {
    --starting_;
    throw;
  }
}

void WorkerPool::grow() {
  const bool is_enough = ready_.size() <= idle_ + starting_;
  if (is_enough || ends_ || threads_.size() >= options_.max) return;
  try {
    add_thread();
  } catch (const Error& error) {
    // Those there are go on.
    handling_.report(GateError::Where::worker, error.what());
  }
}

void WorkerPool::put(Bucket& bucket) {
  if (std::exchange(bucket.is_taken, true)) return;
  ready_.push_back(&bucket);
  filled_.notify_one();
  grow();
}

void WorkerPool::put(Job&& job) {
  const std::lock_guard lock{mutex_};
  Bucket& bucket = buckets_[affinity(job.packet.packet()) % bucket_count];
  bucket.jobs.push_back(std::move(job));
  put(bucket);
}

void WorkerPool::do_side_work() {
  const std::lock_guard lock{mutex_};
  begin_side_work();
}

void WorkerPool::begin_side_work() {
  is_at_side_work_ = true;
  put(side_);
}

bool WorkerPool::is_idle() {
  const std::lock_guard lock{mutex_};
  return std::ranges::none_of(buckets_, [](const Bucket& bucket) { return bucket.is_taken; });
}

void WorkerPool::work(Lane& lane) {
  const bool usable = hooks_.start();
  std::unique_lock lock{mutex_};
  --starting_;
  if (usable) ++usable_;
  started_.notify_all();
  if (!usable) return grow();
  std::vector<Job> jobs;
  for (;;) {
    ++idle_;
    filled_.wait(lock, [&] { return ends_ || !ready_.empty(); });
    --idle_;
    if (ready_.empty()) break;
    Bucket& bucket = *ready_.front();
    ready_.pop_front();
    std::swap(jobs, bucket.jobs);
    lock.unlock();
    if (&bucket == &side_) {
      side_work_.work(hooks_);
    } else {
      handle(jobs, lane);
    }
    lock.lock();
    bucket.is_taken = has_more(bucket);
    if (bucket.is_taken) ready_.push_back(&bucket);
    // Packets may have left copies behind.
    if (!is_at_side_work_ && side_work_.has_more()) begin_side_work();
  }
  lock.unlock();
  hooks_.end();
}

bool WorkerPool::has_more(const Bucket& bucket) noexcept {
  if (&bucket != &side_) return !bucket.jobs.empty();
  is_at_side_work_ = side_work_.has_more();
  if (!is_at_side_work_) at_rest_.set();
  return is_at_side_work_;
}

void WorkerPool::handle(std::vector<Job>& jobs, Lane& lane) {
  Judge judge{handling_, side_work_, lane};
  const Lane::Batch batch{lane};
  const auto around = hooks_.around_batch();
  for (Job& job : jobs) judge.decide(job.packet, *job.rule);
  jobs.clear();
}

}  // namespace weir::gate
