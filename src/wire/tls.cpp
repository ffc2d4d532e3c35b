// Finds the server name in a TLS ClientHello that may be cut.
#include "weir/wire/tls.h"

#include <algorithm>

namespace weir::wire {
namespace {

// Takes fields off the front; once anything is missing, everything after it is missing too.
class Cursor {
 public:
  explicit Cursor(Bytes rest) noexcept : rest_{rest} {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  std::uint8_t u8() noexcept {
    const Bytes taken = take(1);
    return ok_ ? taken[0] : std::uint8_t{0};
  }
  std::uint16_t u16() noexcept {
    const Bytes taken = take(2);
    return ok_ ? load_be<std::uint16_t>(taken.data()) : std::uint16_t{0};
  }
  Bytes take(std::size_t count) noexcept {
    if (!ok_ || rest_.size() < count) {
      ok_ = false;
      return {};
    }
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  /// At most `count` bytes: what a cut message still has.
  [[nodiscard]] Bytes up_to(std::size_t count) const noexcept {
    return rest_.first(std::min(count, rest_.size()));
  }

 private:
  Bytes rest_;
  bool ok_ = true;
};

bool is_host_name(Bytes name) noexcept {
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](std::uint8_t octet) {
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') || octet == '-' || octet == '.' || octet == '_';
  });
}

// RFC 6066 3: a list of names, of which one may be a host name.
std::optional<std::string_view> host_name(Bytes extension) noexcept {
  constexpr std::uint8_t host_name_type = 0;
  Cursor at{extension};
  const std::size_t length = at.u16();
  Cursor list{at.up_to(length)};
  while (list.ok() && !list.empty()) {
    const std::uint8_t type = list.u8();
    const Bytes name = list.take(list.u16());
    if (list.ok() && type == host_name_type && is_host_name(name)) {
      return std::string_view{reinterpret_cast<const char*>(name.data()), name.size()};
    }
  }
  return std::nullopt;
}

// RFC 8446 4.1.2: the bytes behind the version and random, up to the extensions.
std::optional<Bytes> extensions(Bytes hello) noexcept {
  constexpr std::size_t version_and_random = 34;
  Cursor at{hello};
  at.take(version_and_random);
  at.take(at.u8());   // session id
  at.take(at.u16());  // cipher suites
  at.take(at.u8());   // compression methods
  const std::size_t length = at.u16();
  if (!at.ok()) return std::nullopt;
  return at.up_to(length);
}

}  // namespace

std::optional<std::string_view> tls_server_name(Bytes payload) noexcept {
  constexpr std::uint8_t client_hello = 1;
  constexpr std::size_t handshake_header = 4;
  constexpr std::uint16_t server_name = 0;
  const auto record = TlsRecordView::parse(payload);
  if (!record || record->content_type() != TlsContentType::handshake) return std::nullopt;
  Cursor message{record->payload()};
  if (message.u8() != client_hello || !message.ok()) return std::nullopt;
  message.take(handshake_header - 1);
  if (!message.ok()) return std::nullopt;
  const auto list = extensions(message.up_to(payload.size()));
  if (!list) return std::nullopt;
  Cursor at{*list};
  while (at.ok() && !at.empty()) {
    const std::uint16_t type = at.u16();
    const Bytes extension = at.take(at.u16());
    if (at.ok() && type == server_name) return host_name(extension);
  }
  return std::nullopt;
}

}  // namespace weir::wire
