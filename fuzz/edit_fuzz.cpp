// Fuzzes wire::build() and wire::Editor: a packet, captured or built out of Fields, is decoded,
// changed and decoded again. Setting a field leaves every checksum as right or as wrong as it was;
// no change leaves the room it has. Input: how many changes, PacketFlags (16 bits, little endian),
// eight bytes a change, then the packet as decode_fuzz takes it or, behind link type 0x7fff, a
// header of eight bytes at a time, from the innermost on.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "fuzzed_frame.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/edit.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/icmp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/vxlan.h"

namespace {

using namespace weir::wire;  // NOLINT(google-build-using-namespace): one target about one folder

constexpr std::size_t room_around = 128;
constexpr std::size_t step_size = 8;
constexpr std::size_t built_size = 1024;

void require(bool condition) {
  if (!condition) std::abort();
}

/// One change, or one header: what to do and with which numbers.
struct Step {
  explicit Step(const std::uint8_t* bytes) noexcept
      : what{bytes[0]},
        where{bytes[1]},
        number{weir::load_le<std::uint16_t>(bytes + 2)},
        wide{weir::load_le<std::uint32_t>(bytes + 4)} {}

  std::uint8_t what;
  std::uint8_t where;
  std::uint16_t number;
  std::uint32_t wide;

  [[nodiscard]] Which which() const noexcept {
    if (where % 4 == 0) return Which::outer;
    if (where % 4 == 1) return Which::inner;
    return at_layer(where / 4 % Layers::max_layers);
  }
  [[nodiscard]] weir::Ipv4Address v4() const noexcept {
    weir::Ipv4Address address;
    weir::store_le(address.octets.data(), wide);
    return address;
  }
  [[nodiscard]] weir::Ipv6Address v6() const noexcept {
    weir::Ipv6Address address;
    weir::store_le(address.octets.data(), wide);
    weir::store_le(address.octets.data() + 14, number);
    return address;
  }
  [[nodiscard]] weir::IpAddress address() const noexcept {
    if ((where & 0x80) != 0) return v6();
    return v4();
  }
  [[nodiscard]] weir::MacAddress mac() const noexcept {
    return weir::MacAddress::load(v6().octets.data());
  }
  [[nodiscard]] std::uint8_t byte() const noexcept { return static_cast<std::uint8_t>(number); }
};

/// Puts the header that the step says in front; what cannot be is left out.
void add(FrameWriter& writer, const Step& step) {
  switch (step.what % 9) {
    case 0:
      return (void)writer.add(EthernetFields{.destination = step.mac()});
    case 1:
      return (void)writer.add(
          VlanFields{.priority = static_cast<std::uint8_t>(step.where & 7),
                     .identifier = static_cast<std::uint16_t>(step.number & 0x0fff)});
    case 2:
      return (void)writer.add(MplsFields{.label = step.wide & 0xfffff, .ttl = step.where});
    case 3:
      return (void)writer.add(Ipv4Fields{.ttl = step.where, .source = step.v4()});
    case 4:
      return (void)writer.add(Ipv6Fields{.flow_label = step.number, .destination = step.v6()});
    case 5:
      return (void)writer.add(TcpFields{.source_port = step.number,
                                        .sequence_number = step.wide,
                                        .flags = static_cast<std::uint16_t>(step.where)});
    case 6: {
      UdpFields fields{.source_port = step.number};
      if (step.where == 1) fields.checksum = static_cast<std::uint16_t>(step.wide);
      return (void)writer.add(fields);
    }
    case 7:
      return (void)writer.add(VxlanFields{.identifier = step.wide >> 8});
    default:
      return (void)writer.add(IcmpFields{.code = step.where, .rest_of_header = step.wide});
  }
}

/// One of the setters; false for what may change where headers are.
bool set(Editor& editor, const Step& step) {
  const Which which = step.which();
  switch (step.what % 24) {
    case 0:
      return (void)editor.set_mac_source(step.mac(), which), true;
    case 1:
      return (void)editor.set_mac_destination(step.mac(), which), true;
    case 2:
      return (void)editor.set_vlan_identifier(step.number & 0x0fff, which), true;
    case 3:
      return (void)editor.set_vlan_priority(step.byte(), which), true;
    case 4:
      return (void)editor.set_vlan_drop_eligible((step.number & 1) != 0, which), true;
    case 5:
      return (void)editor.set_source(step.address(), which), true;
    case 6:
      return (void)editor.set_destination(step.address(), which), true;
    case 7:
      return (void)editor.set_ttl(step.byte(), which), true;
    case 8:
      return (void)editor.set_dscp(step.byte(), which), true;
    case 9:
      return (void)editor.set_ecn(step.byte(), which), true;
    case 10:
      return (void)editor.set_dont_fragment((step.number & 1) != 0, which), true;
    case 11:
      return (void)editor.set_identification(step.number, which), true;
    case 12:
      return (void)editor.set_flow_label(step.wide, which), true;
    case 13:
      return (void)editor.set_source_port(step.number, which), true;
    case 14:
      return (void)editor.set_destination_port(step.number, which), true;
    case 15:
      return (void)editor.set_sequence_number(step.wide, which), true;
    case 16:
      return (void)editor.set_flags(step.number, which), true;
    case 17:
      return (void)editor.set_window(step.number, which), true;
    case 18:
      return (void)editor.clamp_mss(step.number, which), true;
    case 19: {
      AddressMap map;
      (void)map.add(step.v4(), weir::Ipv4Address{{10, 9, 8, 7}}, step.byte() % 33);
      (void)map.add(step.v6(), weir::Ipv6Address{{0xfd}}, step.byte());
      return (void)editor.map_addresses(map), true;
    }
    default:
      return false;
  }
}

/// Headers put in and taken out, payloads of another size.
void reshape(Editor& editor, const Step& step) {
  switch (step.number % 10) {
    case 0:
      return (void)editor.push_vlan({.identifier = static_cast<std::uint16_t>(step.wide & 0x0fff)});
    case 1:
      return (void)editor.pop_vlan();
    case 2:
      return (void)editor.push_mpls({.label = step.wide & 0xfffff});
    case 3:
      return (void)editor.pop_mpls();
    case 4:
      return (void)editor.pop_link();
    case 5:
      return (void)editor.pop_outer();
    case 6:
      return (void)editor.push(EthernetFields{}, Ipv4Fields{.source = step.v4()},
                               UdpFields{.source_port = step.where}, VxlanFields{});
    case 7:
      return (void)editor.push(Ipv6Fields{.source = step.v6()});
    case 8:
      return (void)editor.complete_checksums();
    default:
      return (void)editor.resize_payload(step.wide % 4096);
  }
}

bool same_headers(const Layers& a, const Layers& b) {
  return a.stop == b.stop && a.payload_length == b.payload_length &&
         std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Layer& x, const Layer& y) {
           return x.offset == y.offset && x.header_length == y.header_length &&
                  x.protocol == y.protocol;
         });
}

