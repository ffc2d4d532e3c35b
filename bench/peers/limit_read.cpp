// The limit for reading and decoding: read(2) and the five-tuple, nothing kept.
#include <cstdio>

#include "limit.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::uint64_t packets = 0, bytes = 0, tcp = 0, udp = 0, sum = 0;
  const bool whole = bench::walk(argv[1], [&](const bench::Record& record) {
    ++packets;
    bytes += record.wire;
    bench::FiveTuple tuple;
    if (!bench::parse(record, tuple)) return;
    tcp += tuple.protocol == 6;
    udp += tuple.protocol == 17;
    sum += tuple.first[0] ^ tuple.first[1] ^ tuple.second[0] ^ tuple.second[1] ^ tuple.first_port ^
           tuple.second_port;
  });
  std::printf("packets %llu bytes %llu tcp %llu udp %llu sum %llx\n",
              static_cast<unsigned long long>(packets), static_cast<unsigned long long>(bytes),
              static_cast<unsigned long long>(tcp), static_cast<unsigned long long>(udp),
              static_cast<unsigned long long>(sum));
  return whole ? 0 : 1;
}
