// Sends a ping and prints the answer: ping ADAPTER SOURCE-MAC SOURCE DESTINATION-MAC DESTINATION
#include <cstdio>

#include "weir/compat/pycap.h"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  namespace pycap = weir::compat::pycap;
  namespace protocol = weir::compat::pycap::protocol;
  try {
    pycap::pycap answers{argv[1], {}, 65535, false, 2000};
    answers.filter("icmp[icmptype] = icmp-echoreply");
    // Lengths and checksums are filled in.
    const protocol::any_header headers[] = {
        protocol::ethernet{0x0800, argv[2], argv[4]},
        protocol::ip{4, 0, 1, 0, 64, 1, 0, argv[3], argv[5]},
        protocol::icmpEchoRequest{0, 0, 7, 1},
    };
    const std::uint8_t payload[] = {'h', 'e', 'l', 'l', 'o'};
    pycap::inject::injector{argv[1]}.inject(headers, payload);
    const auto answer = answers.next();
    const auto& reply = *answer->find<protocol::icmpEchoReply>();
    std::printf("%s answers %d with %zu bytes\n",
                weir::to_string(answer->find<protocol::ip>()->source).c_str(), reply.id,
                answer->rest.size());
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
