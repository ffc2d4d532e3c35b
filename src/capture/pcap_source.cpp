// PcapSource: the one file of the module that knows pcap.h.
#include "capture/pcap_source.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "capture/live_limits.h"
#include "capture/patience.h"
#include "weir/error.h"

namespace weir::capture {
namespace {

constexpr std::size_t bytes_per_batch = std::size_t{1} << 20;

int errno_of(int status) noexcept {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return ENODEV;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return EPERM;
    case PCAP_ERROR_IFACE_NOT_UP:
      return ENETDOWN;
    default:
      return 0;
  }
}

}  // namespace

/// What one call of pcap_dispatch() fills.
struct PcapSource::Taker {
  explicit Taker(PcapSource& to) noexcept : source{to} {}

  PcapSource& source;
  std::size_t refused = 0;

  // NOLINTNEXTLINE(readability-non-const-parameter): pcap_handler says so.
  static void take(u_char* self, const pcap_pkthdr* header, const u_char* data) {
    reinterpret_cast<Taker*>(self)->add(*header, data);
  }

  void add(const pcap_pkthdr& header, const u_char* data) noexcept {
    const Packet whole{.data = {data, header.caplen},
                       .wire_length = header.len,
                       .link_type = source.description_.link_type};
    if (!source.filter_.matches(whole)) {
      ++refused;
      return;
    }
    const std::size_t size = std::min(header.caplen, source.snapshot_length_);
    const std::size_t used = used_;
    std::memcpy(source.bytes_.data() + used, data, size);
    used_ += size;
    const auto fraction =
        static_cast<std::uint64_t>(header.ts.tv_usec) * source.nanoseconds_per_fraction_;
    source.packets_.push_back({.data = {source.bytes_.data() + used, size},
                               .timestamp = Timestamp{std::chrono::seconds{header.ts.tv_sec} +
                                                      std::chrono::nanoseconds{fraction}},
                               .wire_length = header.len,
                               .interface_index = source.interface_index_,
                               .link_type = source.description_.link_type,
                               .flags = source.clock_});
    if (used_ > bytes_per_batch) ::pcap_breakloop(source.handle_.get());
  }

 private:
  std::size_t used_ = 0;
};

bool is_pcap_device(const std::string& name) {
  constexpr std::array<std::string_view, 5> beginnings{"nflog", "nfqueue", "usbmon", "bluetooth",
                                                       "dbus-"};
  return std::ranges::any_of(beginnings,
                             [&name](std::string_view word) { return name.starts_with(word); });
}

void PcapSource::Close::operator()(pcap* handle) const noexcept { ::pcap_close(handle); }

PcapSource::PcapSource(std::string adapter, const LiveOptions& options)
    : name_{std::move(adapter)},
      watermark_{options.retire},
      snapshot_length_{snapshot_length(options.snapshot_length, longest_snapshot)} {
  if (options.fanout || options.resume) {
    const std::string option = options.fanout ? "fanout" : "resume";
    throw Error{ErrorCode::invalid_argument,
                option + ": not on " + name_ + ", which libpcap captures on"};
  }
  std::array<char, PCAP_ERRBUF_SIZE> words{};
  handle_.reset(::pcap_create(name_.c_str(), words.data()));
  if (!handle_) throw Error{ErrorCode::system_call, "capture on " + name_ + ": " + words.data()};
  activate(options);
  description_.name = name_;
  description_.link_type = link_type_of_dlt(::pcap_datalink(handle_.get()));
  description_.snapshot_length = snapshot_length_;
  description_.ticks_per_second = 1'000'000'000;
  static_cast<void>(options.filter.program(description_.link_type));
  filter_ = options.filter;
  description_.filter = filter_.text();
  bytes_.resize(bytes_per_batch + longest_snapshot + 1);
  packets_.reserve(Batch::max_packets);
}

void PcapSource::activate(const LiveOptions& options) {
  pcap* const handle = handle_.get();
  const sys::RingShape shape = ring_shape(options, 0);
  constexpr std::size_t most = INT32_MAX;
  ::pcap_set_snaplen(handle, static_cast<int>(snapshot_length_));
  ::pcap_set_promisc(handle, options.promiscuous ? 1 : 0);
  ::pcap_set_timeout(handle, static_cast<int>(shape.retire_milliseconds));
  ::pcap_set_immediate_mode(handle, options.immediate ? 1 : 0);
  ::pcap_set_buffer_size(handle, static_cast<int>(std::min(options.ring_size, most)));
  ::pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  if (options.adapter_clock && ::pcap_set_tstamp_type(handle, PCAP_TSTAMP_ADAPTER_UNSYNCED) == 0) {
    clock_ = PacketFlags::adapter_clock;
  }
  if (options.monitor_mode) {
    const int offered = ::pcap_can_set_rfmon(handle);
    if (offered < 0) fail(offered);
    if (offered == 0) fail(PCAP_ERROR_RFMON_NOTSUP);
    ::pcap_set_rfmon(handle, 1);
  }
  if (const int status = ::pcap_activate(handle); status < 0) fail(status);
  const bool nano = ::pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO;
  nanoseconds_per_fraction_ = nano ? 1 : 1000;
  if (options.traffic != Traffic::any) set_direction(options.traffic);
  std::array<char, PCAP_ERRBUF_SIZE> words{};
  if (::pcap_setnonblock(handle, 1, words.data()) != 0) fail(PCAP_ERROR);
  descriptor_ = ::pcap_get_selectable_fd(handle);
  if (descriptor_ < 0) {
    throw Error{ErrorCode::system_call, "capture on " + name_ + ": libpcap cannot wait for it"};
  }
}

