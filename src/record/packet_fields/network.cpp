// Fields of IPv4, IPv6, its extension headers and IPsec.
#include "record/packet_fields.h"
#include "weir/wire/ah.h"
#include "weir/wire/esp.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

constexpr std::array ipv4{
    of<Ipv4View, &Ipv4View::version>("version", "4"),
    of<Ipv4View, &Ipv4View::header_length>("header_length", "bytes, options included"),
    of<Ipv4View, &Ipv4View::dscp>("dscp", "RFC 2474, 6 bits"),
    of<Ipv4View, &Ipv4View::ecn>("ecn", "RFC 3168, 2 bits"),
    of<Ipv4View, &Ipv4View::total_length>("total_length", "bytes; 0 where left to the adapter"),
    of<Ipv4View, &Ipv4View::identification>("identification", "of the datagram's fragments"),
    of<Ipv4View, &Ipv4View::dont_fragment>("dont_fragment", "DF bit"),
    of<Ipv4View, &Ipv4View::more_fragments>("more_fragments", "MF bit"),
    of<Ipv4View, &Ipv4View::fragment_offset>("fragment_offset", "bytes"),
    of<Ipv4View, &Ipv4View::ttl>("ttl", "time to live"),
    of<Ipv4View, &Ipv4View::protocol>("protocol", "IANA number of the payload"),
    of<Ipv4View, &Ipv4View::header_checksum>("header_checksum", "as sent"),
    of<Ipv4View, &Ipv4View::source>("source", "source address"),
    of<Ipv4View, &Ipv4View::destination>("destination", "destination address"),
    RecordField<Ipv4View>{"options", FieldKind::objects,
                          "`kind` and, where there is some, `data` in hex; absent without options",
                          [](ValueVisitor& to, const Ipv4View& header) {
                            if (header.options().bytes().empty()) return;
                            to.begin_array();
                            for (const HeaderOption& option : header.options()) {
                              to.begin_object();
                              to.member("kind", std::uint64_t{option.kind});
                              if (!option.data.empty()) to.member("data", option.data);
                              to.end_object();
                            }
                            to.end_array();
                          }}};

constexpr std::array ipv6{
    of<Ipv6View, &Ipv6View::version>("version", "6"),
    of<Ipv6View, &Ipv6View::traffic_class>("traffic_class", "RFC 2474, RFC 3168"),
    of<Ipv6View, &Ipv6View::flow_label>("flow_label", "20 bits"),
    of<Ipv6View, &Ipv6View::payload_field>("payload_length",
                                           "bytes; 0 in jumbograms or where left to the adapter"),
    of<Ipv6View, &Ipv6View::next_header>("next_header", "IANA number of what follows"),
    of<Ipv6View, &Ipv6View::hop_limit>("hop_limit", "hops left"),
    of<Ipv6View, &Ipv6View::source>("source", "source address"),
    of<Ipv6View, &Ipv6View::destination>("destination", "destination address")};

constexpr std::array ipv6_options{
    of<Ipv6OptionsView, &Ipv6OptionsView::next_header>("next_header",
                                                       "IANA number of what follows"),
    of<Ipv6OptionsView, &Ipv6OptionsView::header_length>("header_length", "bytes"),
    of<Ipv6OptionsView, &Ipv6OptionsView::jumbo_payload_length>("jumbo_payload_length", "RFC 2675"),
    RecordField<Ipv6OptionsView>{"options", FieldKind::objects,
                                 "`type` and `data` in hex; padding is left out",
                                 [](ValueVisitor& to, const Ipv6OptionsView& header) {
                                   to.begin_array();
                                   for (const Ipv6Option& option : header.options()) {
                                     constexpr std::uint8_t pad_n = 1;
                                     if (option.type <= pad_n) continue;
                                     to.begin_object();
                                     to.member("type", std::uint64_t{option.type});
                                     to.member("data", option.data);
                                     to.end_object();
                                   }
                                   to.end_array();
                                 }}};

// RFC 8200 4.4: only types with a plain list have addresses.
bool lists_addresses(const Ipv6RoutingView& header) {
  return header.routing_type() == Ipv6RoutingView::source_route ||
         header.routing_type() == Ipv6RoutingView::mobility ||
         header.routing_type() == Ipv6RoutingView::segment_routing;
}

