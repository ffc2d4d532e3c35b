// A bare loop of sendmmsg(2), for ever: the limit of whoever sends by a packet socket.
//
// limit_send FILE DEVICE: the frames of a classic pcap, over and over, 64 by call.
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t file_header = 24;
constexpr std::size_t record_header = 16;

std::vector<iovec> frames_in(std::vector<char>& file) {
  std::vector<iovec> frames;
  for (std::size_t at = file_header; at + record_header <= file.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, file.data() + at + 8, sizeof length);
    at += record_header;
    frames.push_back({file.data() + at, length});
    at += length;
  }
  return frames;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  std::ifstream in{words[1], std::ios::binary};
  std::vector<char> file{std::istreambuf_iterator<char>{in}, {}};
  std::vector<iovec> frames = frames_in(file);
  const int socket = ::socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(words[2]));
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("limit_send");
    return 1;
  }
  std::array<mmsghdr, batch> messages{};
  for (std::size_t next = 0;;) {
    for (mmsghdr& message : messages) {
      message.msg_hdr.msg_iov = &frames[next];
      message.msg_hdr.msg_iovlen = 1;
      next = next + 1 == frames.size() ? 0 : next + 1;
    }
    for (std::size_t sent = 0; sent < batch;) {
      const int taken = ::sendmmsg(socket, &messages[sent], static_cast<unsigned>(batch - sent), 0);
      if (taken > 0) sent += static_cast<std::size_t>(taken);
      if (taken < 0 && errno != ENOBUFS && errno != EINTR) return 1;
    }
  }
}
