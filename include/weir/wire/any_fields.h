// The Fields of any header in one type, for lists of headers that are only known at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <variant>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/ah.h"
#include "weir/wire/arcnet.h"
#include "weir/wire/arp.h"
#include "weir/wire/avs.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/dccp.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/dns.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/erspan.h"
#include "weir/wire/esp.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/fddi.h"
#include "weir/wire/fields.h"
#include "weir/wire/frame_relay.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/hsr.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/igmp.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/layers.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/llc.h"
#include "weir/wire/macsec.h"
#include "weir/wire/mpls.h"
#include "weir/wire/netflow.h"
#include "weir/wire/nflog.h"
#include "weir/wire/nsh.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/pktap.h"
#include "weir/wire/ppi.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/prism.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/radiotap.h"
#include "weir/wire/sctp.h"
#include "weir/wire/slip.h"
#include "weir/wire/tcp.h"
#include "weir/wire/teredo.h"
#include "weir/wire/tls.h"
#include "weir/wire/token_ring.h"
#include "weir/wire/trill.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"
#include "weir/wire/vxlan.h"

namespace weir::wire {

class FrameWriter;

/// All there are.
using FieldsVariant =
    std::variant<EthernetFields, VlanFields, ITagFields, MplsFields, ArpFields, Ipv4Fields,
                 Ipv6Fields, Ipv6ExtensionFields, Ipv6FragmentFields, Ipv6MobilityFields, TcpFields,
                 UdpFields, IcmpFields, Icmpv6Fields, NeighborFields, RouterAdvertisementFields,
                 VxlanFields, LlcFields, SnapFields, PppFields, CiscoHdlcFields, FrameRelayFields,
                 SllFields, Sll2Fields, NullFields, SlipFields, TokenRingFields, FddiFields,
                 ArcnetFields, IpoibFields, WlanFields, RadiotapFields, PrismFields, AvsFields,
                 PpiFields, PktapFields, NflogFields, PppoeFields, VnTagFields, ETagFields,
                 RTagFields, HsrFields, CiscoMetadataFields, TrillFields, MacsecFields, NshFields,
                 AhFields, EspFields, UdpLiteFields, SctpFields, DccpFields, IgmpFields, GreFields,
                 ErspanFields, GeneveFields, GtpFields, TeredoFields, L2tpFields, EtherIpFields,
                 DnsFields, DhcpFields, NetflowFields, TlsRecordFields>;

/// A header to be written: one of them. What its Fields borrow, it borrows. A class of its own, as
/// a name of sixty types in that of every function is more than linkers read.
class AnyFields : public FieldsVariant {
 public:
  using FieldsVariant::FieldsVariant;
};

/// The bytes the header will have.
[[nodiscard]] WEIR_API std::size_t header_length(const AnyFields& fields) noexcept;

/// One of the headers that decode(packet) found, all of its fields given: written, it gives the
/// same bytes. Nothing where the header cannot be read, or there are no Fields for it. Messages of
/// ICMPv6 are Icmpv6Fields, whatever their type. Borrows the packet's bytes.
[[nodiscard]] WEIR_API std::optional<AnyFields> fields_of(const Packet& packet,
                                                          const Layers& layers,
                                                          const Layer& layer) noexcept;

/// FrameWriter::add() of a header that is known at run time.
WEIR_API Written add(FrameWriter& writer, const AnyFields& fields) noexcept;

/// Why a frame was not built.
struct BuildError {
  WriteError error;
  /// The index of the header that could not be written; the number of headers where the buffer is
  /// shorter than the frame.
  std::size_t layer;
};

/// As build() in frame_writer.h, which writes headers known at compile time. `layers`: from the
/// outermost on; `payload` follows the last. Allocates nothing.
[[nodiscard]] WEIR_API std::expected<MutableBytes, BuildError> build(
    MutableBytes buffer, std::span<const AnyFields> layers, Bytes payload) noexcept;

/// The bytes of the frame that build() writes.
[[nodiscard]] WEIR_API std::size_t frame_length(std::span<const AnyFields> layers,
                                                Bytes payload) noexcept;

}  // namespace weir::wire
