// PacketText: number, time, the headers, the dump and the newline of one packet.
#include "weir/print/packet_text.h"

#include <algorithm>
#include <utility>

#include "print/clock.h"
#include "print/printer.h"
#include "weir/wire/direction.h"

namespace weir::print {
namespace {

/// Longest packet any medium delivers; libpcap's limit.
constexpr std::size_t max_length = 262'144;

/// "[Invalid header: len==0, len(0) < caplen(4)]", for what no medium should have delivered. False
/// if there is nothing wrong.
bool put_invalid_lengths(Line& line, std::size_t captured, std::size_t length) {
  if (captured != 0 && length >= captured && length <= max_length) return false;
  std::string_view separator = "[Invalid header:";
  const auto put = [&](bool wrong, std::string_view what) {
    if (!wrong) return;
    line.put(separator);
    line.put(what);
    separator = ",";
  };
  put(captured == 0, " caplen==0");
  put(length == 0, " len==0");
  if (length < captured) {
    put(true, " len(");
    line.print("{}) < caplen({})", length, captured);
  }
  if (captured > max_length) {
    put(true, " caplen(");
    line.print("{}) > {}", captured, max_length);
  }
  if (length > max_length) {
    put(true, " len(");
    line.print("{}) > {}", length, max_length);
  }
  line.put(']');
  return true;
}

/// As cooked captures have it.
std::string_view direction_word(Direction direction) noexcept {
  switch (direction) {
    case Direction::in:
      return "In";
    case Direction::out:
      return "Out";
    case Direction::unknown:
      break;
  }
  return "?";
}

void put_dump(std::string& out, Dump dump, Bytes data, std::size_t link_header) {
  const bool all =
      dump == Dump::hex_all || dump == Dump::hex_text_all || dump == Dump::characters_all;
  const Bytes bytes = all ? data : data.subspan(std::min(link_header, data.size()));
  if (bytes.empty()) return;
  switch (dump) {
    case Dump::none:
      break;
    case Dump::hex:
    case Dump::hex_all:
      put_hex(out, bytes, "\n\t");
      break;
    case Dump::hex_text:
    case Dump::hex_text_all:
      put_hex_and_text(out, bytes, "\n\t");
      break;
    case Dump::characters:
    case Dump::characters_all:
      put_characters(out, bytes);
      break;
  }
}

}  // namespace

struct PacketText::State {
  explicit State(const PacketTextOptions& options)
      : memory{.options = options,
               .sequences = {options.max_connections, options.hash_key},
               .interfaces = {}},
        clock{options.time, options.nanoseconds} {}

  Memory memory;
  Clock clock;
  std::uint64_t packets = 0;
};

PacketText::PacketText(const PacketTextOptions& options)
    : state_{std::make_unique<State>(options)} {}
PacketText::PacketText(PacketText&&) noexcept = default;
PacketText& PacketText::operator=(PacketText&&) noexcept = default;
PacketText::~PacketText() = default;

void PacketText::append(std::string& out, const Packet& packet, const wire::Layers& layers,
                        std::string_view interface) {
  State& state = *state_;
  Line line{out};
  if (++state.packets; state.memory.options.number) line.print("{:5}  ", state.packets);
  state.clock.put(line, packet.timestamp);
  if (put_invalid_lengths(line, packet.data.size(), packet.wire_length)) {
    out.push_back('\n');
    return;
  }
  if (!interface.empty() && packet.link_type != LinkType::linux_sll2) {
    Printer::put_interface(line, interface, direction_word(wire::direction_of(packet)));
  }
  Printer printer{line, state.memory, packet, layers};
  const std::size_t link_header = printer.print();
  line.finish();
  put_dump(out, state.memory.options.dump, packet.data, link_header);
  out.push_back('\n');
}

void PacketText::name_interface(std::uint32_t index, std::string name) {
  state_->memory.interfaces.put(index, std::move(name));
}

}  // namespace weir::print