constexpr std::array ipv6_routing{
    of<Ipv6RoutingView, &Ipv6RoutingView::next_header>("next_header",
                                                       "IANA number of what follows"),
    of<Ipv6RoutingView, &Ipv6RoutingView::header_length>("header_length", "bytes"),
    of<Ipv6RoutingView, &Ipv6RoutingView::routing_type>(
        "routing_type", "0 source route, 2 mobility, 4 segment routing"),
    of<Ipv6RoutingView, &Ipv6RoutingView::segments_left>("segments_left", "still to visit"),
    RecordField<Ipv6RoutingView>{"addresses", FieldKind::addresses,
                                 "of types 0, 2 and 4, in the order of the header",
                                 [](ValueVisitor& to, const Ipv6RoutingView& header) {
                                   if (!lists_addresses(header)) return;
                                   to.begin_array();
                                   for (std::size_t i = 0; i < header.address_count(); ++i) {
                                     to.value(header.address(i));
                                   }
                                   to.end_array();
                                 }}};

constexpr std::array ipv6_fragment{
    of<Ipv6FragmentView, &Ipv6FragmentView::next_header>("next_header",
                                                         "IANA number of what follows"),
    of<Ipv6FragmentView, &Ipv6FragmentView::fragment_offset>("fragment_offset", "bytes"),
    of<Ipv6FragmentView, &Ipv6FragmentView::more_fragments>("more_fragments", "M bit"),
    of<Ipv6FragmentView, &Ipv6FragmentView::identification>("identification",
                                                            "of the datagram's fragments")};

constexpr std::array ipv6_mobility{
    of<Ipv6MobilityView, &Ipv6MobilityView::next_header>("payload_proto",
                                                         "IANA number of what follows"),
    of<Ipv6MobilityView, &Ipv6MobilityView::header_length>("header_length", "bytes"),
    of<Ipv6MobilityView, &Ipv6MobilityView::message_type>("message_type", "MH type"),
    of<Ipv6MobilityView, &Ipv6MobilityView::checksum>("checksum", "as sent"),
    of<Ipv6MobilityView, &Ipv6MobilityView::message_data>("message_data", "the rest")};

constexpr std::array ipv6_shim6{
    of<Ipv6Shim6View, &Ipv6Shim6View::next_header>("next_header", "IANA number of what follows"),
    of<Ipv6Shim6View, &Ipv6Shim6View::header_length>("header_length", "bytes"),
    RecordField<Ipv6Shim6View>{"message_type", FieldKind::integer, "of control messages",
                               [](const Ipv6Shim6View& header) -> Value {
                                 if (header.is_payload()) return {};
                                 return std::uint64_t{header.message_type()};
                               }},
    of_if<Ipv6Shim6View, &Ipv6Shim6View::context_tag, &Ipv6Shim6View::is_payload>(
        "context_tag", "of payload extension headers")};

constexpr std::array ah{
    of<AhView, &AhView::next_header>("next_header", "IANA number of what follows"),
    of<AhView, &AhView::header_length>("header_length", "bytes"),
    of<AhView, &AhView::security_parameters_index>("security_parameters_index", "SPI"),
    of<AhView, &AhView::sequence_number>("sequence_number", "low 32 bits"),
    of<AhView, &AhView::integrity_check_value>("integrity_check_value", "ICV")};

constexpr std::array esp{
    of<EspView, &EspView::security_parameters_index>("security_parameters_index", "SPI"),
    of<EspView, &EspView::sequence_number>("sequence_number", "low 32 bits")};

constexpr std::array tables{
    entry<Ipv4View, ipv4>(Protocol::ipv4, "IPv4 (RFC 791)"),
    entry<Ipv6View, ipv6>(Protocol::ipv6, "IPv6 (RFC 8200)"),
    entry<Ipv6OptionsView, ipv6_options>(Protocol::ipv6_hop_by_hop,
                                         "hop-by-hop options (RFC 8200 4.3)"),
    entry<Ipv6RoutingView, ipv6_routing>(Protocol::ipv6_routing, "routing header (RFC 8200 4.4)"),
    entry<Ipv6FragmentView, ipv6_fragment>(Protocol::ipv6_fragment,
                                           "fragment header (RFC 8200 4.5)"),
    entry<Ipv6OptionsView, ipv6_options>(Protocol::ipv6_destination,
                                         "destination options (RFC 8200 4.6)"),
    entry<Ipv6MobilityView, ipv6_mobility>(Protocol::ipv6_mobility, "mobility header (RFC 6275)"),
    entry<Ipv6Shim6View, ipv6_shim6>(Protocol::ipv6_shim6, "shim6 (RFC 5533)"),
    entry<AhView, ah>(Protocol::ah, "authentication header (RFC 4302)"),
    entry<EspView, esp>(Protocol::esp, "encapsulating security payload (RFC 4303)"),
    ProtocolFields{Protocol::ipcomp, "IP payload compression (RFC 3173)"}};

}  // namespace

std::span<const ProtocolFields> network_fields() noexcept { return tables; }

}  // namespace weir::record
