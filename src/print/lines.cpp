// Protocols made of lines of text: HTTP, RTSP, FTP, SMTP, SSH.
#include <array>

#include "print/printer.h"

namespace weir::print {
namespace {

/// How a message of a protocol starts.
struct LineProtocol {
  std::string_view name;
  const char* mark;
  /// Requests; none: every line is taken.
  std::string_view requests;
  /// The word that holds the three digits of a response.
  int code_word;
};

constexpr LineProtocol http{
    "HTTP", "http",
    " GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH "
    "UNLOCK "
    "REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE "
    "PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT "
    "VERSION-CONTROL BASELINE-CONTROL ",
    2};
constexpr LineProtocol rtsp{"RTSP", "rtsp",
                            " OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER "
                            "SET_PARAMETER REDIRECT RECORD ",
                            2};
constexpr LineProtocol ftp{"FTP", "ftp", "", 1};
constexpr LineProtocol smtp{"SMTP", "smtp", "", 1};
constexpr LineProtocol whois{"WHOIS", "whois", "", 1};

const LineProtocol* by_port(std::uint16_t port) noexcept {
  switch (port) {
    case 21:
      return &ftp;
    case 25:
      return &smtp;
    case 43:
      return &whois;
    case 80:
    case 8080:
      return &http;
    case 554:
    case 8554:
      return &rtsp;
    default:
      return nullptr;
  }
}

bool is_space(std::uint8_t byte) noexcept { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_printable(std::uint8_t byte) noexcept { return byte >= 0x20 && byte < 0x7f; }

char upper(std::uint8_t byte) noexcept {
  return static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
}

/// A word of the first line; `end` is where the next one starts, 0 if there is no word.
struct Word {
  static constexpr std::size_t max_size = 127;
  std::array<char, max_size> text{};
  std::size_t size = 0;
  std::size_t end = 0;

  [[nodiscard]] bool is_code() const noexcept {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    return size == 3 && digit(0) && digit(1) && digit(2);
  }
  [[nodiscard]] bool among(std::string_view words) const noexcept {
    std::size_t at = 0;
    while ((at = words.find(' ', at)) != std::string_view::npos && at + 1 < words.size()) {
      const std::size_t stop = words.find(' ', at + 1);
      if (words.substr(at + 1, stop - at - 1) == std::string_view{text.data(), size}) return true;
      at = stop;
    }
    return false;
  }
};

Word word_at(const Header& payload, std::size_t at) {
  Word word;
  const std::size_t length = payload.length();
  while (at < length) {
    if (!payload.holds(at, 1)) return {};
    const std::uint8_t byte = payload.u8(at);
    if (is_space(byte) && word.size == 0) return {};
    if (is_space(byte)) break;
    if (!is_printable(byte) || word.size == Word::max_size) return {};
    word.text[word.size++] = upper(byte);
    ++at;
  }
  if (word.size == 0) return {};
  for (; at < length && payload.holds(at, 1); ++at) {
    const std::uint8_t byte = payload.u8(at);
    if (!is_space(byte) || byte == '\r' || byte == '\n') break;
  }
  word.end = at;
  return word;
}

bool is_message(const LineProtocol& protocol, const Header& payload) {
  if (protocol.requests.empty()) return true;
  Word word = word_at(payload, 0);
  if (word.end == 0) return false;
  if (word.among(protocol.requests)) return true;
  if (protocol.code_word == 2) word = word_at(payload, word.end);
  return word.end != 0 && word.is_code();
}

/// Puts the line at `at`; where the next one starts, or 0 if that was the last.
std::size_t put_line(Line& line, const Header& payload, std::size_t at, std::string_view prefix,
                     const char* mark) {
  const std::size_t length = payload.length();
  const auto put = [&](std::size_t end) {
    line.put(prefix);
    for (std::size_t i = at; i < end; ++i) line.put(static_cast<char>(payload.u8(i)));
  };
  std::size_t end = at;
  for (; end < length; ++end) {
    const std::uint8_t byte = payload.u8(end);
    if (line.is_cut()) return 0;
    if (byte == '\n') {
      put(end);
      return end + 1;
    }
    if (byte == '\r') {
      if (end + 1 >= length) return 0;
      const std::uint8_t following = payload.u8(end + 1);
      if (line.is_cut()) return 0;
      if (following != '\n') return 0;
      put(end);
      return end + 2;
    }
    if (!is_printable(byte) && byte != '\t') return 0;
  }
  put(end);
  line.print(" [|{}]", mark);
  return 0;
}

}  // namespace

/// RFC 4253 4.2: the identification string, a line that starts with "SSH-".
void Printer::ssh(const Header& payload) {
  line_.reading("ssh");
  static constexpr std::string_view start = "SSH-";
  for (std::size_t i = 0; i < start.size() && i < payload.length(); ++i) {
    if (payload.u8(i) != static_cast<std::uint8_t>(start[i])) return;
  }
  std::size_t end = 0;
  for (;; ++end) {
    if (end == payload.length()) return;
    const std::uint8_t byte = payload.u8(end);
    if (line_.is_cut()) return;
    if (byte == '\n') break;
    if (byte == '\r' && end + 1 < payload.length()) {
      if (!payload.need(end + 1, 1)) return;
      break;
    }
    if (!is_printable(byte)) return;
  }
  line_.put(": SSH: ");
  for (std::size_t i = 0; i < end; ++i) line_.put(static_cast<char>(payload.u8(i)));
}

bool Printer::lines_of_text(const Header& payload, std::uint16_t source,
                            std::uint16_t destination) {
  const LineProtocol* protocol =
      by_port(source) != nullptr ? by_port(source) : by_port(destination);
  if (protocol == nullptr) return false;
  line_.put(": ");
  line_.reading(protocol->mark);
  line_.put(protocol->name);
  if (!is_message(*protocol, payload)) return true;
  if (!verbose()) {
    put_line(line_, payload, 0, ": ", protocol->mark);
    return true;
  }
  line_.print(", length: {}", payload.length());
  std::size_t at = 0;
  while (at < payload.length()) {
    at = put_line(line_, payload, at, "\n\t", protocol->mark);
    if (at == 0) break;
  }
  return true;
}

}  // namespace weir::print
