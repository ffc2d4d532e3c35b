// Words and numbers of a replay's end.
#include "cli/send/sent_record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/json_line.h"
#include "cli/note.h"
#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

/// Of what there is no time to measure by a thousandth is enough.
double rounded(double value) { return std::round(value * 1000) / 1000; }

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// 1,234,567.
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

/// "1 packet", "1,234 packets".
std::string counted(std::uint64_t number, const char* one, const char* many) {
  return grouped(number) + ' ' + (number == 1 ? one : many);
}

/// "12.3 M": three digits.
std::string scaled(double value) {
  constexpr const char* units[] = {" ", " k", " M", " G", " T"};
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < std::size(units); ++unit) value /= 1000;
  return fmt::format("{:.3g}{}", value, units[unit]);
}

std::string of_time(Duration time) {
  const auto count = static_cast<double>(time.count());
  if (count < 1e3) return fmt::format("{:.0f} ns", count);
  if (count < 1e6) return fmt::format("{:.3g} us", count / 1e3);
  if (count < 1e9) return fmt::format("{:.3g} ms", count / 1e6);
  return fmt::format("{:.4g} s", count / 1e9);
}

std::string rates(const inject::ReplayFigures& figures) {
  return fmt::format("{}pps, {}bit/s", scaled(figures.packet_rate()), scaled(figures.bit_rate()));
}

template <class Take>
void each_refusal(const inject::ReplayFigures& figures, Take take) {
  for (std::size_t i = 1; i < inject::refusals; ++i) {
    const auto refusal = static_cast<inject::Refusal>(i);
    if (figures.refused(refusal) != 0) take(inject::name(refusal), figures.refused(refusal));
  }
}

}  // namespace

void print_sent_json(const inject::ReplayFigures& figures, bool is_dry_run) {
  nlohmann::ordered_json line{{"type", "sent"},
                              {"packets", figures.packets},
                              {"bytes", figures.bytes},
                              {"asked", figures.asked},
                              {"refused", figures.refused()},
                              {"retried", figures.retried},
                              {"cut", figures.cut},
                              {"clock_steps", figures.clock_steps},
                              {"loops", figures.loops},
                              {"seconds", seconds(figures.duration)},
                              {"pps", rounded(figures.packet_rate())},
                              {"bps", rounded(figures.bit_rate())}};
  if (figures.deviation.count() != 0) {
    line["deviation_ns"] = {{"p50", figures.deviation.quantile(0.5).count()},
                            {"p99", figures.deviation.quantile(0.99).count()},
                            {"p999", figures.deviation.quantile(0.999).count()},
                            {"max", figures.deviation.max().count()}};
  }
  if (figures.refused() != 0) {
    auto& causes = line["refused_by"] = nlohmann::ordered_json::object();
    each_refusal(figures, [&](const char* cause, std::uint64_t count) { causes[cause] = count; });
  }
  if (is_dry_run) line["dry_run"] = true;
  print_json_line(line);
}

void print_sent_text(const inject::ReplayFigures& figures, bool is_dry_run) {
  std::string text = fmt::format("{} {}, {} in {}: {}\n", is_dry_run ? "would send" : "sent",
                                 counted(figures.packets, "packet", "packets"),
                                 counted(figures.bytes, "byte", "bytes"), of_time(figures.duration),
                                 rates(figures));
  if (figures.refused() != 0) {
    text += fmt::format("refused {}:", grouped(figures.refused()));
    each_refusal(figures, [&](const char* cause, std::uint64_t count) {
      text += fmt::format(" {} {}", cause, grouped(count));
    });
    text += '\n';
  }
  if (figures.retried != 0) {
    text += fmt::format("tried again {}\n", counted(figures.retried, "time", "times"));
  }
  if (figures.deviation.count() != 0) {
    text += fmt::format(
        "late by {} (half of them at most), {} (99 %), {} (99.9 %), {} (all)\n",
        of_time(figures.deviation.quantile(0.5)), of_time(figures.deviation.quantile(0.99)),
        of_time(figures.deviation.quantile(0.999)), of_time(figures.deviation.max()));
  }
  write_standard_output(text);
}

void tell_oddities(const inject::ReplayFigures& figures, const std::string& rate,
                   ErrorStyle errors) {
  if (figures.cut != 0) {
    tell({.kind = "cut",
          .message = plural(figures.cut, "packet was", "packets were") +
                     " captured in part, and sent as far as they go",
          .counts = {{"packets", figures.cut}}},
         errors);
  }
  if (figures.clock_steps != 0) {
    tell({.kind = "clock_steps",
          .message = "the recording's clock was set " +
                     plural(figures.clock_steps, "time", "times") + "; nothing was waited there",
          .counts = {{"times", figures.clock_steps}}},
         errors);
  }
  if (figures.is_rate_missed()) {
    tell({.kind = "rate_not_reached",
          .message = "--rate " + rate + " was not reached: " + rates(figures) + ", " +
                     of_time(figures.behind) + " late at the end",
          .counts = {{"behind_ns", static_cast<std::uint64_t>(figures.behind.count())}}},
         errors);
  }
}

LiveLine::LiveLine() : is_shown_{::isatty(STDERR_FILENO) == 1} {}

void LiveLine::show(const inject::ReplayFigures& figures) {
  if (!is_shown_) return;
  std::string line =
      fmt::format("\r\033[K{} in {}: {}", counted(figures.packets, "packet", "packets"),
                  of_time(figures.duration), rates(figures));
  if (figures.refused() != 0) line += fmt::format(", {} refused", grouped(figures.refused()));
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  is_drawn_ = true;
}

void LiveLine::clear() {
  if (!is_drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  is_drawn_ = false;
}

}  // namespace weir::cli
