// Several workers: each flow's packets are decided in order, by one of them at a time, and side
// work is done by one at a time.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "gate/handling.h"
#include "gate/held/hold_table.h"
#include "gate/rules/rule_list.h"
#include "gate/side_work.h"
#include "gate/thread.h"
#include "gate/worker_hooks.h"
#include "sys/wake_up.h"
#include "weir/gate/held_packet.h"

namespace weir::gate {

/// A packet to be decided, and the rule that holds it.
struct Job {
  HeldPacket packet;
  std::shared_ptr<const RuleEntry> rule;
};

/// All but start() by any thread.
class WorkerPool {
 public:
  /// `at_rest` is set when there is no side work any more. All of these outlive it.
  WorkerPool(const Workers& options, Handling& handling, HoldTable& table, SideWork& side_work,
             const sys::WakeUp& at_rest);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Waits until what has been put in is handled.
  ~WorkerPool();

  /// Returns once as many workers as there are to be have begun. Throws SystemError; Error where
  /// none may be used.
  void start();
  void put(Job&& job);
  /// Whether all packets that were put in are handled.
  [[nodiscard]] bool is_idle();
  /// Has a worker do side work as long as there is any.
  void do_side_work();
  [[nodiscard]] bool is_at_side_work() const noexcept { return is_at_side_work_; }

 private:
  /// Flows by their hash; what of one is not handled yet.
  struct Bucket {
    std::vector<Job> jobs{};
    /// A worker is at it, or it waits for one.
    bool is_taken = false;
  };
  static constexpr std::size_t bucket_count = 256;

  void add_thread();
  /// Makes another worker for what waits, if there may be one.
  void grow();
  void put(Bucket& bucket);
  void begin_side_work();
  void work(Lane& lane);
  /// Behind a turn.
  [[nodiscard]] bool has_more(const Bucket& bucket) noexcept;
  void handle(std::vector<Job>& jobs, Lane& lane);

  const Workers& options_;
  Handling& handling_;
  HoldTable& table_;
  SideWork& side_work_;
  const sys::WakeUp& at_rest_;
  WorkerHooks hooks_;
  std::mutex mutex_{};
  std::condition_variable filled_{};
  std::condition_variable started_{};
  std::array<Bucket, bucket_count> buckets_{};
  /// Has no jobs: it stands for side work, among those that are ready.
  Bucket side_{};
  std::atomic<bool> is_at_side_work_{false};
  /// In the order they are to be taken.
  std::deque<Bucket*> ready_{};
  unsigned starting_ = 0;
  unsigned idle_ = 0;
  unsigned usable_ = 0;
  bool ends_ = false;
  std::vector<std::unique_ptr<Thread>> threads_{};
};

}  // namespace weir::gate
