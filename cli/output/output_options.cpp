// Declares and reads the output and rotation groups of options.
#include "cli/output/output_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <utility>

#include "cli/exit_code.h"
#include "cli/output/output_file.h"
#include "cli/stop_signal.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

using savefile::Compression;
using savefile::Format;

struct Chosen {
  std::optional<Format> format{};
  std::optional<Compression> compression{};
};

/// What --format takes: a format, a compression, or both joined by a dot.
Chosen chosen_by(const std::string& text) {
  if (text.empty()) return {};
  const std::size_t dot = text.find('.');
  const std::string first = text.substr(0, dot);
  Chosen chosen{.format = savefile::written_format(first)};
  if (dot == std::string::npos) {
    if (!chosen.format) chosen.compression = savefile::compression_named(first);
    if (chosen.format || chosen.compression) return chosen;
  } else {
    chosen.compression = savefile::compression_named(text.substr(dot + 1));
    if (chosen.format && chosen.compression) return chosen;
  }
  throw UsageError{
      "--format: pcap, pcap-ns or pcapng, with .gz, .zst, .lz4 or .xz behind it, not " + text};
}

/// Options that say the same: at most one of them.
void check_alternatives(std::initializer_list<std::pair<const char*, const std::string*>> options) {
  const char* first = nullptr;
  for (const auto& [name, text] : options) {
    if (text->empty()) continue;
    if (first != nullptr) throw UsageError{std::string{first} + " and " + name + ": one of them"};
    first = name;
  }
}

std::uint64_t count_of(const std::string& text, const char* option) {
  if (text.empty()) return 0;
  const std::uint64_t count = parse_count(text, option);
  if (count == 0) throw UsageError{std::string{option} + ": at least 1"};
  return count;
}

/// tcpdump's -C: a bare number is millions of bytes.
std::uint64_t millions_of(const std::string& text) {
  const bool is_bare = text.find_first_not_of("0123456789") == std::string::npos;
  return count_of(is_bare && !text.empty() ? text + 'M' : text, "-C");
}

std::string not_written(const std::string& path) {
  return "-w " + path +
         ": that is no capture file weir writes: .pcap or .pcapng, with .gz, .zst, .lz4 or .xz "
         "behind it; --format says which, whatever the name";
}

Duration period_of(const std::string& text, const char* option) {
  const Duration period = parse_duration(text, option);
  if (period <= Duration::zero() || period % std::chrono::seconds{1} != Duration::zero()) {
    throw UsageError{std::string{option} + ": whole seconds, at least 1"};
  }
  return period;
}

}  // namespace

void OutputOptions::declare(CLI::App& app) {
  constexpr const char* group = "Output";
  app.add_option("-w,--write", path_,
                 "write the packets to this capture file, - is standard output; its name says "
                 "how: .pcap .pcapng, then .gz .zst .lz4 .xz")
      ->type_name("FILE")
      ->group(group);
  app.add_option(
         "--format", format_,
         "whatever the name: pcap (microseconds), pcap-ns (nanoseconds), pcapng, pcapng.zst ...")
      ->type_name("FORMAT")
      ->group(group);
  app.add_option("--level", level_, "how hard to compress (gz 6, zst 3, lz4 1, xz 6)")
      ->type_name("N")
      ->group(group);
  app.add_option("--flush", flush_, "hold compressed packets back no longer than this (1s)")
      ->type_name("DURATION")
      ->group(group);
  app.add_flag("-U,--packet-buffered", each_packet_, "never hold packets back")->group(group);
  app.add_flag("--sync", sync_, "with each flush wait until the disk has it")->group(group);
  declare_rotation(app);
}

void OutputOptions::declare_rotation(CLI::App& app) {
  const auto add = [&](const char* names, std::string& text, const char* type, const char* what) {
    app.add_option(names, text, what)->type_name(type)->group("Rotation");
  };
  add("-C", millions_, "SIZE", "next file after so many bytes; a bare number is millions");
  add("--rotate-size", size_, "SIZE", "next file after so many bytes");
  add("-G,--rotate-seconds", seconds_, "SECONDS",
      "next file after so many seconds of packet time, aligned to the clock; names may hold "
      "conversions of strftime(3)");
  add("--rotate-packets", packets_, "N", "next file after so many packets");
  add("-W", ring_, "N", "keep the newest N files; with -G alone: end after N files");
  add("--files", files_, "N", "keep the newest N files");
  add("--total-size", total_size_, "SIZE", "keep the newest files of so many bytes in all");
  add("--split", split_, "WHAT=N", "size=N, seconds=N or packets=N: as --rotate-size=N and so on");
  add("--on-file", on_file_, "CMD", "run this for each finished file, its name behind it");
  add("--on-full", on_full_, "stop|drop-oldest",
      "when the disk is full: stop (default), or remove the oldest file and go on");
}

