// Prints docs/filters-by-example.md: filters, their classic BPF programs and their machine code.
#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "weir/bpf/disassemble.h"
#include "weir/bpf/jit.h"
#include "weir/filter/compile.h"

namespace {

using weir::LinkType;

struct Example {
  const char* expression;
  const char* matches;
  LinkType link_type = LinkType::ethernet;
};

constexpr Example examples[] = {
    {"", "Everything: the program is one instruction."},
    {"ip6", "IPv6, by the type field of the Ethernet header."},
    {"greater 1000", "Frames of 1,000 octets or more on the wire, however many were captured."},
    {"src net 192.0.2.0/24",
     "IPv4 from these addresses, and ARP and RARP that name one of them as the sender."},
    {"host 2001:db8::1", "IPv6 from or to one address: four words are compared each way."},
    {"udp port 53",
     "DNS over IPv4 and IPv6. Only the first IPv4 fragment has ports, and where they are depends "
     "on "
     "the length of its header."},
    {"tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn",
     "The first segment of each TCP connection over IPv4."},
    {"icmp or icmp6", "Both versions of ICMP, behind one IPv6 fragment header too."},
    {"ip[6:2] & 0x3fff != 0", "IPv4 fragments, the first and the last included."},
    {"vlan 100 and arp",
     "ARP in VLAN 100: behind `vlan` the type is looked for four octets deeper."},
    {"ip[2:2] - ((ip[0] & 0xf) << 2) < 20",
     "IPv4 with fewer than 20 octets behind the header: arithmetic, with a scratch cell."},
    {"ip6 protochain 17",
     "UDP behind any chain of IPv6 extension headers: a loop, so the program jumps back, and a run "
     "counts how far."},
    {"tcp port 443", "The same words on a link without a link-layer header (RAW).", LinkType::raw},
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string with_blanks_for_tabs(std::string text) {
  std::ranges::replace(text, '\t', ' ');
  return text;
}

/// Two listings, each from the top, in one block.
void print_side_by_side(const std::string& left_text, const std::string& right_text) {
  const std::vector<std::string> left = lines_of(left_text);
  const std::vector<std::string> right = lines_of(right_text);
  const std::size_t width =
      std::ranges::max(left, {}, [](const std::string& line) { return line.size(); }).size();
  std::puts("```");
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string line = i < left.size() ? left[i] : "";
    if (i < right.size()) {
      std::printf("%-*s   %s\n", static_cast<int>(width), line.c_str(), right[i].c_str());
    } else {
      std::puts(line.c_str());
    }
  }
  std::puts("```");
}

void print(const Example& example) {
  const auto program = weir::filter::compile(example.expression, example.link_type).program;
  const std::string expression = example.expression;
  std::printf("\n## %s\n\n%s\n\n",
              expression.empty() ? "the empty filter" : ('`' + expression + '`').c_str(),
              example.matches);
  print_side_by_side(with_blanks_for_tabs(weir::bpf::disassemble(program)),
                     weir::bpf::assembly(program));
}

void print_page() {
  const std::string library = pcap_lib_version();
  const std::string version = library.substr(0, library.find(" ("));
  std::printf(
      "# Filters by example\n\n"
      "What `weir` makes of a filter. On the left: the classic BPF program, from %s,\n"
      "for Ethernet where nothing else is said. On the right: the x86-64 code that decides on a\n"
      "packet, in Intel syntax. It gets the captured octets at `rdi`, their number in `rsi` and "
      "the\n"
      "length on the wire in `edx`, and returns 0 in `eax` for a packet that does not match. One\n"
      "test of `rsi` stands for all loads behind it that need no more octets; numbers are "
      "compared\n"
      "in the byte order of the packet; what every matching packet has may be looked at first.\n\n"
      "The build target `update_filters_by_example` writes this page; a test compares it.\n",
      version.c_str());
  for (const Example& example : examples) print(example);
}

}  // namespace

int main() try {
  if (!weir::bpf::Jit::supported()) {
    std::puts("no machine code for filters in this build or on this processor");
    return 77;
  }
  print_page();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
