// What an FParser shares with its thread: a source, a tracker, and what is told of it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "compat/fparser/fair_mutex.h"
#include "compat/fparser/process.h"
#include "weir/capture/live.h"
#include "weir/compat/fparser.h"
#include "weir/filter/filter.h"
#include "weir/flow/tracker.h"
#include "weir/savefile/reader.h"

namespace weir::compat::fparser {

/// As the constructor of FParser is given it.
struct Settings {
  std::string source{};
  bool is_file = false;
  std::int64_t flow_timeout = 0;
  std::int64_t fin_timeout = 0;
  std::string filter{};
  int snaplen = 0;
  int log_level = 0;
  bool bidirectional = false;
  FParser::Log log{};
  std::size_t history_budget = 0;
};

/// A function that another thread may replace while it is called.
template <class Function>
class Callback {
 public:
  void set(Function function) {
    auto next = function ? std::make_shared<const Function>(std::move(function)) : nullptr;
    const std::scoped_lock lock{guard_};
    is_set_ = next != nullptr;
    function_.swap(next);
  }
  [[nodiscard]] bool is_set() const noexcept { return is_set_; }
  /// Null for none.
  [[nodiscard]] std::shared_ptr<const Function> get() const {
    const std::scoped_lock lock{guard_};
    return function_;
  }

 private:
  mutable std::mutex guard_{};
  std::shared_ptr<const Function> function_{};
  std::atomic<bool> is_set_ = false;
};

struct FParser::State final : private flow::Observer {
 public:
  /// Opens the source. Throws as FParser does.
  explicit State(Settings given);

  /// Parses, to the end of the source or until stop(), and tells all of it.
  void run();
  /// Both return at once on the parser's thread, and in a child of the process, where there is
  /// none.
  void stop() noexcept;
  /// Whether nothing is left to wait for.
  [[nodiscard]] bool stop_within(std::chrono::milliseconds most) noexcept;
  [[nodiscard]] bool has_ended() const noexcept { return has_told_all_; }
  /// Whether this is a child of the process that has the thread: fork(2).
  [[nodiscard]] bool is_in_child() const noexcept { return !process_.is_this(); }
  /// Throws Error after stop(), and in a child.
  void check_use() const;

  [[nodiscard]] std::vector<FlowPointer> flows(int sort_order, std::size_t most) const;
  [[nodiscard]] FlowPointer find(std::uint8_t protocol, const flow::Endpoint& from,
                                 const flow::Endpoint& to) const;
  [[nodiscard]] FParserInfo info() const;

  Callback<FlowCallback> tcp_callback{};
  Callback<FlowCallback> udp_callback{};
  Callback<KillCallback> kill_callback{};

 private:
  /// A copy, packets and all. Of the tracker's thread, or with the lock.
  [[nodiscard]] FlowPointer copy_of(const flow::Flow& flow) const;
  /// The largest by `key`, which takes a flow; among equals as they lie in the table.
  template <class Key>
  [[nodiscard]] std::vector<FlowPointer> first_by(Key key, std::size_t most) const;

  using Source = std::variant<capture::Live, savefile::Reader>;
  using SteadyClock = std::chrono::steady_clock;

  [[nodiscard]] static Source opened(const Settings& settings, const filter::Filter& filter);
  void prepare_filter() const;

  // On the parser's thread.
  [[nodiscard]] bool parse_batch();
  [[nodiscard]] std::span<const Packet> chosen(std::span<const Packet> packets);
  [[nodiscard]] bool is_over(const Batch& batch) const;
  void count_drops(capture::Live& live);
  void advance(Timestamp to);
  void finish();
  template <class End>
  [[nodiscard]] bool end_some(End end);
  void end() noexcept;
  void on_end(const flow::Flow& flow, flow::EndReason reason) override;
  void tell_forgotten();
  void tell_ended();
  void tell_refused() const;
  /// What `work` throws is logged, after `what` where that is not in its words.
  template <class Work>
  void attempt(const std::string& what, Work work) const;
  void log(int level, const std::string& line) const;

  /// Asks for the end, and whether somebody may wait for it here.
  [[nodiscard]] bool ask_to_stop() noexcept;

  const Process process_{};
  Settings settings_;
  filter::Filter filter_;
  Source source_;
  /// Of the next two, and of the flows in the tracker.
  mutable FairMutex guard_{};
  flow::Tracker tracker_;
  capture::LiveStatistics statistics_{};

  std::atomic<bool> is_stopped_ = false;
  std::atomic<Timestamp> stopped_at_ = Timestamp::max();
  /// Of has_told_all_, for who waits.
  std::mutex end_guard_{};
  std::condition_variable has_told_{};
  std::atomic<bool> has_told_all_ = false;
  std::atomic<std::thread::id> worker_{};

  // Of the parser's thread alone.
  std::vector<Packet> chosen_{};
  std::vector<FlowPointer> ended_{};
  bool may_interrupt_ = false;
  bool has_told_forgotten_ = false;
  SteadyClock::time_point next_statistics_{};
};

}  // namespace weir::compat::fparser
