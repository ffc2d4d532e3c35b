// The thread of an FParser, from the source through the tracker to the callbacks.
#include "compat/fparser/state.h"

#include <cxxabi.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <random>
#include <utility>

#include "compat/fparser/refuse.h"
#include "compat/gone.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace tcp_or_udp = wire::ip_protocol;

namespace {

constexpr int longest_packet = 262'144;
/// How long an adapter is waited for at once: stop() and silence are noticed as late as that.
constexpr milliseconds patience{50};
/// What came before stop() is handed over by then.
constexpr milliseconds longest_rest{500};
/// How often the counters of an adapter are read.
constexpr milliseconds statistics_every{100};
/// Flows that have ended and wait to be told, about: each is a copy.
constexpr std::size_t most_at_once = 65'536;

using Fields = flow::HistoryFields;
/// What is told of packets, and the lengths of payloads: those tell sequence numbers beforehand,
/// and packets are coded smaller with them than without.
constexpr Fields kept_fields = Fields::timestamp | Fields::ip_id | Fields::ttl | Fields::ip_length |
                               Fields::tcp_flags | Fields::sequence | Fields::acknowledgment |
                               Fields::window | Fields::payload;
/// Rates fade to 0.65 in a second: of -1 / ln 0.65 seconds.
constexpr std::chrono::microseconds rate_constant{2'321'355};

/// Time that passes within what is counted at once, at most: all that falls silent in it may end
/// together.
constexpr seconds longest_step{1};
/// What the tracker takes for the time, without a look at the next packet.
constexpr std::chrono::hours furthest{24};

/// Sets a flag for as long as it lives.
class Raised {
 public:
  explicit Raised(bool& flag) noexcept : flag_{flag} { flag_ = true; }
  Raised(const Raised&) = delete;
  Raised& operator=(const Raised&) = delete;
  ~Raised() { flag_ = false; }

 private:
  bool& flag_;
};

/// Any times: those of packets are what a file says.
bool is_later(Timestamp one, Timestamp other, Duration by) noexcept {
  return other <= Timestamp::max() - by && one > other + by;
}

/// How many packets come within longest_step.
std::size_t portion_of(std::span<const Packet> packets) noexcept {
  const Timestamp begin = packets.front().timestamp;
  const auto later = std::ranges::find_if(packets, [begin](const Packet& packet) {
    return is_later(packet.timestamp, begin, longest_step);
  });
  return static_cast<std::size_t>(later - packets.begin());
}

/// Thrown by the observer: enough have ended for now.
struct Enough {};

Settings checked(Settings settings) {
  if (settings.source.empty()) refuse("source: the name of an adapter, or of a file");
  if (settings.snaplen < 0 || settings.snaplen > longest_packet) {
    refuse("snaplen " + std::to_string(settings.snaplen) + ": 0 to 262144 bytes");
  }
  if (settings.log_level < 0 || settings.log_level > 7) {
    refuse("log_level " + std::to_string(settings.log_level) + ": 0 to 7");
  }
  return settings;
}

/// The tracker's 0 is off.
Duration timeout_of(std::int64_t given, const char* name) {
  if (given < 0) refuse(name + (" " + std::to_string(given)) + ": 0 seconds or more");
  if (given == 0) return Duration{1};
  constexpr std::int64_t most = std::chrono::floor<seconds>(Duration::max()).count();
  return given > most ? Duration::max() : seconds{given};
}

Duration steady_time() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

flow::TrackerOptions tracker_options(const Settings& settings) {
  std::random_device random;
  const auto word = [&] { return std::uint64_t{random()} << 32 | random(); };
  return {.idle = timeout_of(settings.flow_timeout, "flow_timeout"),
          .fin = timeout_of(settings.fin_timeout, "fin_timeout"),
          .unidirectional = !settings.bidirectional,
          .hash_key = {{word(), word()}},
          .history = {.fields = settings.history_budget != 0 ? kept_fields : Fields::none,
                      .budget = settings.history_budget},
          .rates = rate_constant,
          .clock = steady_time};
}

}  // namespace

