// One thread waits: for intervals, signals, confirmations, and what the gate's threads have to
// tell.
#include "cli/gate/gate_run.h"

#include <linux/capability.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "cli/gate/confirmation.h"
#include "cli/gate/gate_events.h"
#include "cli/gate/gate_record.h"
#include "cli/gate/gate_sandbox.h"
#include "cli/gate/live_table.h"
#include "cli/gate/ssh_session.h"
#include "cli/live/live_signals.h"
#include "cli/live/permission_advice.h"
#include "cli/live/stop_descriptor.h"
#include "cli/output/standard_output.h"
#include "cli/stop_signal.h"
#include "weir/capture/interval.h"
#include "weir/gate/gate.h"

namespace weir::cli {
namespace {

using capture::Moment;
using Clock = std::chrono::steady_clock;

/// What keeps the session that one works in, tagged or not: two rules, as adapters without a link
/// header take no filter with "vlan".
std::vector<gate::Rule> rules_of_own_session(const std::optional<SshSession>& session) {
  if (!session) return {};
  const std::string filter = session->filter();
  return {{.id = "ssh", .action = gate::Action::pass, .filter = filter},
          {.id = "ssh_vlan", .action = gate::Action::pass, .filter = "vlan and " + filter}};
}

class Run {
 public:
  explicit Run(GateRunOptions options)
      : options_{confined(std::move(options))},
        session_{own_ssh_session()},
        rules_{options_.rules.read()},
        log_{options_.log.empty() ? nullptr : std::make_unique<VerdictLog>(options_.log)},
        gate_{options_.gate, events_.handlers()} {
    if (options_.confirm) confirmation_.emplace(*options_.confirm);
  }

  ExitCode to_the_end() {
    const StopOnSignal stop{wake_};
    start();
    for (Clock::time_point due = next_interval(); !is_over();) {
      wait(due);
      answer();
      if (Clock::now() < due) continue;
      tell_interval();
      due = next_interval();
    }
    return end();
  }

 private:
  void start() {
    put(rules_);
    try {
      gate_.start();
    } catch (const SystemError& error) {
      if (error.code() != ErrorCode::permission_denied) throw;
      throw AdapterRefused{
          error, "a gate needs root, or CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF and CAP_PERFMON:\n  " +
                     setcap_line(sandbox::only(CAP_NET_ADMIN) | sandbox::only(CAP_NET_RAW) |
                                 sandbox::only(CAP_BPF) | sandbox::only(CAP_PERFMON))};
    }
    const std::vector<std::string> adapters = gate_.adapters();
    present_ = {adapters.begin(), adapters.end()};
    began_ = Moment{};
    if (options_.duration) stop_after(*options_.duration);
    if (session_) {
      tell_note({.kind = "ssh_session",
                 .message = "your ssh session passes: " + to_string(session_->client) + " port " +
                            std::to_string(session_->client_port)});
    }
    ask_for_confirmation();
  }

  /// All or nothing.
  void put(const std::vector<gate::Rule>& rules) {
    std::vector<gate::Rule> all = rules_of_own_session(session_);
    for (gate::Rule rule : rules) {
      // Of what it holds without them the handler tells.
      rule.shown = log_ != nullptr && (rule.action == gate::Action::drop || !rule.changes.empty() ||
                                       rule.delay > Duration::zero());
      all.push_back(std::move(rule));
    }
    events_.know(all);
    gate_.replace(all);
    events_.forget_all_but(all);
  }

  void ask_for_confirmation() {
    if (!confirmation_) return;
    confirmation_->begin(rules_);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*options_.confirm);
    tell_note({.kind = "confirm",
               .message = "press Enter within " + std::to_string(seconds.count()) +
                          " s to keep these rules",
               .counts = {{"seconds", static_cast<std::uint64_t>(seconds.count())}}});
  }

  [[nodiscard]] Clock::time_point next_interval() const {
    return capture::end_of_interval(began_, options_.interval, Clock::now());
  }

  [[nodiscard]] bool is_over() const {
    return stop_requested() || is_refused_ || is_gone_ || (log_ && log_->has_ended());
  }

