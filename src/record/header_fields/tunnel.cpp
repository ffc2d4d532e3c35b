// Fields that can be set of tunnels.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::array vxlan{
    field<VxlanFields, &VxlanFields::flags>("flags", "open: I, and with a next protocol P"),
    field<VxlanFields, &VxlanFields::reserved>("reserved", "the two bytes behind the flags"),
    field<VxlanFields, &VxlanFields::has_next_protocol>("has_next_protocol", "VXLAN-GPE"),
    field<VxlanFields, &VxlanFields::next_protocol>(
        "next_protocol", "1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS; open: what follows"),
    field<VxlanFields, &VxlanFields::identifier, 0xffffff>("identifier", "VNI, 24 bits"),
    field<VxlanFields, &VxlanFields::last_reserved>("last_reserved", "the last byte")};

const std::array formats{
    FieldsFormat{"VXLAN", "VXLAN (RFC 7348) and VXLAN-GPE", vxlan, VxlanFields{}}};

}  // namespace

std::span<const FieldsFormat> tunnel_formats() noexcept { return formats; }

}  // namespace weir::record
