// What `weir info` says of a capture, for people.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "info/interfaces.h"
#include "info/rates.h"
#include "info/record.h"
#include "info/tables.h"
#include "record/human_units.h"
#include "record/time/elapsed.h"
#include "rfc3339.h"
#include "weir/info/rate_period.h"
#include "weir/info/summary.h"
#include "weir/printable.h"

namespace weir::info {
namespace {

using record::human_count;

void append_line(std::string& out, std::string_view label, std::string_view text) {
  constexpr std::size_t label_width = 13;
  out += label;
  out.append(label_width - label.size(), ' ');
  append_printable(out, text);  // names come from the file
  out += '\n';
}

std::string link_type_text(LinkType type) {
  std::string text{name(type)};
  if (text.empty()) return "LINKTYPE " + std::to_string(std::to_underlying(type));
  if (!description(type).empty()) text += " (" + std::string{description(type)} + ')';
  return text;
}

std::string time_text(Timestamp time) {
  char text[Rfc3339::size];
  Rfc3339 times;
  return {text, times.write(text, time)};
}

// The zone of the times above it, and how far local time was from that.
std::string zone_text(Timestamp time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch();
  const std::time_t count = whole.count();
  std::tm local{};
  localtime_r(&count, &local);
  if (local.tm_gmtoff == 0) return "UTC";
  const long minutes = std::labs(local.tm_gmtoff) / 60;
  return fmt::format("UTC; local time was UTC{}{:02}:{:02}", local.tm_gmtoff < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

// "1 packet", "2 packets".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return human_count(count) + ' ' + std::string{count == 1 ? one : many};
}

void append_part(std::string& text, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += ", ";
  text += part;
}

void append_quoted(std::string& text, std::string_view what, std::string_view said) {
  if (!said.empty()) append_part(text, fmt::format("{} \"{}\"", what, said));
}

// Each line of what the file says as a line of its own.
void append_said(std::string& out, std::string_view label, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    append_line(out, label, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void append_file(std::string& out, const Summary& summary) {
  append_line(out, "file", summary.file);
  if (summary.file_size) append_line(out, "size", counted(*summary.file_size, "byte", "bytes"));
  append_said(out, "sha256", summary.sha256);
  std::string format = name(summary.format);
  format += std::string{", "} + byte_order_word(summary.byte_order) + "-endian";
  if (summary.compression != savefile::Compression::none) {
    format += std::string{", "} + name(summary.compression);
  }
  if (summary.sections.size() > 1) {
    format += ", " + counted(summary.sections.size(), "section", "sections");
  }
  append_line(out, "format", format);
  for (const auto& section : summary.sections) {
    append_said(out, "comment", section->comment);
    append_said(out, "hardware", section->hardware);
    append_said(out, "system", section->operating_system);
    append_said(out, "application", section->application);
  }
}

// "microseconds", "1,024 ticks a second".
std::string resolution_text(std::uint64_t ticks_per_second) {
  switch (ticks_per_second) {
    case 1:
      return "seconds";
    case 1'000:
      return "milliseconds";
    case 1'000'000:
      return "microseconds";
    case 1'000'000'000:
      return "nanoseconds";
    default:
      return counted(ticks_per_second, "tick a second", "ticks a second");
  }
}

std::string interface_text(const Summary& summary, std::size_t index) {
  const Interface& interface = summary.interfaces[index];
  std::string text = std::to_string(index);
  if (!interface.name.empty()) text += ' ' + interface.name;
  if (!interface.description.empty()) text += " \"" + interface.description + '"';
  append_part(text, link_type_text(interface.link_type));
  append_part(text, resolution_text(interface.ticks_per_second));
  if (interface.snapshot_length != 0) {
    append_part(text, fmt::format("first {} bytes", interface.snapshot_length));
  }
  append_quoted(text, "filter", interface.filter);
  append_part(text, counted(packets_of_interface(summary, index), "packet", "packets"));
  return text;
}

// What would make the line about an interface too long, as far as its section does not say it.
std::string interface_origin(const Interface& interface) {
  static const Section nothing;
  const Section& section = interface.section ? *interface.section : nothing;
  std::string text;
  append_quoted(text, "comment", interface.comment);
  if (interface.hardware != section.hardware) append_quoted(text, "hardware", interface.hardware);
  if (interface.operating_system != section.operating_system) {
    append_quoted(text, "system", interface.operating_system);
  }
  return text;
}

std::string statistics_text(const InterfaceStatistics& statistics) {
  std::string text;
  const auto add = [&](std::string_view what, const std::optional<std::uint64_t>& count) {
    if (count) append_part(text, fmt::format("{} {}", what, human_count(*count)));
  };
  add("received", statistics.received);
  add("accepted by the filter", statistics.filter_accepted);
  add("delivered", statistics.delivered);
  add("dropped", statistics.dropped);
  add("dropped by the system", statistics.system_dropped);
  std::string times;
  if (statistics.start) times = "from " + time_text(*statistics.start);
  if (statistics.end) times += (times.empty() ? "until " : " to ") + time_text(*statistics.end);
  append_part(text, times);
  append_quoted(text, "comment", statistics.comment);
  if (!statistics.end) append_part(text, "counted at " + time_text(statistics.time));
  if (statistics.number > 1) {
    append_part(text, "the last of " + human_count(statistics.number));
  }
  return text;
}

// A pcap's only one has nothing to say.
bool tells_of_interfaces(const Summary& summary) {
  return summary.interfaces.size() > 1 || !summary.statistics.empty() ||
         (summary.interfaces.size() == 1 && (!summary.interfaces[0].name.empty() ||
                                             !interface_origin(summary.interfaces[0]).empty()));
}

void append_interfaces(std::string& out, const Summary& summary) {
  if (!tells_of_interfaces(summary)) return;
  const auto statistics = statistics_by_interface(summary);
  for (std::size_t i = 0; i < summary.interfaces.size(); ++i) {
    append_line(out, "interface", interface_text(summary, i));
    append_said(out, "", interface_origin(summary.interfaces[i]));
    if (statistics[i] != nullptr) append_said(out, "", statistics_text(*statistics[i]));
  }
}

void append_carried(std::string& out, const Summary& summary) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many) {
    if (count != 0) append_part(text, counted(count, one, many));
  };
  add(summary.names.ipv4, "name of an IPv4 address", "names of IPv4 addresses");
  add(summary.names.ipv6, "name of an IPv6 address", "names of IPv6 addresses");
  add(summary.blocks.decryption_secrets, "block of secrets", "blocks of secrets");
  add(summary.blocks.custom, "custom block", "custom blocks");
  add(summary.blocks.journal, "journal entry", "journal entries");
  append_said(out, "carries", text);
}

// What readers say names the offset already.
std::string damage_text(const Damage& damage) {
  const std::string offset = "offset " + std::to_string(damage.offset);
  return damage.what.find(offset) != std::string::npos ? damage.what : offset + ": " + damage.what;
}

// Packets, their bytes, and how much of them was kept.
void append_packets(std::string& out, const Summary& summary) {
  std::string packets = human_count(summary.packets);
  if (summary.commented != 0) packets += ", of them commented " + human_count(summary.commented);
  append_line(out, "packets", packets);
  std::string bytes = human_count(summary.bytes);
  if (summary.captured_bytes != summary.bytes) {
    bytes += ", of them captured " + human_count(summary.captured_bytes);
  }
  append_line(out, "bytes", bytes);
  std::string limit;
  if (!tells_of_interfaces(summary) && !summary.interfaces.empty() &&
      summary.interfaces[0].snapshot_length != 0) {
    limit = human_count(summary.interfaces[0].snapshot_length) + " bytes a packet";
  }
  if (summary.cut.packets != 0) {
    std::string cut = counted(summary.cut.packets, "packet", "packets") + " cut to " +
                      human_count(summary.cut.least);
    if (summary.cut.most != summary.cut.least) cut += "-" + human_count(summary.cut.most);
    append_part(limit, cut + " bytes");
  }
  append_said(out, "limit", limit);
}

void append_times(std::string& out, const Summary& summary) {
  if (summary.no_timestamp != 0) {
    append_line(out, "no time",
                counted(summary.no_timestamp, "packet", "packets") +
                    ", theirs outside the years 1677 to 2262");
  }
  if (!summary.first || !summary.last) return;
  append_line(out, "first", time_text(*summary.first));
  const std::string duration =
      record::human_duration(record::elapsed(*summary.first, *summary.last));
  append_line(out, "last", time_text(*summary.last) + ", " + duration + " later");
  append_line(out, "zone", zone_text(*summary.first));
  append_line(out, "order",
              summary.backward == 0
                  ? "by time"
                  : counted(summary.backward, "packet", "packets") + " earlier than one before");
}

void append_rates(std::string& out, const Summary& summary) {
  const Rates rates{summary};
  if (rates.seconds <= 0) return;
  const RatePeriod period = rate_period(rates.packets);
  append_line(
      out, "rate",
      fmt::format("{}/{}, {}/{}, {} packets/{}",
                  record::human_bytes(record::rounded(rates.bytes * period.seconds)), period.name,
                  record::human_bits(record::rounded(rates.bits * period.seconds)), period.name,
                  record::human_rate(rates.packets * period.seconds), period.name));
}

}  // namespace

void append_text(std::string& out, const Summary& summary) {
  append_file(out, summary);
  for (const LinkType type : summary.link_types) {
    append_line(out, "link type", link_type_text(type));
  }
  append_interfaces(out, summary);
  append_carried(out, summary);
  append_packets(out, summary);
  append_times(out, summary);
  append_rates(out, summary);
  append_line(out, "complete", summary.complete ? "yes" : "no");
  if (summary.damage) {
    append_line(out, "damage", damage_text(*summary.damage));
  }
  if (summary.skipped_places != 0) {
    append_line(out, "skipped",
                human_count(summary.skipped_bytes) + " bytes in " +
                    human_count(summary.skipped_places) + " damaged places");
  }
  append_tables(out, summary);
}

}  // namespace weir::info
