// Reads and writes headers that are known at run time by one table and one variant.
#include "weir/wire/any_fields.h"

#include <array>
#include <type_traits>

#include "weir/wire/frame_writer.h"

namespace weir::wire {
namespace {

template <class F>
constexpr bool obeys_the_shape = HeaderFields<F> && std::is_trivially_copyable_v<F>;
static_assert([]<class... F>(std::type_identity<std::variant<F...>>) {
  return (obeys_the_shape<F> && ...);
}(std::type_identity<FieldsVariant>{}));

// The fields of a layer that is a view's; nothing if it is another's.
using Reader = std::optional<AnyFields> (*)(const Packet& packet, const Layers& layers,
                                            const Layer& layer) noexcept;

template <class V, class F>
std::optional<AnyFields> read(const Packet& packet, const Layers& layers,
                              const Layer& layer) noexcept {
  const auto header = view<V>(packet, layers, layer);
  if (!header) return std::nullopt;
  const F fields = F::of(*header);
  // Options of TCP may be cut.
  if (fields.header_length() != layer.header_length) return std::nullopt;
  return fields;
}

// The EtherType that announces a tag stands right before it, but for those of some tunnels.
std::optional<AnyFields> read_vlan(const Packet& packet, const Layers& layers,
                                   const Layer& layer) noexcept {
  const auto tag = view<VlanView>(packet, layers, layer);
  if (!tag) return std::nullopt;
  VlanFields fields = VlanFields::of(*tag);
  if (layer.protocol == Protocol::provider_vlan) fields.tag_protocol = ether_type::provider_vlan;
  if (layer.offset >= 2) {
    const auto before = load_be<std::uint16_t>(packet.data.data() + layer.offset - 2);
    if (ether_type::is_vlan(before)) fields.tag_protocol = before;
  }
  return fields;
}

template <class V>
std::optional<AnyFields> read_extension(const Packet& packet, const Layers& layers,
                                        const Layer& layer) noexcept {
  const auto number = [](Protocol protocol) {
    switch (protocol) {
      case Protocol::ipv6_hop_by_hop:
        return ip_protocol::hop_by_hop;
      case Protocol::ipv6_routing:
        return ip_protocol::ipv6_routing;
      case Protocol::ipv6_shim6:
        return ip_protocol::ipv6_shim6;
      default:
        return ip_protocol::ipv6_destination;
    }
  };
  const auto header = view<V>(packet, layers, layer);
  if (!header) return std::nullopt;
  return Ipv6ExtensionFields::of(*header, number(layer.protocol));
}

constexpr auto readers = std::to_array<Reader>({
    read<EthernetView, EthernetFields>,
    read_vlan,
    read<ITagView, ITagFields>,
    read<MplsView, MplsFields>,
    read<ArpView, ArpFields>,
    read<Ipv4View, Ipv4Fields>,
    read<Ipv6View, Ipv6Fields>,
    read_extension<Ipv6OptionsView>,
    read_extension<Ipv6RoutingView>,
    read<Ipv6MobilityView, Ipv6MobilityFields>,
    read_extension<Ipv6Shim6View>,
    read<Ipv6FragmentView, Ipv6FragmentFields>,
    read<TcpView, TcpFields>,
    read<UdpView, UdpFields>,
    read<IcmpView, IcmpFields>,
    read<Icmpv6View, Icmpv6Fields>,
    read<VxlanView, VxlanFields>,
    read<LlcView, LlcFields>,
    read<SnapView, SnapFields>,
    read<PppView, PppFields>,
    read<CiscoHdlcView, CiscoHdlcFields>,
    read<FrameRelayView, FrameRelayFields>,
    read<SllView, SllFields>,
    read<Sll2View, Sll2Fields>,
    read<NullView, NullFields>,
    read<SlipView, SlipFields>,
    read<TokenRingView, TokenRingFields>,
    read<FddiView, FddiFields>,
    read<ArcnetView, ArcnetFields>,
    read<IpoibView, IpoibFields>,
    read<WlanView, WlanFields>,
    read<RadiotapView, RadiotapFields>,
    read<PrismView, PrismFields>,
    read<AvsView, AvsFields>,
    read<PpiView, PpiFields>,
    read<PktapView, PktapFields>,
    read<NflogView, NflogFields>,
    read<PppoeView, PppoeFields>,
    read<VnTagView, VnTagFields>,
    read<ETagView, ETagFields>,
    read<RTagView, RTagFields>,
    read<HsrView, HsrFields>,
    read<CiscoMetadataView, CiscoMetadataFields>,
    read<TrillView, TrillFields>,
    read<MacsecView, MacsecFields>,
    read<NshView, NshFields>,
    read<AhView, AhFields>,
    read<EspView, EspFields>,
    read<UdpLiteView, UdpLiteFields>,
    read<SctpView, SctpFields>,
    read<DccpView, DccpFields>,
    read<IgmpView, IgmpFields>,
    read<GreView, GreFields>,
    read<ErspanView, ErspanFields>,
    read<GeneveView, GeneveFields>,
    read<GtpView, GtpFields>,
    read<TeredoView, TeredoFields>,
    read<L2tpView, L2tpFields>,
    read<EtherIpView, EtherIpFields>,
    read<DnsView, DnsFields>,
    read<DhcpView, DhcpFields>,
    read<NetflowView, NetflowFields>,
    read<TlsRecordView, TlsRecordFields>,
});

FrameTrailer trailer_of(std::span<const AnyFields> layers) noexcept {
  const auto* ethernet = layers.empty() ? nullptr : std::get_if<EthernetFields>(&layers.front());
  return ethernet != nullptr ? ethernet->trailer : FrameTrailer{.padded_to = 0};
}

// Without the trailer.
std::size_t total_length(std::span<const AnyFields> layers, Bytes payload) noexcept {
  std::size_t length = payload.size();
  for (const AnyFields& layer : layers) length += header_length(layer);
  return length;
}

}  // namespace

std::size_t header_length(const AnyFields& fields) noexcept {
  return std::visit([](const auto& header) { return header.header_length(); }, fields);
}

std::optional<AnyFields> fields_of(const Packet& packet, const Layers& layers,
                                   const Layer& layer) noexcept {
  for (const Reader reader : readers) {
    if (auto fields = reader(packet, layers, layer)) return fields;
  }
  return std::nullopt;
}

Written add(FrameWriter& writer, const AnyFields& fields) noexcept {
  return std::visit([&writer](const auto& header) { return writer.add(header); }, fields);
}

std::size_t frame_length(std::span<const AnyFields> layers, Bytes payload) noexcept {
  return trailer_of(layers).frame_length(total_length(layers, payload));
}

std::expected<MutableBytes, BuildError> build(MutableBytes buffer,
                                              std::span<const AnyFields> layers,
                                              Bytes payload) noexcept {
  const FrameTrailer trailer = trailer_of(layers);
  const std::size_t length = total_length(layers, payload);
  const std::size_t whole = trailer.frame_length(length);
  if (buffer.size() < whole) {
    return std::unexpected{BuildError{.error = WriteError::no_room, .layer = layers.size()}};
  }
  FrameWriter writer{buffer.first(length)};
  (void)writer.add(payload);
  for (std::size_t i = layers.size(); i-- > 0;) {
    if (const Written written = add(writer, layers[i]); !written) {
      return std::unexpected{BuildError{.error = written.error(), .layer = i}};
    }
  }
  if (whole != length) write_trailer(buffer.first(whole), length, trailer);
  return buffer.first(whole);
}

}  // namespace weir::wire
