// The bytes that packets of the mixed trace carry.
#include "payload.h"

#include <string>
#include <string_view>

#include "random.h"

namespace bench {
namespace {

constexpr std::size_t noise_size = 1 << 16;

std::string host_name(const Conversation& conversation) {
  std::string digits = std::to_string(10'000 + conversation.server);
  return "host" + digits;
}

}  // namespace

Payloads::Payloads(std::uint64_t seed) : noise_(noise_size + Octets::capacity) {
  Random random{seed ^ 0x6e6f697365};
  // Seven bits: so that no dissector takes it for RTP or RTCP, which start with binary 10.
  for (std::uint8_t& byte : noise_) byte = static_cast<std::uint8_t>(random.next() & 0x7f);
}

std::span<const std::uint8_t> Payloads::make(const Conversation& conversation, const Event& event) {
  out_.clear();
  switch (event.content) {
    case Content::none:
    case Content::arp:
    case Content::unreachable:
      break;
    case Content::filler:
      filler(conversation, event, event.length);
      break;
    case Content::tls_hello:
      tls_hello(conversation, event);
      break;
    case Content::tls_record:
      if (event.length > 5) {
        out_.u8(23);  // application data, RFC 8446 section 5.1
        out_.u16(0x0303);
        out_.u16(event.length - 5U);
      }
      filler(conversation, event, event.length - out_.size());
      break;
    case Content::http_get:
    case Content::http_reply:
      http(conversation, event);
      break;
    case Content::dns_query:
    case Content::dns_reply:
      dns(conversation, event.content == Content::dns_reply);
      break;
    case Content::ntp:
      out_.u32(event.from == Side::client ? 0x230a0020 : 0x24020aec);  // version 4, RFC 5905
      filler(conversation, event, event.length - 4U);
      break;
    case Content::quic:
      out_.u8(0x40 | (event.length & 0x1f));  // short header, RFC 9000 section 17.3
      filler(conversation, event, event.length - 1U);
      break;
    case Content::echo:
      out_.u16(conversation.salt & 0xffff);
      out_.u16(event.sequence + 1);
      filler(conversation, event, event.length);
      break;
  }
  return out_.view();
}

void Payloads::filler(const Conversation& conversation, const Event& event, std::size_t length) {
  const std::size_t at = (conversation.salt + event.sequence) % noise_size;
  out_.raw(std::span<const std::uint8_t>{noise_}.subspan(at, length));
}

// A ClientHello (RFC 8446) with server name, groups, versions and padding up to event.length.
void Payloads::tls_hello(const Conversation& conversation, const Event& event) {
  const std::string server = host_name(conversation) + ".example.net";
  const auto length = static_cast<unsigned>(event.length);
  const auto name_length = static_cast<unsigned>(server.size());
  out_.u8(22);
  out_.u16(0x0301);
  out_.u16(length - 5);
  out_.u8(1);
  out_.u8(0);
  out_.u16(length - 9);
  out_.u16(0x0303);
  filler(conversation, event, 32);
  out_.u8(0);   // session
  out_.u16(6);  // cipher suites
  out_.u16(0x1301);
  out_.u16(0x1302);
  out_.u16(0xc02f);
  out_.u16(0x0100);  // no compression
  out_.u16(length - static_cast<unsigned>(out_.size()) - 2);
  out_.u16(0);  // server_name, RFC 6066
  out_.u16(name_length + 5);
  out_.u16(name_length + 3);
  out_.u8(0);
  out_.u16(name_length);
  out_.text(server);
  out_.u16(10);  // supported_groups: x25519
  out_.u16(4);
  out_.u16(2);
  out_.u16(29);
  out_.u16(43);  // supported_versions: 1.3
  out_.u16(3);
  out_.u8(2);
  out_.u16(0x0304);
  const unsigned padding = length - static_cast<unsigned>(out_.size()) - 4;
  out_.u16(21);  // padding, RFC 7685
  out_.u16(padding);
  out_.zeros(padding);
}

void Payloads::http(const Conversation& conversation, const Event& event) {
  if (event.content == Content::http_get) {
    out_.text("GET /item/");
    out_.text(std::to_string(conversation.salt));
    out_.text(" HTTP/1.1\r\nHost: ");
    out_.text(host_name(conversation));
    out_.text(".example.net\r\nAccept: */*\r\nX-Pad: ");
    while (out_.size() + 4U < event.length) out_.u8('a' + static_cast<unsigned>(out_.size() % 26));
    out_.text("\r\n\r\n");
    return;
  }
  constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n";
  constexpr std::string_view length_name = "Content-Length: ";
  constexpr std::size_t digits = 10;
  const std::size_t head_size = head.size() + length_name.size() + digits + 4;
  std::string number = std::to_string(event.detail - head_size);
  number.insert(0, digits - number.size(), '0');
  out_.text(head);
  out_.text(length_name);
  out_.text(number);
  out_.text("\r\n\r\n");
  filler(conversation, event, event.length - head_size);
}

// Question and answer for the address of a host (RFC 1035).
void Payloads::dns(const Conversation& conversation, bool reply) {
  const bool quad_a = (conversation.salt & 1) != 0;
  out_.u16(conversation.salt >> 16);
  out_.u16(reply ? 0x8180 : 0x0100);
  out_.u16(1);
  out_.u16(reply ? 1 : 0);
  out_.u32(0);
  name(conversation);
  out_.u16(quad_a ? 28 : 1);
  out_.u16(1);
  if (!reply) return;
  out_.u16(0xc00c);  // the name of the question
  out_.u16(quad_a ? 28 : 1);
  out_.u16(1);
  out_.u32(300);
  out_.u16(quad_a ? 16 : 4);
  if (quad_a) {
    out_.u32(0x20010db8);
    out_.zeros(10);
    out_.u16(conversation.server);
  } else {
    out_.u32(0xc6130000 | conversation.server);
  }
}

void Payloads::name(const Conversation& conversation) {
  const std::string host = host_name(conversation);
  for (const std::string_view label :
       {std::string_view{host}, std::string_view{"example"}, std::string_view{"net"}}) {
    out_.u8(static_cast<unsigned>(label.size()));
    out_.text(label);
  }
  out_.u8(0);
}

}  // namespace bench
