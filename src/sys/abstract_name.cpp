// socket and bind; /proc/net/unix, which lists them.
#include "sys/abstract_name.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "weir/error.h"

namespace weir::sys {
namespace {

static_assert(AbstractName::longest == sizeof sockaddr_un{}.sun_path - 1);

// Of this thread: other threads may be in other network namespaces.
constexpr const char* list = "/proc/thread-self/net/unix";
constexpr std::size_t piece_size = 16'384;

std::string text_of_list() {
  const FileDescriptor file = open_for_reading(list);
  std::string text;
  std::array<std::uint8_t, piece_size> piece;
  while (const std::size_t size = read_some(file, piece, list)) {
    text.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return text;
}

}  // namespace

std::optional<AbstractName> AbstractName::take(std::string_view name) {
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!socket.is_open()) throw SystemError{errno, "open a UNIX socket"};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Behind the NUL that makes it abstract.
  std::ranges::copy(name, address.sun_path + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), size) == 0) {
    return AbstractName{std::move(socket)};
  }
  if (errno == EADDRINUSE) return std::nullopt;
  throw SystemError{errno, "take the name @" + std::string{name}};
}

std::vector<std::string> abstract_names(std::string_view prefix) {
  // Num: RefCount Protocol Flags Type St Inode Path; "@" stands for the first NUL. Path comes last
  // and, as everything in it, from others.
  const std::string text = text_of_list();
  const std::string wanted = " @" + std::string{prefix};
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t at = line.find(" @");
    if (at != std::string_view::npos && line.substr(at).starts_with(wanted)) {
      names.emplace_back(line.substr(at + 2));
    }
  }
  return names;
}

}  // namespace weir::sys