FParser::State::Source FParser::State::opened(const Settings& settings,
                                              const filter::Filter& filter) {
  if (settings.is_file) {
    return settings.source == "-" ? savefile::Reader::standard_input()
                                  : savefile::Reader{settings.source};
  }
  // By the machine's clock: its time is compared with that of stop().
  return capture::Live{settings.source,
                       {.snapshot_length = static_cast<std::uint32_t>(settings.snaplen),
                        .promiscuous = true,
                        .filter = filter,
                        .adapter_clock = false}};
}

FParser::State::State(Settings given)
    : settings_{checked(std::move(given))},
      filter_{settings_.filter, {.allow_names = true}},
      source_{opened(settings_, filter_)},
      tracker_{*this, tracker_options(settings_)} {
  prepare_filter();
}

/// Names are looked up now; refused where the link type is known and makes no sense of it.
void FParser::State::prepare_filter() const {
  const auto* const file = std::get_if<savefile::Reader>(&source_);
  if (file == nullptr) return;
  for (const LinkType link_type : file->link_types()) {
    static_cast<void>(filter_.program(link_type));
  }
  for (const LinkType link_type :
       {LinkType::ethernet, LinkType::raw, LinkType::linux_sll, LinkType::linux_sll2}) {
    filter_.prepare(link_type);
  }
}

void FParser::State::check_use() const {
  if (is_in_child()) refuse("the parser is of the process that has made it, not of its children");
  if (is_stopped_) refuse("the parser has been stopped");
}

bool FParser::State::ask_to_stop() noexcept {
  if (is_in_child()) return false;
  if (!is_stopped_.exchange(true)) {
    stopped_at_ = wall_clock();
    if (auto* const file = std::get_if<savefile::Reader>(&source_)) file->stop();
  }
  return worker_.load() != std::this_thread::get_id();
}

void FParser::State::stop() noexcept {
  if (!ask_to_stop()) return;
  std::unique_lock lock{end_guard_};
  has_told_.wait(lock, [this] { return has_ended(); });
}

bool FParser::State::stop_within(milliseconds most) noexcept {
  if (!ask_to_stop()) return true;
  std::unique_lock lock{end_guard_};
  return has_told_.wait_for(lock, most, [this] { return has_ended(); });
}

void FParser::State::end() noexcept {
  const std::scoped_lock lock{end_guard_};
  has_told_all_ = true;
  has_told_.notify_all();
}

void FParser::State::run() {
  // Also where a callback ends the thread: pthread_exit(3).
  const std::unique_ptr<State, void (*)(State*)> ending{this, [](State* state) { state->end(); }};
  worker_ = std::this_thread::get_id();
  log(LOG_INFO, (settings_.is_file ? "reading " : "capturing on ") + settings_.source);
  attempt(settings_.source, [this] {
    while (parse_batch()) {
    }
  });
  attempt(settings_.source, [this] { finish(); });
  attempt("kill_callback", [this] {
    if (const auto callback = kill_callback.get()) (*callback)();
  });
}

bool FParser::State::parse_batch() {
  auto* const live = std::get_if<capture::Live>(&source_);
  const Batch batch = std::visit(
      [&](auto& source) {
        return source.next_batch(live == nullptr ? Deadline::for_ever() : Deadline::in(patience));
      },
      source_);
  for (std::span<const Packet> rest = chosen(batch.packets); !rest.empty();) {
    const std::span<const Packet> portion = rest.first(portion_of(rest));
    advance(portion.front().timestamp);
    {
      const std::scoped_lock lock{guard_};
      tracker_.add(portion);
    }
    if (ended_.size() >= most_at_once) tell_ended();
    rest = rest.subspan(portion.size());
  }
  if (live != nullptr && batch.now != Timestamp{}) {
    advance(batch.now);
    const std::scoped_lock lock{guard_};
    tracker_.advance(batch.now);
  }
  if (live != nullptr) count_drops(*live);
  tell_forgotten();
  tell_ended();
  if (batch.state == SourceState::gone) throw gone("capture on", settings_.source);
  return !is_over(batch);
}

/// The kernel has judged those of an adapter.
std::span<const Packet> FParser::State::chosen(std::span<const Packet> packets) {
  if (!settings_.is_file || filter_.is_everything()) return packets;
  chosen_.clear();
  filter_.select(packets, chosen_);
  return chosen_;
}