void PcapSource::fail(int status) const {
  if (status == PCAP_ERROR_RFMON_NOTSUP) {
    throw SystemError{EOPNOTSUPP, "monitor mode on " + name_};
  }
  const std::string words = ::pcap_geterr(handle_.get());
  const std::string what = "capture on " + name_;
  if (const int number = errno_of(status)) throw SystemError{number, what};
  throw Error{ErrorCode::system_call, what + ": " + words};
}

Batch PcapSource::next_batch(Deadline deadline) {
  const Patience patience{deadline};
  const auto descriptor = sys::FileDescriptor::borrow(descriptor_);
  for (;;) {
    if (stopped_.load(std::memory_order_relaxed)) {
      return {{}, SourceState::stopped, watermark_.now()};
    }
    const Timestamp looked = wall_clock();
    const bool any = take();
    watermark_.delivered(packets_);
    if (!packets_.empty()) return {packets_, SourceState::packets, watermark_.now()};
    if (gone_) {
      watermark_.gone();
      return {{}, SourceState::gone, watermark_.now()};
    }
    if (!any) watermark_.found_empty(looked);
    if (patience.over()) return {{}, patience.state(), watermark_.now()};
    if (!any) static_cast<void>(sys::wait_readable(descriptor, wake_up_, patience.milliseconds()));
  }
}

// Whether there was any packet, let through or not.
bool PcapSource::take() {
  packets_.clear();
  if (gone_) return false;
  Taker taker{*this};
  errno = 0;
  const int status = ::pcap_dispatch(handle_.get(), static_cast<int>(Batch::max_packets),
                                     &Taker::take, reinterpret_cast<u_char*>(&taker));
  delivered_ += packets_.size();
  filtered_ += taker.refused;
  // libpcap's netlink devices take it for a failure when there is nothing to read.
  if (status < 0 && status != PCAP_ERROR_BREAK && errno != EAGAIN) {
    // Nor does it tell an adapter that went down or away from other failures.
    const auto adapter = links_.by_name(name_);
    if (adapter ? adapter->up : is_pcap_device(name_)) fail(status);
    gone_ = true;
  }
  return !packets_.empty() || taker.refused != 0;
}

void PcapSource::stop() noexcept {
  stopped_.store(true, std::memory_order_relaxed);
  wake_up_.set();
}

void PcapSource::change(const LiveChange& change) {
  if (change.promiscuous) {
    throw Error{ErrorCode::invalid_argument,
                "promiscuous: cannot change on " + name_ + ", which libpcap captures on"};
  }
  const std::uint32_t length =
      change.snapshot_length
          ? snapshot_length(*change.snapshot_length, description_.snapshot_length)
          : snapshot_length_;
  // All that can fail comes before anything changes.
  if (change.filter) static_cast<void>(change.filter->program(description_.link_type));
  if (change.traffic) set_direction(*change.traffic);
  if (change.filter) filter_ = *change.filter;
  snapshot_length_ = length;
}

void PcapSource::set_direction(Traffic traffic) {
  const auto direction = traffic == Traffic::any  ? PCAP_D_INOUT
                         : traffic == Traffic::in ? PCAP_D_IN
                                                  : PCAP_D_OUT;
  if (::pcap_setdirection(handle_.get(), direction) != 0) fail(PCAP_ERROR);
  refuses_directions_ = refuses_directions_ || traffic != Traffic::any;
}

LiveStatistics PcapSource::statistics() {
  pcap_stat counters{};
  LiveStatistics all{.delivered = delivered_, .filtered = filtered_};
  if (!refuses_directions_) all.filtered_in_kernel = 0;
  if (::pcap_stats(handle_.get(), &counters) == 0) {
    all.dropped = counters.ps_drop;
    all.received = counters.ps_recv;
  }
  const std::uint64_t known = all.delivered + all.filtered + all.dropped;
  // Not every module counts what it received.
  all.received = std::max(all.received, known);
  all.waiting = all.received - known;
  return all;
}

}  // namespace weir::capture
