// Looks for SSH_CONNECTION from this process on upwards.
#include "cli/gate/ssh_session.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

namespace weir::cli {
namespace {

constexpr std::string_view variable = "SSH_CONNECTION=";
// Nobody is started by that many.
constexpr int most_ancestors = 64;

std::string content_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// From /proc/PID/stat: "PID (NAME) STATE PARENT ..."; the name may hold anything. 0 if it cannot
/// be told.
int parent_of(int process) {
  const std::string text = content_of("/proc/" + std::to_string(process) + "/stat");
  const std::size_t name_end = text.rfind(") ");
  int parent = 0;
  if (name_end == std::string::npos || name_end + 4 > text.size()) return 0;
  std::from_chars(text.data() + name_end + 4, text.data() + text.size(), parent);
  return parent;
}

/// Of a process, which may be gone or not ours to look into.
std::string connection_of(int process) {
  const std::string all = content_of("/proc/" + std::to_string(process) + "/environ");
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    const std::string_view one = std::string_view{all}.substr(at, end - at);
    if (one.starts_with(variable)) return std::string{one.substr(variable.size())};
    at = end + 1;
  }
  return {};
}

std::optional<IpAddress> address_of(std::string word) {
  // A link-local address has its zone behind it: RFC 4007 11.
  word.resize(std::min(word.find('%'), word.size()));
  // Of a socket for both versions, an IPv4 address is mapped to IPv6: RFC 4291 2.5.5.2.
  constexpr std::string_view mapped = "::ffff:";
  if (word.starts_with(mapped)) {
    if (const auto address = parse_ipv4(word.substr(mapped.size()))) return address;
  }
  return parse_ip(word);
}

std::string end_of(const char* side, const IpAddress& address, std::uint16_t port) {
  return std::string{side} + " host " + to_string(address) + " and " + side + " port " +
         std::to_string(port);
}

}  // namespace

std::string SshSession::filter() const {
  return "tcp and ((" + end_of("src", client, client_port) + " and " +
         end_of("dst", server, server_port) + ") or (" + end_of("src", server, server_port) +
         " and " + end_of("dst", client, client_port) + "))";
}

std::optional<SshSession> parse_ssh_connection(const std::string& text) {
  std::istringstream words{text};
  std::string client;
  std::string server;
  SshSession session;
  if (!(words >> client >> session.client_port >> server >> session.server_port)) return {};
  const auto client_address = address_of(client);
  const auto server_address = address_of(server);
  const bool is_whole = client_address && server_address && words.peek() == EOF &&
                        client_address->version() == server_address->version();
  if (!is_whole) return std::nullopt;
  session.client = *client_address;
  session.server = *server_address;
  return session;
}

std::optional<SshSession> own_ssh_session() {
  if (const char* const own = std::getenv("SSH_CONNECTION")) {
    if (const auto session = parse_ssh_connection(own)) return session;
  }
  int process = static_cast<int>(::getppid());
  for (int i = 0; i < most_ancestors && process > 1; ++i, process = parent_of(process)) {
    if (const auto session = parse_ssh_connection(connection_of(process))) return session;
  }
  return std::nullopt;
}

}  // namespace weir::cli
