// The least a live capture does: counts the packets of a TPACKET_V3 ring, looks at none.
//
// limit_ring DEVICE: 64 MiB of ring; ends at SIGINT.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr unsigned block_size = 1U << 20;
constexpr unsigned blocks = 64;
constexpr unsigned frame_size = 2048;

volatile std::sig_atomic_t stopped = 0;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::byte* map_ring(int socket) {
  const int version = TPACKET_V3;
  tpacket_req3 ring{};
  ring.tp_block_size = block_size;
  ring.tp_block_nr = blocks;
  ring.tp_frame_size = frame_size;
  ring.tp_frame_nr = block_size / frame_size * blocks;
  ring.tp_retire_blk_tov = 100;
  if (setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
      setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) != 0) {
    fail("ring");
  }
  void* const memory = mmap(nullptr, std::size_t{block_size} * blocks, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_POPULATE, socket, 0);
  if (memory == MAP_FAILED) fail("mmap");
  return static_cast<std::byte*>(memory);
}

void bind_to(int socket, const char* device) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(device));
  if (address.sll_ifindex == 0 ||
      bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(device);
  }
}

std::uint64_t count(int socket, std::byte* ring) {
  std::uint64_t packets = 0;
  for (std::size_t at = 0; stopped == 0;) {
    auto& block = reinterpret_cast<tpacket_block_desc*>(ring + at * block_size)->hdr.bh1;
    const std::atomic_ref status{block.block_status};
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) {
      pollfd waiting{socket, POLLIN, 0};
      poll(&waiting, 1, 100);
      continue;
    }
    packets += block.num_pkts;
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    at = (at + 1) % blocks;
  }
  return packets;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  struct sigaction action{};
  action.sa_handler = [](int) { stopped = 1; };
  sigaction(SIGINT, &action, nullptr);
  const int socket = ::socket(AF_PACKET, SOCK_RAW, 0);
  if (socket < 0) fail("socket");
  std::byte* const ring = map_ring(socket);
  bind_to(socket, argv[1]);
  std::printf("packets %llu\n", static_cast<unsigned long long>(count(socket, ring)));
  return 0;
}