std::string OutputOptions::series_directory() const {
  if (!is_series()) return {};
  const bool has_time = rotation()->period != Duration::zero();
  return directory_of(has_time ? path_.substr(0, path_.find('%')) : path_);
}

std::vector<std::string> OutputOptions::name_directory() const {
  if (!sync_ || is_series()) return {};
  return {directory_of(path_)};
}

void OutputOptions::check() const {
  if (is_wanted()) {
    if (rotation() && path_ == "-") throw UsageError{"standard output does not rotate"};
    static_cast<void>(writer());
    return;
  }
  const std::array texts{&format_, &flush_, &millions_,   &size_,  &seconds_, &packets_,
                         &ring_,   &files_, &total_size_, &split_, &on_file_};
  const bool has_text = std::ranges::any_of(texts, [](const auto* text) { return !text->empty(); });
  if (has_text || level_ || sync_ || each_packet_ || on_full_ != "stop") {
    throw UsageError{"nothing is written: -w names the file"};
  }
}

savefile::WriterOptions OutputOptions::writer(const savefile::PcapHeader& header) const {
  const Chosen chosen = chosen_by(format_);
  const savefile::FileType by_name = savefile::file_type(path_);
  savefile::WriterOptions options;
  options.format = chosen.format.value_or(by_name.format.value_or(Format::pcap));
  options.compression =
      chosen.compression.value_or(chosen.format ? Compression::none : by_name.compression);
  if (!chosen.format && by_name.is_other) throw UsageError{not_written(path_)};
  header.apply(options);
  if (chosen.format) options.format = *chosen.format;
  if (level_ && options.compression == Compression::none) {
    throw UsageError{"--level: " + path_ + " is not compressed"};
  }
  options.level = level_;
  if (!flush_.empty()) options.flush_interval = parse_duration(flush_, "--flush");
  options.flush_packets = each_packet_ ? 1 : 0;
  options.sync = sync_;
  options.owner = user_ ? user_ : file_owner();
  if (!is_series()) options.open = open_;
  options.gives_up = stop_is_overdue;
  return options;
}

void OutputOptions::apply_split(savefile::Rotation& rotation) const {
  const std::size_t equals = split_.find('=');
  const std::string what = split_.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : split_.substr(equals + 1);
  const bool is_known = what == "size" || what == "seconds" || what == "packets";
  if (!is_known || value.empty()) {
    throw UsageError{"--split: size=N, seconds=N or packets=N, not " + split_};
  }
  if (what == "size") rotation.size = count_of(value, "--split size");
  if (what == "packets") rotation.packets = count_of(value, "--split packets");
  if (what == "seconds") rotation.period = period_of(value, "--split seconds");
}

std::optional<savefile::Rotation> OutputOptions::rotation() const {
  savefile::Rotation rotation;
  const std::string what = split_.substr(0, split_.find('='));
  const std::string none;
  const auto split_by = [&](const char* word) { return what == word ? &split_ : &none; };
  check_alternatives(
      {{"-C", &millions_}, {"--rotate-size", &size_}, {"--split", split_by("size")}});
  check_alternatives({{"-G", &seconds_}, {"--split", split_by("seconds")}});
  check_alternatives({{"--rotate-packets", &packets_}, {"--split", split_by("packets")}});
  check_alternatives({{"-W", &ring_}, {"--files", &files_}});
  rotation.size = millions_.empty() ? count_of(size_, "--rotate-size") : millions_of(millions_);
  rotation.packets = count_of(packets_, "--rotate-packets");
  if (!seconds_.empty()) rotation.period = period_of(seconds_, "-G");
  if (!split_.empty()) apply_split(rotation);
  rotation.files = count_of(files_, "--files");
  rotation.total_size = count_of(total_size_, "--total-size");
  const bool only_by_time = rotation.size == 0 && rotation.packets == 0;
  if (!ring_.empty()) (only_by_time ? rotation.last_file : rotation.files) = count_of(ring_, "-W");
  if (on_full_ != "stop" && on_full_ != "drop-oldest") {
    throw UsageError{"--on-full: stop or drop-oldest, not " + on_full_};
  }
  rotation.drop_oldest_when_full = on_full_ == "drop-oldest";
  if (!only_by_time || rotation.period != Duration::zero()) return rotation;
  if (rotation.files != 0 || rotation.last_file != 0 || rotation.total_size != 0 ||
      rotation.drop_oldest_when_full || !on_file_.empty()) {
    throw UsageError{"one file is written: -C, -G or --rotate-packets says when the next begins"};
  }
  return std::nullopt;
}

}  // namespace weir::cli
