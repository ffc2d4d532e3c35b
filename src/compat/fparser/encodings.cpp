// How the package keeps the fields of a flow's packets: as runs of equal steps.
#include <type_traits>
#include <utility>

#include "weir/compat/fparser.h"
#include "weir/wire/ip_protocol.h"

namespace weir::compat::fparser {
namespace {

/// Whether the value goes on with the run. The second one says what its step is; those behind go on
/// only where no sum is beyond the field, so that of a falling one each run has two.
template <class Value>
bool takes(EncodedRun& run, Value value) noexcept {
  if (run.count == 0) {
    run.increment = static_cast<Value>(value - run.value);
  } else if (run.value + (run.count + std::uint64_t{1}) * run.increment != value) {
    return false;
  }
  ++run.count;
  return true;
}

template <auto field>
using Field = std::remove_cvref_t<decltype(std::declval<FlowPacket>().*field)>;

template <auto field>
std::vector<EncodedRun> runs_of(const Flow& flow) {
  std::vector<EncodedRun> runs;
  for (const FlowPacket& packet : flow) {
    const Field<field> value = packet.*field;
    if (runs.empty() || !takes(runs.back(), value)) runs.push_back({.value = value});
  }
  return runs;
}

/// The runs of one field, counted.
template <auto field>
class Encoding {
 public:
  void add(const FlowPacket& packet) noexcept {
    const Field<field> value = packet.*field;
    if (runs_ != 0 && takes(run_, value)) {
      ++behind_;
      return;
    }
    run_ = {.value = value};
    ++runs_;
  }
  void tell(const std::string& name, std::map<std::string, std::uint64_t>& encodings) const {
    encodings[name + "_fields"] = runs_;
    encodings[name + "_stride"] = behind_;
  }

 private:
  EncodedRun run_{};
  std::uint64_t runs_ = 0;
  std::uint64_t behind_ = 0;
};

}  // namespace

std::map<std::string, std::uint64_t> Flow::get_encodings() const {
  Encoding<&FlowPacket::ip_id> id;
  Encoding<&FlowPacket::ttl> ttl;
  Encoding<&FlowPacket::ip_length> length;
  Encoding<&FlowPacket::seq> seq;
  Encoding<&FlowPacket::ack> ack;
  Encoding<&FlowPacket::window> window;
  Encoding<&FlowPacket::flags> flags;
  for (const FlowPacket& packet : *this) {
    id.add(packet);
    ttl.add(packet);
    length.add(packet);
    seq.add(packet);
    ack.add(packet);
    window.add(packet);
    flags.add(packet);
  }
  std::map<std::string, std::uint64_t> encodings;
  id.tell("id", encodings);
  ttl.tell("ttl", encodings);
  length.tell("len", encodings);
  if (flow().protocol() != wire::ip_protocol::tcp) return encodings;
  seq.tell("seq", encodings);
  ack.tell("ack", encodings);
  window.tell("win", encodings);
  flags.tell("flags", encodings);
  return encodings;
}

std::vector<EncodedRun> Flow::get_id_encoded() const { return runs_of<&FlowPacket::ip_id>(*this); }

std::vector<EncodedRun> Flow::get_ttl_encoded() const { return runs_of<&FlowPacket::ttl>(*this); }

}  // namespace weir::compat::fparser