  void wait(Clock::time_point due) {
    if (confirmation_ && confirmation_->deadline()) due = std::min(due, *confirmation_->deadline());
    const Duration left = std::max<Duration>(due - Clock::now(), Duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec time{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
    std::array<pollfd, 2> watched{pollfd{.fd = wake_.number(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = confirmation_ ? confirmation_->descriptor() : -1,
                                         .events = POLLIN,
                                         .revents = 0}};
    const int ready = ::ppoll(watched.data(), watched.size(), &time, &signals_.while_waiting());
    if (ready < 0 && errno != EINTR) throw SystemError{errno, "wait for the gate"};
    if (ready <= 0) return;
    if (watched[0].revents != 0) wake_.clear();
    if (watched[1].revents != 0 && confirmation_->read()) {
      tell_note({.kind = "confirmed", .message = "confirmed: these rules stay"});
    }
  }

  /// To what has come while it waited.
  void answer() {
    for (const Note& note : events_.take()) {
      // That it has come to those it began with is no news.
      const bool is_known =
          note.kind == std::string_view{"adapter_came"} && present_.erase(note.file);
      if (!is_known) tell_note(note);
    }
    if (take_reload_request()) reload();
    if (take_counters_request()) tell_counters();
    if (confirmation_ && confirmation_->deadline() && Clock::now() >= *confirmation_->deadline()) {
      roll_back();
    }
    is_gone_ = !options_.gate.adapters.empty() && gate_.adapters().empty();
  }

  void reload() {
    if (options_.rules.path().empty()) return;
    table_.clear();
    try {
      std::vector<gate::Rule> rules = options_.rules.read(rules_);
      put(rules);
      rules_ = std::move(rules);
    } catch (...) {
      static_cast<void>(report_exception(options_.errors, options_.rules.path()));
      return tell_note({.kind = "rules_kept", .message = "the rules in force stay"});
    }
    tell_note({.kind = "rules_read",
               .message = options_.rules.path() + ": " +
                          plural(rules_.size(), "rule is", "rules are") + " in force",
               .file = options_.rules.path(),
               .counts = {{"rules", rules_.size()}}});
    ask_for_confirmation();
  }

  void roll_back() {
    auto confirmed = confirmation_->roll_back();
    is_refused_ = !confirmed;
    if (confirmed) {
      put(*confirmed);
      rules_ = std::move(*confirmed);
    }
    tell_note({.kind = "not_confirmed",
               .message = is_refused_ ? "not confirmed: the rules are taken away"
                                      : "not confirmed: the rules before are in force again"});
  }

  [[nodiscard]] GateRecord record() const {
    const Moment now;
    return {.time = now.wall,
            .elapsed = now.steady - began_.steady,
            .is_dry_run = options_.gate.counts_only,
            .adapters = gate_.adapters(),
            .counters = gate_.counters(),
            .rules = gate_.rules()};
  }

  void tell_interval() {
    if (options_.json) {
      const GateRecord now = record();
      const auto alone = log_ ? log_->hold_back() : std::unique_lock<std::mutex>{};
      return print_json(now);
    }
    if (!table_.is_shown() && !options_.tells_intervals) return;
    GateRecord now = record();
    if (table_.is_shown()) {
      table_.show(gate_table(now, earlier_, table_.width()));
    } else {
      std::fputs(gate_table(now, earlier_, 0).c_str(), stderr);
    }
    earlier_ = {std::move(now.rules), now.elapsed};
  }

  /// So far, beside the intervals.
  void tell_counters() {
    const GateRecord now = record();
    if (options_.json) return tell_json(now);
    table_.clear();
    std::fputs((gate_table(now, {}, 0) + gate_remarks(now)).c_str(), stderr);
  }

  void tell_note(const Note& note) {
    table_.clear();
    tell(note, options_.errors);
  }

  /// What is delayed is waited for.
  void tell_of_delays(std::uint64_t waiting) {
    const bool is_long = std::ranges::any_of(
        rules_, [](const gate::Rule& rule) { return rule.delay >= std::chrono::seconds{1}; });
    if (waiting == 0 || !is_long) return;
    tell_note(
        {.kind = "delayed",
         .message = plural(waiting, "packet waits", "packets wait") +
                    " for the delay of a rule; a second signal ends at once, and loses what waits",
         .counts = {{"packets", waiting}}});
  }

  ExitCode end() {
    GateRecord last = record();
    tell_of_delays(last.counters.held.waiting.packets);
    gate_.stop();
    last.counters = gate_.counters();
    last.rules = gate_.rules();
    last.is_last = true;
    for (const Note& note : events_.take()) {
      const bool is_of_adapter = std::string_view{note.kind}.starts_with("adapter_");
      if (!is_of_adapter) tell_note(note);
    }
    table_.clear();
    print_last(last);
    if (log_) log_->expect_whole();
    if (is_refused_) return ExitCode::failed;
    return is_gone_ ? ExitCode::gone : ExitCode::done;
  }

  void print_last(const GateRecord& last) const {
    if (options_.json) return print_json(last);
    const std::string text = gate_table(last, {}, 0) + gate_remarks(last);
    if (log_ && log_->is_standard_output()) {
      // Which is for its lines alone.
      std::fputs(text.c_str(), stderr);
    } else {
      write_standard_output(text);
    }
  }

  GateRunOptions options_;
  // Before any thread starts.
  HeldSignals signals_{SIGUSR1, SIGHUP};
  StopDescriptor wake_{};
  std::optional<SshSession> session_;
  std::vector<gate::Rule> rules_;
  std::unique_ptr<VerdictLog> log_;
  std::optional<Confirmation> confirmation_{};
  GateEvents events_{log_.get(), wake_};
  LiveTable table_{};
  Moment began_{};
  /// Adapters it began with, as long as nobody has told of them.
  std::set<std::string> present_{};
  EarlierHits earlier_{};
  bool is_refused_ = false;
  bool is_gone_ = false;
  // Last: its threads use what is above.
  gate::Gate gate_;
};

}  // namespace

ExitCode run_gate_rules(GateRunOptions options) {
  Run run{std::move(options)};
  return run.to_the_end();
}

}  // namespace weir::cli
