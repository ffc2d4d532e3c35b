// Declares and reads the capture group of options.
#include "live_options.h"

#include <CLI/CLI.hpp>

#include "exit_code.h"
#include "filter_text.h"
#include "units.h"
#include "weir/capture/adapter.h"

namespace weir::cli {
namespace {

constexpr const char* group = "Capture";

}  // namespace

void LiveOptions::declare(CLI::App& app, bool ring) {
  app.add_option("-i,--interface", adapters_,
                 "capture from this adapter (repeatable), any is all of them; else the first that "
                 "is up and has an address")
      ->type_name("IF")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("-F,--filter-file", filter_file_, "read the filter from this file")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--no-names", no_names_, "do not look up host names in filters")->group(group);
  app.add_flag("-p,--no-promiscuous-mode", not_promiscuous_,
               "only what the adapter takes in anyway")
      ->group(group);
  app.add_option("-Q,--direction", direction_, "in, out or inout (the default)")
      ->type_name("in|out|inout")
      ->group(group);
  app.add_option("--duration", duration_, "end after this long")
      ->type_name("DURATION")
      ->group(group);
  if (ring) declare_ring(app);
}

void LiveOptions::declare_ring(CLI::App& app) {
  app.add_option("-s,--snapshot-length", snapshot_length_, "bytes kept of each packet (262144)")
      ->type_name("N")
      ->group(group);
  app.add_option("-B,--buffer-size", kibibytes_, "size of the ring in KiB")
      ->type_name("KIB")
      ->group(group);
  app.add_option("--ring-size", ring_size_, "size of the ring in bytes (64Mi)")
      ->type_name("SIZE")
      ->group(group);
  app.add_flag("--immediate-mode", immediate_, "take each packet as it comes, whatever that costs")
      ->group(group);
  app.add_flag("-I,--monitor-mode", monitor_, "Wi-Fi: every frame on the air")->group(group);
  app.add_flag("--resume", resume_, "when the adapter goes down or away, wait for it")
      ->group(group);
  app.add_option("--filter-in", filter_in_,
                 "kernel (the default), or user: then every packet of the adapter is counted")
      ->type_name("kernel|user")
      ->group(group);
}

std::vector<std::string> LiveOptions::adapters() const {
  if (!adapters_.empty()) return adapters_;
  const std::vector<capture::Adapter> all = capture::adapters();
  const capture::Adapter* const adapter = capture::default_adapter(all);
  if (adapter == nullptr) {
    throw Error{ErrorCode::not_found,
                "no adapter is up and has an address: name one with -i (weir adapters lists them)"};
  }
  return {adapter->name};
}

std::string LiveOptions::filter(const std::vector<std::string>& words) const {
  std::vector<std::string> plain = words;
  std::erase(plain, "--");
  if (filter_file_.empty()) return join(plain);
  if (!plain.empty()) throw UsageError{"-F: there is already a filter on the command line"};
  return read_filter_file(filter_file_);
}

capture::LiveOptions LiveOptions::live() const {
  capture::LiveOptions live;
  live.promiscuous = !not_promiscuous_;
  if (direction_ == "in") {
    live.traffic = capture::Traffic::in;
  } else if (direction_ == "out") {
    live.traffic = capture::Traffic::out;
  } else if (direction_ != "inout") {
    throw UsageError{"-Q: in, out or inout, not " + direction_};
  }
  if (!snapshot_length_.empty()) {
    const std::uint64_t length = parse_count(snapshot_length_, "-s");
    if (length > UINT32_MAX) throw UsageError{"-s: at most 262144"};
    live.snapshot_length = static_cast<std::uint32_t>(length);
  }
  if (!kibibytes_.empty() && !ring_size_.empty()) throw UsageError{"-B and --ring-size: one"};
  if (!kibibytes_.empty()) live.ring_size = parse_count(kibibytes_, "-B") * 1024;
  if (!ring_size_.empty()) live.ring_size = parse_count(ring_size_, "--ring-size");
  live.immediate = immediate_;
  live.monitor_mode = monitor_;
  live.resume = resume_;
  if (filter_in_ != "kernel" && filter_in_ != "user") {
    throw UsageError{"--filter-in: kernel or user, not " + filter_in_};
  }
  live.filter_in_user_space = filter_in_ == "user";
  return live;
}

Duration LiveOptions::duration() const {
  return duration_.empty() ? Duration::zero() : parse_duration(duration_, "--duration");
}

}  // namespace weir::cli
