// The table of what editors set by attribute.
#include "editor_attribute.h"

#include <type_traits>

namespace weir::python {
namespace {

using record::FieldKind;
using record::FieldRange;
using record::Value;
using wire::Editor;
using wire::Protocol;
using wire::Which;

template <class T>
T value_as(const Value& value) noexcept {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return static_cast<T>(std::get<std::uint64_t>(value.content()));
  } else {
    return std::get<T>(value.content());
  }
}

template <class T>
constexpr FieldKind kind() noexcept {
  return std::is_same_v<T, bool>         ? FieldKind::boolean
         : std::is_same_v<T, MacAddress> ? FieldKind::mac_address
         : std::is_same_v<T, IpAddress>  ? FieldKind::ip_address
                                         : FieldKind::integer;
}

template <class>
struct Argument;
template <class T>
struct Argument<wire::Edited (Editor::*)(T, Which) noexcept> {
  using Type = std::remove_cvref_t<T>;
};

template <auto setter>
constexpr EditorAttribute attribute(std::string_view name, std::string_view meaning,
                                    std::span<const ReadPlace> places, std::uint64_t max = 0) {
  using T = typename Argument<decltype(setter)>::Type;
  return {.field = {.description = {name, kind<T>(), meaning}, .max = max},
          .places = places,
          .set = [](Editor& editor, const Value& value, Which which) noexcept {
            return (editor.*setter)(value_as<T>(value), which);
          }};
}

constexpr std::array mac_source{ReadPlace{Protocol::ethernet, "source"}};
constexpr std::array mac_destination{ReadPlace{Protocol::ethernet, "destination"}};
constexpr std::array vlan_identifier{ReadPlace{Protocol::vlan, "identifier"},
                                     ReadPlace{Protocol::provider_vlan, "identifier"}};
constexpr std::array vlan_priority{ReadPlace{Protocol::vlan, "priority"},
                                   ReadPlace{Protocol::provider_vlan, "priority"}};
constexpr std::array vlan_drop{ReadPlace{Protocol::vlan, "drop_eligible"},
                               ReadPlace{Protocol::provider_vlan, "drop_eligible"}};
constexpr std::array source{ReadPlace{Protocol::ipv4, "source"},
                            ReadPlace{Protocol::ipv6, "source"}};
constexpr std::array destination{ReadPlace{Protocol::ipv4, "destination"},
                                 ReadPlace{Protocol::ipv6, "destination"}};
constexpr std::array ttl{ReadPlace{Protocol::ipv4, "ttl"}, ReadPlace{Protocol::ipv6, "hop_limit"}};
constexpr std::array dscp{ReadPlace{Protocol::ipv4, "dscp"},
                          ReadPlace{Protocol::ipv6, "traffic_class", 2}};
constexpr std::array ecn{ReadPlace{Protocol::ipv4, "ecn"},
                         ReadPlace{Protocol::ipv6, "traffic_class", 0, 3}};
constexpr std::array dont_fragment{ReadPlace{Protocol::ipv4, "dont_fragment"}};
constexpr std::array identification{ReadPlace{Protocol::ipv4, "identification"}};
constexpr std::array flow_label{ReadPlace{Protocol::ipv6, "flow_label"}};

template <std::size_t size>
struct Name {
  constexpr Name(const char (&characters)[size]) {  // NOLINT: a literal
    for (std::size_t i = 0; i < size; ++i) text[i] = characters[i];
  }
  char text[size];
};
template <Name name>
constexpr std::array in_transport{
    ReadPlace{Protocol::tcp, name.text}, ReadPlace{Protocol::udp, name.text},
    ReadPlace{Protocol::udp_lite, name.text}, ReadPlace{Protocol::dccp, name.text},
    ReadPlace{Protocol::sctp, name.text}};
template <Name name>
constexpr std::array in_tcp{ReadPlace{Protocol::tcp, name.text}};

constexpr std::array attributes{
    attribute<&Editor::set_mac_source>("mac_source", "of the Ethernet frame", mac_source),
    attribute<&Editor::set_mac_destination>("mac_destination", "of the Ethernet frame",
                                            mac_destination),
    attribute<&Editor::set_vlan_identifier>("vlan", "identifier of the VLAN tag", vlan_identifier,
                                            4095),
    attribute<&Editor::set_vlan_priority>("vlan_priority", "PCP of the VLAN tag", vlan_priority, 7),
    attribute<&Editor::set_vlan_drop_eligible>("vlan_drop_eligible", "DEI bit of the VLAN tag",
                                               vlan_drop),
    attribute<&Editor::set_source>("source", "IP address; of the version that is there", source),
    attribute<&Editor::set_destination>("destination", "IP address; of the version that is there",
                                        destination),
    attribute<&Editor::set_ttl>("ttl", "time to live, or hop limit", ttl, 255),
    attribute<&Editor::set_dscp>("dscp", "RFC 2474", dscp, 63),
    attribute<&Editor::set_ecn>("ecn", "RFC 3168", ecn, 3),
    attribute<&Editor::set_dont_fragment>("dont_fragment", "of IPv4", dont_fragment),
    attribute<&Editor::set_identification>("identification", "of IPv4", identification, 0xffff),
    attribute<&Editor::set_flow_label>("flow_label", "of IPv6", flow_label, 0xfffff),
    attribute<&Editor::set_source_port>("source_port", "of TCP, UDP, UDP-Lite, DCCP or SCTP",
                                        in_transport<"source_port">, 0xffff),
    attribute<&Editor::set_destination_port>("destination_port",
                                             "of TCP, UDP, UDP-Lite, DCCP or SCTP",
                                             in_transport<"destination_port">, 0xffff),
    attribute<&Editor::set_sequence_number>("sequence_number", "of TCP", in_tcp<"sequence_number">,
                                            0xffffffff),
    attribute<&Editor::set_acknowledgment_number>("acknowledgment_number", "of TCP",
                                                  in_tcp<"acknowledgment_number">, 0xffffffff),
    attribute<&Editor::set_flags>("flags", "of TCP, nine bits", in_tcp<"flags">, 0x1ff),
    attribute<&Editor::set_window>("window", "of TCP, not scaled", in_tcp<"window">, 0xffff)};

}  // namespace

std::span<const EditorAttribute> editor_attributes() noexcept { return attributes; }

}  // namespace weir::python
