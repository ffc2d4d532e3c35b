// What decode() found, as one line of text, and whether two such results are equal.
#pragma once

#include <string>

#include "weir/wire/layers.h"

namespace weir::test {

inline std::string text_of(const wire::IpDatagram& ip) {
  if (!ip.present()) return "-";
  std::string text = std::to_string(ip.network);
  if (ip.transport != wire::IpDatagram::absent) text += ">" + std::to_string(ip.transport);
  text += "=" + std::to_string(ip.protocol);
  if (ip.fragment == wire::Fragment::first) text += " first";
  if (ip.fragment == wire::Fragment::later) text += " later";
  return text;
}

inline bool equal(const wire::IpDatagram& a, const wire::IpDatagram& b) noexcept {
  return a.network == b.network && a.transport == b.transport && a.protocol == b.protocol &&
         a.fragment == b.fragment && a.payload_offset == b.payload_offset && a.length == b.length;
}

/// "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+4 payload": each header with its offset and length;
/// the outer IP datagram with its network and transport layer and its protocol, behind a slash the
/// inner one if it is another; the payload's offset and length, and why it ended there.
inline std::string text_of(const wire::Layers& layers) {
  std::string text;
  for (const wire::Layer& layer : layers) {
    text += std::string{name(layer.protocol)} + "@" + std::to_string(layer.offset) + "+" +
            std::to_string(layer.header_length) + " ";
  }
  text += "| " + text_of(layers.outer);
  if (!equal(layers.outer, layers.inner)) text += " / " + text_of(layers.inner);
  return text + " | " + std::to_string(layers.payload_offset) + "+" +
         std::to_string(layers.payload_length) + " " + name(layers.stop);
}

inline bool equal(const wire::Layer& a, const wire::Layer& b) noexcept {
  return a.offset == b.offset && a.header_length == b.header_length && a.protocol == b.protocol;
}

/// Every field of both.
inline bool equal(const wire::Layers& a, const wire::Layers& b) noexcept {
  if (a.size() != b.size() || a.protocols != b.protocols || a.stop != b.stop ||
      a.missing != b.missing)
    return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equal(a[i], b[i])) return false;
  }
  return equal(a.outer, b.outer) && equal(a.inner, b.inner) &&
         a.payload_offset == b.payload_offset && a.payload_length == b.payload_length;
}

}  // namespace weir::test
