// Decodes every packet with libtins down to TCP and UDP, and reads ports and addresses.
#include <tins/tins.h>

#include <cstdint>
#include <cstdio>
#include <exception>

namespace {

struct Count {
  std::uint64_t packets = 0, bytes = 0, tcp = 0, udp = 0, sum = 0;

  bool add(const Tins::PDU& pdu) {
    ++packets;
    bytes += pdu.size();
    for (const Tins::PDU* layer = &pdu; layer != nullptr; layer = layer->inner_pdu()) {
      if (layer->pdu_type() == Tins::PDU::IP) {
        const auto& ip = static_cast<const Tins::IP&>(*layer);
        sum += std::uint32_t{ip.src_addr()} ^ std::uint32_t{ip.dst_addr()};
      } else if (layer->pdu_type() == Tins::PDU::TCP) {
        const auto& segment = static_cast<const Tins::TCP&>(*layer);
        sum += static_cast<std::uint64_t>(segment.sport() ^ segment.dport());
        ++tcp;
      } else if (layer->pdu_type() == Tins::PDU::UDP) {
        const auto& datagram = static_cast<const Tins::UDP&>(*layer);
        sum += static_cast<std::uint64_t>(datagram.sport() ^ datagram.dport());
        ++udp;
      }
    }
    return true;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    Tins::FileSniffer sniffer{argv[1]};
    Count count;
    sniffer.sniff_loop([&count](const Tins::PDU& pdu) { return count.add(pdu); });
    std::printf(
        "packets %llu bytes %llu tcp %llu udp %llu sum %llx\n",
        static_cast<unsigned long long>(count.packets),
        static_cast<unsigned long long>(count.bytes), static_cast<unsigned long long>(count.tcp),
        static_cast<unsigned long long>(count.udp), static_cast<unsigned long long>(count.sum));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tins_decode: %s\n", error.what());
    return 1;
  }
  return 0;
}
