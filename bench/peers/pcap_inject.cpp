// A loop of pcap_inject(3), for ever: pcap_inject FILE DEVICE.
#include <pcap/pcap.h>

#include <cstdio>
#include <vector>

int main(int count, char** words) {
  if (count != 3) return 2;
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* const file = pcap_open_offline(words[1], error);
  pcap_t* const device = pcap_open_live(words[2], 65535, 0, 1000, error);
  if (file == nullptr || device == nullptr) {
    std::fprintf(stderr, "pcap_inject: %s\n", error);
    return 1;
  }
  std::vector<std::vector<unsigned char>> frames;
  pcap_pkthdr* header = nullptr;
  const unsigned char* bytes = nullptr;
  while (pcap_next_ex(file, &header, &bytes) == 1)
    frames.emplace_back(bytes, bytes + header->caplen);
  for (;;) {
    for (const auto& frame : frames) pcap_inject(device, frame.data(), frame.size());
  }
}
