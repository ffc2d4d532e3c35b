// Reads the two ends of a conversation.
#include "cli/output/conversation_words.h"

#include <charconv>
#include <string_view>

#include "cli/exit_code.h"

namespace weir::cli {
namespace {

using End = flow::Conversation::End;

UsageError wrong(const std::string& what) { return UsageError{"--flow: " + what}; }

/// `whole` is the end it stands in.
IpAddress parse_address(std::string_view word, std::string_view whole) {
  const auto address = parse_ip(word);
  if (address) return *address;
  if (word.empty()) {
    throw wrong("an address is missing in '" + std::string{whole} +
                "': write 192.0.2.1:80 or 192.0.2.1");
  }
  throw wrong("no IP address: " + std::string{word} +
              "; names are not looked up: write it as 192.0.2.1 or [2001:db8::1]");
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || rest != end) {
    throw wrong("no port: '" + std::string{text} +
                "'; write a number from 0 to 65535, or leave it and the colon out for any port");
  }
  return port;
}

End parse_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    throw wrong("the bracket is not closed in " + std::string{text} +
                ": write [2001:db8::1]:80 or [2001:db8::1]");
  }
  const std::string_view inside = text.substr(1, close - 1);
  const std::string_view behind = text.substr(close + 1);
  const IpAddress address = parse_address(inside, text);
  if (address.version() != 6) {
    throw wrong("brackets are for IPv6: write " + std::string{inside} + std::string{behind});
  }
  if (behind.empty()) return {address};
  if (behind.front() != ':') {
    throw wrong("behind the bracket stands a colon and a port: write [" + std::string{inside} +
                "]:80, not " + std::string{text});
  }
  return {address, parse_port(behind.substr(1))};
}

End parse_end(std::string_view text) {
  if (text.starts_with('[')) return parse_bracketed(text);
  const std::size_t colon = text.find(':');
  if (colon != text.rfind(':')) {
    throw wrong(
        "an IPv6 address stands in brackets: write [2001:db8::1]:80 or [2001:db8::1], not " +
        std::string{text});
  }
  const IpAddress address = parse_address(text.substr(0, colon), text);
  if (colon == std::string_view::npos) return {address};
  return {address, parse_port(text.substr(colon + 1))};
}

}  // namespace

flow::Conversation parse_conversation(const std::string& text) {
  const std::string_view all = text;
  const std::size_t comma = all.find(',');
  if (comma == std::string_view::npos || comma != all.rfind(',')) {
    throw wrong(
        "two ends are needed, with a comma between: write "
        "192.0.2.1:80,192.0.2.2:4242, not " +
        text);
  }
  const flow::Conversation which{parse_end(all.substr(0, comma)), parse_end(all.substr(comma + 1))};
  if (which.one.address.version() != which.other.address.version()) {
    throw wrong("one end is IPv4 and the other IPv6, and no flow joins the two: " + text);
  }
  return which;
}

}  // namespace weir::cli
