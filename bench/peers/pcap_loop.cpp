// The least a libpcap program does: count packets and bytes, of those a filter matches.
#include <pcap/pcap.h>

#include <cstdint>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return 2;
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* const capture = pcap_open_offline(argv[1], error);
  if (capture == nullptr) {
    std::fprintf(stderr, "%s\n", error);
    return 1;
  }
  bpf_program filter{};
  if (argc == 3 && (pcap_compile(capture, &filter, argv[2], 1, PCAP_NETMASK_UNKNOWN) != 0 ||
                    pcap_setfilter(capture, &filter) != 0)) {
    std::fprintf(stderr, "%s\n", pcap_geterr(capture));
    return 1;
  }
  struct Count {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  } count;
  const auto visit = [](u_char* user, const pcap_pkthdr* header, const u_char*) {
    Count& count = *reinterpret_cast<Count*>(user);
    ++count.packets;
    count.bytes += header->len;
  };
  const int result = pcap_loop(capture, -1, visit, reinterpret_cast<u_char*>(&count));
  pcap_close(capture);
  std::printf("packets %llu bytes %llu\n", static_cast<unsigned long long>(count.packets),
              static_cast<unsigned long long>(count.bytes));
  return result == 0 ? 0 : 1;
}