/// What is said of a checksum, right or wrong, is said after a field was set.
void check_set(const weir::Packet& packet, const Layers& before, const ChecksumVerdicts& were) {
  const Layers after = decode(packet);
  if (!same_headers(before, after)) return;  // a port, a prefix or a flag says otherwise now
  const ChecksumVerdicts are = verify_checksums(packet, after);
  for (std::size_t i = 0; i < after.size(); ++i) require(are[i] == were[i]);
}

void change(weir::MutableBytes room, const weir::Packet& packet, weir::Bytes steps) {
  Editor editor{room, room_around, packet};
  for (; steps.size() >= step_size; steps = steps.subspan(step_size)) {
    const Step step{steps.data()};
    const Layers before = decode(editor.packet());
    const ChecksumVerdicts were = verify_checksums(editor.packet(), before);
    const std::size_t size = editor.packet().data.size();
    if (set(editor, step)) {
      require(editor.packet().data.size() == size);
      check_set(editor.packet(), before, were);
    } else {
      reshape(editor, step);
    }
    const weir::Packet& now = editor.packet();
    require(now.data.data() >= room.data());
    require(now.data.data() + now.data.size() <= room.data() + room.size());
    require(now.data.data() == editor.bytes().data() && now.data.size() == editor.bytes().size());
  }
}

/// A heap block of exactly the room, with the packet in its middle.
void change_packet(const weir::Packet& packet, weir::Bytes steps) {
  const std::size_t size = packet.data.size() + 2 * room_around;
  const auto bytes = std::make_unique<std::uint8_t[]>(size);
  std::ranges::copy(packet.data, bytes.get() + room_around);
  change({bytes.get(), size}, packet, steps);
}

void change_built(weir::Bytes headers, weir::Bytes steps) {
  std::array<std::uint8_t, built_size> buffer;
  buffer.fill(0xa5);
  FrameWriter writer{buffer};
  (void)writer.add(headers.first(headers.size() % step_size));
  headers = headers.subspan(headers.size() % step_size);
  while (!headers.empty()) {
    add(writer, Step{headers.data()});
    headers = headers.subspan(step_size);
  }
  weir::Packet packet;
  packet.data = writer.frame();
  packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
  change_packet(packet, steps);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t prefix = 3;
  if (size < prefix) return 0;
  const weir::Bytes rest{data + prefix, size - prefix};
  const std::size_t changes = std::min<std::size_t>(data[0] % 32 * step_size, rest.size());
  const weir::Bytes steps = rest.first(changes);
  const weir::Bytes input = rest.subspan(changes);
  if (input.size() < FuzzedFrame::prefix) return 0;
  if ((weir::load_le<std::uint16_t>(input.data()) & 0x7fff) == 0x7fff) {
    change_built(input.subspan(FuzzedFrame::prefix), steps);
    return 0;
  }
  const FuzzedFrame frame{input};
  weir::Packet packet = frame.packet();
  packet.flags = packet.flags | weir::PacketFlags{weir::load_le<std::uint16_t>(data + 1)};
  change_packet(packet, steps);
  return 0;
}
