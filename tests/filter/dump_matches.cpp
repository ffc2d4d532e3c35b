// Answers requests about filters, a line of JSON each, for the scripts of this folder to compare.
//
// {"file": PATH, "expressions": [...]} asks which packets match, {"link": NAME, "expressions":
// [...]} only whether the expressions are accepted. The answer has an array in the order of the
// expressions: {"refused": WORDS}, or {"rejects_all": BOOL, "matches": {ENGINE: NUMBERS}} with
// numbers from 0 as "0-3,7". With --libpcap-version it prints only that.
#include <pcap/pcap.h>

#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "weir/bpf/jit.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/savefile/reader.h"

namespace {

using nlohmann::json;
using weir::LinkType;
using weir::Packet;
using weir::filter::Engine;
using weir::filter::Filter;

std::vector<Engine> engines() {
  std::vector<Engine> all{Engine::interpreter, Engine::libpcap};
  if (weir::bpf::Jit::supported()) all.push_back(Engine::jit);
  return all;
}

/// The packets of one file; damage ends them.
struct Capture {
  std::vector<weir::OwnedPacket> owned{};
  /// Their time stamps are their numbers.
  std::vector<Packet> packets{};
  LinkType link_type = LinkType::ethernet;
};

Capture read(const std::string& path) {
  weir::savefile::Reader reader{path};
  Capture capture;
  try {
    for (const Packet& packet : reader) capture.owned.emplace_back(packet);
  } catch (const weir::FormatError&) {
  }
  if (!reader.interfaces().empty()) capture.link_type = reader.interfaces().front().link_type;
  for (const weir::OwnedPacket& owned : capture.owned) {
    Packet packet = owned.packet();
    if (packet.link_type != capture.link_type) throw std::runtime_error{path + ": two link types"};
    packet.timestamp = weir::Timestamp{weir::Duration{capture.packets.size()}};
    capture.packets.push_back(packet);
  }
  return capture;
}

std::string ranges(std::span<const Packet> matching) {
  std::string text;
  for (std::size_t i = 0; i < matching.size();) {
    const auto number = [&](std::size_t at) {
      return matching[at].timestamp.time_since_epoch().count();
    };
    const std::size_t first = i++;
    while (i < matching.size() && number(i) == number(i - 1) + 1) ++i;
    if (!text.empty()) text += ',';
    text += std::to_string(number(first));
    if (i - first > 1) text += '-' + std::to_string(number(i - 1));
  }
  return text;
}

/// Both ways a filter answers, which have to agree.
std::string matches(const Filter& filter, std::span<const Packet> packets) {
  std::vector<Packet> one_by_one;
  for (const Packet& packet : packets) {
    if (filter.matches(packet)) one_by_one.push_back(packet);
  }
  std::vector<Packet> at_once;
  filter.select(packets, at_once);
  const std::string answer = ranges(at_once);
  if (ranges(one_by_one) != answer || filter.count(packets) != at_once.size()) {
    throw std::runtime_error{"matches(), select() and count() differ"};
  }
  return answer;
}

/// One expression on every engine; compiled once per link type, whatever the number of files.
class Filters {
 public:
  const std::vector<Filter>& of(const std::string& expression, LinkType link_type) {
    auto& filters = compiled_[{expression, link_type}];
    if (filters.empty()) {
      for (const Engine engine : engines()) {
        filters.emplace_back(expression, link_type, weir::filter::FilterOptions{.engine = engine});
      }
    }
    return filters;
  }

 private:
  std::map<std::pair<std::string, LinkType>, std::vector<Filter>> compiled_;
};

json answer(Filters& filters, const std::string& expression, const Capture& capture) try {
  json by_engine = json::object();
  bool rejects_all = false;
  for (const Filter& filter : filters.of(expression, capture.link_type)) {
    rejects_all = filter.rejects_all();
    by_engine[name(filter.engine())] = matches(filter, capture.packets);
  }
  return {{"rejects_all", rejects_all}, {"matches", by_engine}};
} catch (const weir::FilterError& error) {
  return {{"refused", error.what()}};
}

Capture capture_of(const json& request) {
  if (request.contains("file")) return read(request["file"]);
  const auto link_type = weir::link_type_by_name(request.at("link").get<std::string>());
  if (!link_type) throw std::runtime_error{"unknown link type " + request["link"].dump()};
  return {.link_type = *link_type};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 2 && std::string{argv[1]} == "--libpcap-version") {
    std::cout << pcap_lib_version() << '\n';
    return 0;
  }
  Filters filters;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    const Capture capture = capture_of(request);
    json answers = json::array();
    for (const json& expression : request.at("expressions")) {
      answers.push_back(answer(filters, expression, capture));
    }
    std::cout << answers << '\n';
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 3;
}
