// PacketText: number, time, the headers, the dump and the newline of one packet.
#include "weir/sink/packet_text.h"

#include <algorithm>

#include "text/clock.h"
#include "text/printer.h"

namespace weir::sink {
namespace {

/// "[Invalid header: len==0, len(0) < caplen(4)]", for what no medium should have delivered.
void put_invalid_lengths(text::Line& line, std::size_t captured, std::size_t length) {
  const bool none = captured == 0;
  const bool empty = length == 0;
  const bool longer = length < captured;
  if (!none && !empty && !longer) return;
  line.put("[Invalid header:");
  if (none) line.put(" caplen==0");
  if (none && empty) line.put(',');
  if (empty) line.put(" len==0");
  if ((none || empty) && longer) line.put(',');
  if (longer) line.print(" len({}) < caplen({})", length, captured);
  line.put("] ");
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
      text::put_hex(out, bytes, "\n\t");
      break;
    case Dump::hex_text:
    case Dump::hex_text_all:
      text::put_hex_and_text(out, bytes, "\n\t");
      break;
    case Dump::characters:
    case Dump::characters_all:
      text::put_characters(out, bytes);
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

  text::Memory memory;
  text::Clock clock;
  std::uint64_t packets = 0;
};

PacketText::PacketText(const PacketTextOptions& options)
    : state_{std::make_unique<State>(options)} {}
PacketText::PacketText(PacketText&&) noexcept = default;
PacketText& PacketText::operator=(PacketText&&) noexcept = default;
PacketText::~PacketText() = default;

void PacketText::append(std::string& out, const Packet& packet, const wire::Layers& layers) {
  State& state = *state_;
  text::Line line{out};
  if (++state.packets; state.memory.options.number) line.print("{:5}  ", state.packets);
  state.clock.put(line, packet.timestamp);
  put_invalid_lengths(line, packet.data.size(), packet.wire_length);
  text::Printer printer{line, state.memory};
  const std::size_t link_header = printer.print(packet, layers);
  line.finish();
  put_dump(out, state.memory.options.dump, packet.data, link_header);
  out.push_back('\n');
}

void PacketText::name_interface(std::uint32_t index, std::string name) {
  auto& interfaces = state_->memory.interfaces;
  const auto known = std::ranges::find(interfaces, index, &text::InterfaceName::index);
  if (known != interfaces.end()) {
    known->name = std::move(name);
  } else {
    interfaces.push_back({index, std::move(name)});
  }
}

}  // namespace weir::sink
