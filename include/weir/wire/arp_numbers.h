// Numbers of ARP (IANA: ARP Parameters): hardware types and operations.
#pragma once

#include <cstdint>

#include "weir/api.h"

/// ArpFields::hardware_type.
namespace weir::wire::arp_hardware {

inline constexpr std::uint16_t netrom = 0;  // of AX.25, as BSD has it; IANA reserves 0
inline constexpr std::uint16_t ethernet = 1;
inline constexpr std::uint16_t experimental_ethernet = 2;
inline constexpr std::uint16_t ax_25 = 3;
inline constexpr std::uint16_t pronet = 4;
inline constexpr std::uint16_t chaos = 5;
inline constexpr std::uint16_t ieee802 = 6;
inline constexpr std::uint16_t arcnet = 7;
inline constexpr std::uint16_t hyperchannel = 8;  // AppleTalk in Linux
inline constexpr std::uint16_t lanstar = 9;
inline constexpr std::uint16_t autonet = 10;
inline constexpr std::uint16_t local_talk = 11;
inline constexpr std::uint16_t local_net = 12;
inline constexpr std::uint16_t ultra_link = 13;
inline constexpr std::uint16_t smds = 14;
inline constexpr std::uint16_t frame_relay = 15;
inline constexpr std::uint16_t atm_16 = 16;
inline constexpr std::uint16_t hdlc = 17;
inline constexpr std::uint16_t fibre_channel = 18;
inline constexpr std::uint16_t atm = 19;
inline constexpr std::uint16_t serial_line = 20;
inline constexpr std::uint16_t atm_21 = 21;
inline constexpr std::uint16_t mil_std_188_220 = 22;
inline constexpr std::uint16_t metricom = 23;
inline constexpr std::uint16_t ieee1394 = 24;
inline constexpr std::uint16_t mapos = 25;
inline constexpr std::uint16_t twinaxial = 26;
inline constexpr std::uint16_t eui_64 = 27;
inline constexpr std::uint16_t hiparp = 28;
inline constexpr std::uint16_t iso_7816_3 = 29;
inline constexpr std::uint16_t arpsec = 30;
inline constexpr std::uint16_t ipsec_tunnel = 31;
inline constexpr std::uint16_t infiniband = 32;

}  // namespace weir::wire::arp_hardware

/// ArpFields::operation.
namespace weir::wire::arp_operation {

inline constexpr std::uint16_t request = 1;
inline constexpr std::uint16_t reply = 2;
inline constexpr std::uint16_t reverse_request = 3;  // RFC 903
inline constexpr std::uint16_t reverse_reply = 4;
inline constexpr std::uint16_t dynamic_reverse_request = 5;  // RFC 1931
inline constexpr std::uint16_t dynamic_reverse_reply = 6;
inline constexpr std::uint16_t dynamic_reverse_error = 7;
inline constexpr std::uint16_t inverse_request = 8;  // RFC 2390
inline constexpr std::uint16_t inverse_reply = 9;
inline constexpr std::uint16_t negative_acknowledgment = 10;  // RFC 1577

}  // namespace weir::wire::arp_operation
