// ARP and reverse ARP (RFC 826, RFC 903).
#include <algorithm>

#include "print/printer.h"

namespace weir::print {
namespace {

constexpr std::size_t fixed_size = 8;

constexpr Name hardware_types[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "Ethernet"}, {6, "TokenRing"}, {7, "ArcNet"},     {15, "FrameRelay"},
    {17, "Strip"},   {19, "ATM"},      {24, "IEEE 1394"}, {32, "Infiniband"},
};

constexpr Name operations[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {1, "Request"},         {2, "Reply"},         {3, "Reverse Request"}, {4, "Reverse Reply"},
    {8, "Inverse Request"}, {9, "Inverse Reply"}, {10, "NACK Reply"},
};

/// The four addresses of a message.
struct Addresses {
  Header sender_hardware;
  Header sender;
  Header target_hardware;
  Header target;
};

void put_hardware(Line& line, const Header& address, std::uint16_t type) {
  if (address.length() == 0) return line.put("<No address>");
  if (type == 1 && address.length() == MacAddress::size) {
    const MacAddress mac = address.mac(0);
    return line.put(mac);
  }
  for (std::size_t i = 0; i < address.length() && !line.is_cut(); ++i) {
    if (i != 0) line.put(':');
    line.print("{:02x}", address.u8(i));
  }
}

void put_protocol(Line& line, const Header& address, std::uint16_t type) {
  if (type != 0x0800 && type != 0x1000) return line.print("<wrong proto type>");
  if (address.length() != Ipv4Address::size) return line.print("<wrong len>");
  const Ipv4Address ip = address.v4(0);
  line.put(ip);
}

bool all_zero(const Header& address) noexcept {
  return std::ranges::all_of(address.captured(), [](std::uint8_t byte) { return byte == 0; });
}

void put_operation(Line& line, std::uint16_t operation, const Addresses& of, std::uint16_t hardware,
                   std::uint16_t protocol) {
  switch (operation) {
    case 1:
      line.put(" who-has ");
      put_protocol(line, of.target, protocol);
      if (!all_zero(of.target_hardware)) {
        line.put(" (");
        put_hardware(line, of.target_hardware, hardware);
        line.put(')');
      }
      line.put(" tell ");
      return put_protocol(line, of.sender, protocol);
    case 2:
      line.put(' ');
      put_protocol(line, of.sender, protocol);
      line.put(" is-at ");
      return put_hardware(line, of.sender_hardware, hardware);
    case 3:
    case 8:
      line.put(" who-is ");
      put_hardware(line, of.target_hardware, hardware);
      line.put(" tell ");
      return put_hardware(line, of.sender_hardware, hardware);
    case 4:
      line.put(' ');
      put_hardware(line, of.target_hardware, hardware);
      line.put(" at ");
      return put_protocol(line, of.target, protocol);
    case 9:
      line.put(' ');
      put_hardware(line, of.sender_hardware, hardware);
      line.put(" at ");
      return put_protocol(line, of.sender, protocol);
    default:
      break;
  }
}

}  // namespace

void Printer::arp(const Header& header) {
  line_.reading("arp");
  const std::uint16_t hardware = header.u16(0);
  const std::uint16_t protocol = header.u16(2);
  const std::size_t hardware_size = header.u8(4);
  const std::size_t protocol_size = header.u8(5);
  const std::uint16_t operation = header.u16(6);
  const std::size_t sender = fixed_size + hardware_size;
  const std::size_t target_hardware = sender + protocol_size;
  const std::size_t target = target_hardware + hardware_size;
  if (!header.need(0, target + protocol_size)) return;
  const Addresses addresses{
      header.from(fixed_size).first(hardware_size), header.from(sender).first(protocol_size),
      header.from(target_hardware).first(hardware_size), header.from(target).first(protocol_size)};

  if (!options_.link_header) line_.put("ARP, ");
  const bool plain = (protocol == 0x0800 || protocol == 0x1000) &&
                     protocol_size == Ipv4Address::size && hardware_size != 0;
  if (!plain || verbose()) {
    const std::string_view hardware_name = name_in(hardware_types, hardware);
    if (hardware_name.empty()) {
      line_.print("Unknown Hardware ({}) (len {}), ", hardware, hardware_size);
    } else {
      line_.print("{} (len {}), ", hardware_name, hardware_size);
    }
    const std::string_view protocol_name = ether_type_name(protocol);
    if (protocol_name.empty()) {
      line_.print("Unknown Protocol (0x{:04x}) (len {}), ", protocol, protocol_size);
    } else {
      line_.print("{} (len {}), ", protocol_name, protocol_size);
    }
  }
  const std::string_view operation_name = name_in(operations, operation);
  if (operation_name.empty()) {
    line_.print("Unknown ({}) ", operation);
    put_unknown(header);
    return;
  }
  line_.put(operation_name);
  put_operation(line_, operation, addresses, hardware, protocol);
  line_.print(", length {}", header.length());
}

}  // namespace weir::print
