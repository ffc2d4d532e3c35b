// Accepts every packet of an NFQUEUE: weir_bench_nfqueue QUEUE BATCH [gso]. Until SIGINT.
#include <arpa/inet.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

volatile std::sig_atomic_t ended = 0;

struct Verdicts {
  nfq_q_handle* queue = nullptr;
  unsigned batch = 1;
  unsigned waiting = 0;
  std::uint32_t last = 0;

  void give() {
    if (waiting == 0) return;
    nfq_set_verdict_batch(queue, last, NF_ACCEPT);
    waiting = 0;
  }
};

int take(nfq_q_handle* queue, nfgenmsg*, nfq_data* data, void* user) {
  auto& verdicts = *static_cast<Verdicts*>(user);
  verdicts.last = ntohl(nfq_get_msg_packet_hdr(data)->packet_id);
  if (verdicts.batch == 1) return nfq_set_verdict(queue, verdicts.last, NF_ACCEPT, 0, nullptr);
  if (++verdicts.waiting >= verdicts.batch) verdicts.give();
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  struct sigaction action{};
  action.sa_handler = [](int) { ended = 1; };
  sigaction(SIGINT, &action, nullptr);
  Verdicts verdicts{.batch = static_cast<unsigned>(std::atoi(words[2]))};
  nfq_handle* const handle = nfq_open();
  verdicts.queue =
      nfq_create_queue(handle, static_cast<std::uint16_t>(std::atoi(words[1])), take, &verdicts);
  if (verdicts.queue == nullptr) {
    std::perror("NFQUEUE");
    return 1;
  }
  nfq_set_mode(verdicts.queue, NFQNL_COPY_PACKET, 0xffff);
  nfq_set_queue_maxlen(verdicts.queue, 65'536);
  if (count > 3) nfq_set_queue_flags(verdicts.queue, NFQA_CFG_F_GSO, NFQA_CFG_F_GSO);
  const int socket = nfq_fd(handle);
  const int room = 64 << 20;
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  setsockopt(socket, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
  std::puts("ready");
  std::fflush(stdout);
  static std::array<char, 1 << 17> buffer;
  while (ended == 0) {
    // What is there without waiting is one batch.
    auto size = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) {
      verdicts.give();
      size = recv(socket, buffer.data(), buffer.size(), 0);
    }
    if (size > 0) nfq_handle_packet(handle, buffer.data(), static_cast<int>(size));
  }
}
