// The columns of weir adapters, and the lines of --watch.
#include "cli/adapters/adapter_text.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <vector>

#include "weir/printable.h"

namespace weir::cli {
namespace {

using capture::Adapter;
using capture::AdapterFlags;

constexpr std::size_t columns = 9;
using Row = std::array<std::string, columns>;

struct TypeName {
  std::uint32_t number;
  const char* name;
};
constexpr TypeName type_names[] = {{1, "other"},     {6, "Ethernet"},       {23, "PPP"},
                                   {24, "loopback"}, {71, "Wi-Fi"},         {131, "tunnel"},
                                   {135, "VLAN"},    {161, "bond"},         {199, "InfiniBand"},
                                   {209, "bridge"},  {259, "IEEE 802.15.4"}};

std::string type_of(const Adapter& adapter) {
  if (adapter.id == 0) return {};
  const auto* found = std::ranges::find(type_names, adapter.type, &TypeName::number);
  return found != std::end(type_names) ? found->name : "type " + std::to_string(adapter.type);
}

std::string state_of(const Adapter& adapter) {
  if (!has(adapter.flags, AdapterFlags::up)) return "down";
  return is_up(adapter) ? "up" : "no carrier";
}

std::string speed_of(const Adapter& adapter) {
  if (!adapter.speed) return {};
  if (*adapter.speed < 1000) return fmt::format("{} Mbit/s", *adapter.speed);
  return fmt::format("{} Gbit/s", *adapter.speed / 1000.0);
}

std::string text_of(const capture::AdapterAddress& address) {
  return fmt::format("{}/{}{}", to_string(address.address), address.prefix_length,
                     address.peer ? " peer " + to_string(*address.peer) : std::string{});
}

std::string description_of(const Adapter& adapter) {
  std::string text = adapter.description;
  if (!adapter.friendly_name.empty()) {
    text += (text.empty() ? "\"" : ", \"") + adapter.friendly_name + '"';
  }
  if (adapter.monitor.value_or(false)) text += ", monitor mode";
  return printable(text);
}

Row row_of(const Adapter& adapter) {
  return {std::to_string(adapter.id),
          printable(adapter.name),
          state_of(adapter),
          type_of(adapter),
          speed_of(adapter),
          adapter.mtu != 0 ? std::to_string(adapter.mtu) : "",
          adapter.mac,
          adapter.addresses.empty() ? "" : text_of(adapter.addresses.front()),
          description_of(adapter)};
}

void append_line(std::string& text, const Row& row,
                 const std::array<std::size_t, columns>& widths) {
  std::string line;
  for (std::size_t i = 0; i < columns; ++i) {
    const bool to_the_right = i == 0 || i == 4 || i == 5;
    line += to_the_right ? fmt::format("{:>{}}", row[i], widths[i])
                         : fmt::format("{:<{}}", row[i], widths[i]);
    line += "  ";
  }
  text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

}  // namespace

std::string table_of(std::span<const Adapter> adapters, const Adapter* chosen) {
  constexpr std::size_t addresses_column = 7;
  std::vector<Row> rows{
      {"ID", "NAME", "STATE", "TYPE", "SPEED", "MTU", "MAC", "ADDRESSES", "DESCRIPTION"}};
  for (const Adapter& adapter : adapters) {
    rows.push_back(row_of(adapter));
    if (chosen != nullptr && chosen->id == adapter.id) rows.back().back() += " (default)";
    for (std::size_t i = 1; i < adapter.addresses.size(); ++i) {
      Row more;
      more[addresses_column] = text_of(adapter.addresses[i]);
      rows.push_back(more);
    }
  }
  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) append_line(text, row, widths);
  return text;
}

std::string line_of(const capture::AdapterEvent& event, Timestamp time) {
  const Adapter& adapter = event.adapter;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::string line = fmt::format(
      "{:%H:%M:%S}.{:06}  {:<7}  {} {}", fmt::localtime(seconds.time_since_epoch().count()),
      (time - seconds).count() / 1000, name(event.kind), adapter.id, printable(adapter.name));
  if (!event.old_name.empty()) line += ", was " + printable(event.old_name);
  std::vector<std::string> facts{state_of(adapter), type_of(adapter), speed_of(adapter),
                                 fmt::format("MTU {}", adapter.mtu), adapter.mac};
  for (const auto& address : adapter.addresses) facts.push_back(text_of(address));
  facts.push_back(description_of(adapter));
  const char* separator = ": ";
  for (const std::string& fact : facts) {
    if (fact.empty()) continue;
    line += separator + fact;
    separator = ", ";
  }
  return line + '\n';
}

}  // namespace weir::cli