/// Of an adapter what came before stop() is parsed.
bool FParser::State::is_over(const Batch& batch) const {
  if (batch.is_last()) return true;
  if (!is_stopped_) return false;
  const Timestamp stopped_at = stopped_at_;
  return settings_.is_file || batch.now >= stopped_at || wall_clock() - longest_rest >= stopped_at;
}

void FParser::State::count_drops(capture::Live& live) {
  if (SteadyClock::now() < next_statistics_) return;
  next_statistics_ = SteadyClock::now() + statistics_every;
  const capture::LiveStatistics now = live.statistics();
  const std::uint64_t dropped = now.dropped - statistics_.dropped;
  {
    const std::scoped_lock lock{guard_};
    statistics_ = now;
  }
  if (dropped == 0) return;
  log(LOG_WARNING,
      settings_.source + ": " + std::to_string(dropped) + " packets dropped for want of room");
}

/// Once: it goes on from there.
void FParser::State::tell_forgotten() {
  if (has_told_forgotten_ || tracker_.history_counts().dropped == 0) return;
  has_told_forgotten_ = true;
  log(LOG_WARNING, settings_.source + ": the oldest packets are forgotten, all " +
                       std::to_string(settings_.history_budget) + " bytes for packets are used");
}

/// What `end` has the tracker end is told some at a time. False if there is more.
template <class End>
bool FParser::State::end_some(End end) {
  const std::scoped_lock lock{guard_};
  const Raised raised{may_interrupt_};
  try {
    end();
    return true;
  } catch (const Enough&) {
    return false;
  }
}

/// Lets time pass up to the next packet, and tells in between where many flows end of it. Not where
/// a packet waits to be counted, which that would lose, nor where the packet may be no sign of
/// time: there the tracker decides.
void FParser::State::advance(Timestamp to) {
  const flow::TrackerFacts facts = tracker_.facts();
  const flow::TrackerCounts& counts = facts.counts;
  if (!facts.last || counts.hits + counts.misses != counts.tracked) return;
  if (to <= *facts.last || is_later(to, *facts.last, furthest)) return;
  // Interrupted, the present is there already: the rest ends a nanosecond later.
  while (!end_some([&] { tracker_.advance(to); })) {
    tell_ended();
    to += Duration{1};
  }
}

void FParser::State::finish() {
  while (!end_some([this] { tracker_.finish(); })) tell_ended();
  tell_forgotten();
  tell_ended();
  tell_refused();
}

void FParser::State::on_end(const flow::Flow& flow, flow::EndReason /*reason*/) {
  if (!is_told(flow.protocol())) return;
  if (!(flow.protocol() == tcp_or_udp::tcp ? tcp_callback : udp_callback).is_set()) return;
  ended_.push_back(copy_of(flow));
  if (may_interrupt_ && ended_.size() >= most_at_once) throw Enough{};
}

// Without the lock: callbacks may ask for flows.
void FParser::State::tell_ended() {
  for (FlowPointer& flow : ended_) {
    const bool is_tcp = flow->flow().protocol() == tcp_or_udp::tcp;
    attempt(is_tcp ? "tcp_callback" : "udp_callback", [&] {
      if (const auto callback = (is_tcp ? tcp_callback : udp_callback).get()) (*callback)(flow);
    });
    flow.reset();
  }
  ended_.clear();
}

/// Packets of a file whose link type the filter makes no sense for.
void FParser::State::tell_refused() const {
  for (const filter::Refusal& refusal : filter_.refusals()) {
    if (refusal.packets == 0) continue;
    log(LOG_ERR, settings_.source + ": " + std::to_string(refusal.packets) +
                     " packets left out: " + refusal.error.what());
  }
}

template <class Work>
void FParser::State::attempt(const std::string& what, Work work) const {
  try {
    work();
  } catch (const std::exception& error) {
    const std::string words = error.what();
    log(LOG_ERR, words.contains(what) ? words : what + ": " + words);
  } catch (const abi::__forced_unwind&) {
    throw;  // the thread is being ended
  } catch (...) {
    log(LOG_ERR, what + ": an exception of no known kind");
  }
}

void FParser::State::log(int level, const std::string& line) const {
  if (level > settings_.log_level || !settings_.log) return;
  try {
    settings_.log(level, line);
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (...) {
    return;  // there is nobody left to tell
  }
}

}  // namespace weir::compat::fparser
