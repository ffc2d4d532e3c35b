// Declares and reads the capture group of options.
#include "cli/live/ring_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/exit_code.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

constexpr std::uint64_t longest_snapshot = 262'144;
/// A ring of the usual size has room for ten seconds in which nobody takes anything, at any rate
/// up to what fills it; a smaller one hands packets over later for that, within bounds. Who waits
/// for a file, flows or intervals waits for seconds anyway, and packets cost less the more come at
/// once.
Duration retire_time(std::size_t ring_size, bool is_watched) {
  using std::chrono::milliseconds;
  const capture::LiveOptions usual;
  const std::size_t share =
      usual.ring_size / std::clamp<std::size_t>(ring_size, 1, usual.ring_size);
  const Duration enough = usual.retire * static_cast<Duration::rep>(share);
  return is_watched ? std::clamp<Duration>(enough, usual.retire, milliseconds{200})
                    : std::clamp<Duration>(enough, milliseconds{100}, milliseconds{1'000});
}

/// -B.
std::uint64_t bytes_of(const std::string& kibibytes) {
  const std::uint64_t count = parse_count(kibibytes, "-B");
  if (count > UINT64_MAX / 1024) throw UsageError{"-B: " + kibibytes + " is too large"};
  return count * 1024;
}

}  // namespace

void RingOptions::declare(CLI::App& app) {
  constexpr const char* group = "Capture";
  app.add_option("--duration", duration_, "end after this long")
      ->type_name("DURATION")
      ->group(group);
  app.add_option("-s,--snapshot-length", snapshot_length_, "bytes kept of each packet (262144)")
      ->type_name("N")
      ->group(group);
  app.add_option("-B,--buffer-size", kibibytes_, "size of the ring in KiB")
      ->type_name("KIB")
      ->group(group);
  app.add_option("--ring-size", size_, "size of the ring in bytes (64Mi)")
      ->type_name("SIZE")
      ->group(group);
  app.add_option("--filter-in", filter_in_,
                 "kernel (the default), or user: then every packet of the adapter is counted")
      ->type_name("kernel|user")
      ->group(group);
  app.add_flag("--immediate-mode", immediate_, "take each packet as it comes, whatever that costs")
      ->group(group);
  app.add_flag("--resume", resume_, "when the adapter goes down or away, wait for it")
      ->group(group);
  app.add_flag("-I,--monitor-mode", monitor_, "Wi-Fi: every frame on the air")->group(group);
}

capture::LiveOptions RingOptions::live(const LiveInput& input, bool is_watched) const {
  capture::LiveOptions live{.immediate = immediate_,
                            .promiscuous = input.promiscuous,
                            .traffic = input.traffic,
                            .resume = resume_,
                            .monitor_mode = monitor_};
  if (!snapshot_length_.empty()) {
    const std::uint64_t length = parse_count(snapshot_length_, "-s");
    if (length > longest_snapshot) throw UsageError{"-s: at most 262144"};
    live.snapshot_length = static_cast<std::uint32_t>(length);
  }
  if (!kibibytes_.empty() && !size_.empty()) throw UsageError{"-B and --ring-size: one of them"};
  if (!kibibytes_.empty()) live.ring_size = bytes_of(kibibytes_);
  if (!size_.empty()) live.ring_size = parse_count(size_, "--ring-size");
  live.retire = retire_time(live.ring_size, is_watched);
  if (filter_in_ != "kernel" && filter_in_ != "user") {
    throw UsageError{"--filter-in: kernel or user, not " + filter_in_};
  }
  live.filter_in_user_space = filter_in_ == "user";
  return live;
}

Duration RingOptions::duration() const {
  return duration_.empty() ? Duration::zero() : parse_time_span(duration_, "--duration");
}

}  // namespace weir::cli
