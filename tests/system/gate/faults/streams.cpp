// One thread sends on all ways, one receives.
#include "system/gate/faults/streams.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <ctime>

namespace weir::test {
namespace {

/// Datagrams of all ways that can be told apart.
constexpr std::size_t most_of_all = 400'000;
/// Nothing for that long, and no more is expected.
constexpr Moment quiet = 150'000'000;

/// The machine may be busy with other things; that is not what is measured.
void be_prompt(std::thread& thread) noexcept {
  const sched_param first{.sched_priority = 1};
  static_cast<void>(::pthread_setschedparam(thread.native_handle(), SCHED_FIFO, &first));
}

/// A clock that stands still while the sender does not send.
class SendingClock {
 public:
  explicit SendingClock(std::span<const Sent> way) : way_{way} {
    Moment time = 0;
    for (std::size_t i = 0; i < way.size(); ++i) {
      if (i > 0) time += std::min(way[i].sent - way[i - 1].sent, longest_pause);
      times_.push_back(time);
    }
  }

  [[nodiscard]] Moment at(Moment moment) const {
    const auto next = std::ranges::upper_bound(way_, moment, {}, &Sent::sent);
    if (next == way_.begin()) return 0;
    const auto last = next - way_.begin() - 1;
    return times_[static_cast<std::size_t>(last)] +
           std::min(moment - way_[static_cast<std::size_t>(last)].sent, longest_pause);
  }

 private:
  static constexpr Moment longest_pause = 10'000'000;
  std::span<const Sent> way_;
  std::vector<Moment> times_{};
};

}  // namespace

Moment now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Figures figures_of(std::span<const Sent> way, Period period) {
  const SendingClock clock{way};
  std::vector<Moment> arrivals;
  for (const Sent& datagram : way) {
    if (datagram.arrived != 0) arrivals.push_back(datagram.arrived);
  }
  std::ranges::sort(arrivals);
  Figures figures;
  Moment longest = 0;
  for (const Sent& datagram : way) {
    if (datagram.sent < period.from || datagram.sent >= period.to) continue;
    ++figures.sent;
    figures.delivered += datagram.arrived != 0 ? 1 : 0;
    figures.stamped += datagram.stamped ? 1 : 0;
    const auto next = std::ranges::lower_bound(arrivals, datagram.sent);
    const Moment end = next != arrivals.end() ? *next : way.back().sent;
    const Moment gap = clock.at(end) - clock.at(datagram.sent);
    if (gap > longest) figures.gap_from = datagram.sent;
    longest = std::max(longest, gap);
  }
  figures.longest_gap = static_cast<double>(longest) / 1e6;
  return figures;
}

Streams::Streams(std::vector<Way> ways, unsigned rate)
    : ways_{std::move(ways)},
      step_{1'000'000'000 / static_cast<Moment>(rate)},
      most_{most_of_all / ways_.size()},
      sent_{ways_.size(), std::vector<Sent>(most_)} {
  receiver_ = std::thread{[this] { receive(); }};
  sender_ = std::thread{[this] { send(); }};
  be_prompt(receiver_);
  be_prompt(sender_);
}

void Streams::send() noexcept {
  Moment due = now();
  std::vector<std::size_t> used(ways_.size());
  for (std::uint64_t number = 0; number < most_ && !ends_; ++number) {
    due = std::max(due + step_, now());
    const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      const StreamPayload payload{.number = used[i]};
      Sent& datagram = sent_[i][used[i]];
      datagram.sent = now();
      if (::send(ways_[i].from, &payload, sizeof payload, 0) == sizeof payload) {
        ++used[i];
      } else {
        // The adapter is not there.
        datagram.sent = 0;
      }
    }
  }
  sent_all_ = true;
}

void Streams::receive() noexcept {
  const sys::FileDescriptor poll{::epoll_create1(EPOLL_CLOEXEC)};
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(poll.number(), EPOLL_CTL_ADD, ways_[i].to, &event);
  }
  std::array<epoll_event, 64> events;
  Moment last = now();
  while (!sent_all_ || now() - last < quiet) {
    const int count = ::epoll_wait(poll.number(), events.data(), events.size(), 10);
    for (int i = 0; i < count; ++i) take(events[static_cast<std::size_t>(i)].data.u64);
    if (count > 0 || !sent_all_) last = now();
  }
}

void Streams::take(std::size_t way) noexcept {
  StreamPayload payload;
  for (;;) {
    const auto size = ::recv(ways_[way].to, &payload, sizeof payload, 0);
    if (size < 0) return;
    if (size != sizeof payload || payload.number >= most_) continue;
    Sent& datagram = sent_[way][payload.number];
    datagram.arrived = now();
    datagram.stamped = payload.stamp != 0;
  }
}

void Streams::finish() {
  ends_ = true;
  if (sender_.joinable()) sender_.join();
  if (receiver_.joinable()) receiver_.join();
  for (auto& way : sent_)
    std::erase_if(way, [](const Sent& datagram) { return datagram.sent == 0; });
}

Figures Streams::figures(Period period) const {
  Figures sum;
  for (const auto& way : sent_) {
    const Figures one = figures_of(way, period);
    sum.sent += one.sent;
    sum.delivered += one.delivered;
    sum.stamped += one.stamped;
    if (one.longest_gap <= sum.longest_gap) continue;
    sum.longest_gap = one.longest_gap;
    sum.gap_from = one.gap_from;
  }
  return sum;
}

}  // namespace weir::test
