// Filter on top of libpcap's compiler and interpreter.
#include "weir/filter/filter.h"

#include <pcap/pcap.h>

#include <utility>

#include "filter/name_scan.h"
#include "weir/error.h"

namespace weir::filter {
namespace {

constexpr std::size_t max_expression = std::size_t{16} << 10;
// The optimiser's time grows faster than the program.
constexpr unsigned max_optimised = 8192;
constexpr int snapshot_length = 262'144;

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

// A compiled program that frees itself.
class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  Program(Program&& other) noexcept : program_{std::exchange(other.program_, {})} {}
  Program& operator=(Program&& other) noexcept {
    std::swap(program_, other.program_);
    return *this;
  }
  ~Program() { pcap_freecode(&program_); }

  /// False if the compiler refuses; `handle` then has its words.
  bool compile(pcap_t* handle, const std::string& expression, bool optimise) {
    return pcap_compile(handle, &program_, expression.c_str(), optimise ? 1 : 0,
                        PCAP_NETMASK_UNKNOWN) == 0;
  }
  [[nodiscard]] unsigned size() const noexcept { return program_.bf_len; }
  [[nodiscard]] bool matches(const Packet& packet) const noexcept {
    return bpf_filter(program_.bf_insns, packet.data.data(), packet.wire_length,
                      static_cast<unsigned>(packet.data.size())) != 0;
  }

 private:
  bpf_program program_{};
};

Handle open_for(LinkType link_type) {
  Handle handle{pcap_open_dead(dlt(link_type), snapshot_length), &pcap_close};
  if (!handle) throw std::bad_alloc{};
  return handle;
}

// Whether the expression is right for some link type, if not for the one at hand.
bool compiles_elsewhere(const std::string& expression) {
  for (const LinkType type :
       {LinkType::ethernet, LinkType::linux_sll, LinkType::ieee802_11_radiotap, LinkType::mtp2}) {
    Program program;
    if (program.compile(open_for(type).get(), expression, false)) return true;
  }
  return false;
}

void check_text(const std::string& expression, FilterOptions options) {
  if (expression.size() > max_expression) {
    throw FilterError{ErrorCode::filter_syntax, expression, "the filter is longer than 16 KiB"};
  }
  if (const std::size_t nul = expression.find('\0'); nul != std::string::npos) {
    throw FilterError{ErrorCode::filter_syntax, expression, "the filter contains a NUL byte", nul};
  }
  if (options.allow_names) return;
  if (const auto host = find_host_name(expression)) {
    throw FilterError{ErrorCode::filter_syntax, expression,
                      "host names are not looked up: " + std::string{host->word}, host->position};
  }
}

}  // namespace

struct Filter::State {
  LinkType link_type;
  Program program;
  bool rejects_all = false;
};

Filter::Filter(const std::string& expression, LinkType link_type, FilterOptions options)
    : state_{std::make_unique<State>()} {
  check_text(expression, options);
  state_->link_type = link_type;
  const Handle handle = open_for(link_type);
  // Safe in several threads at once since libpcap 1.8 (pcap_compile(3PCAP)).
  if (!state_->program.compile(handle.get(), expression, false)) {
    const std::string words = pcap_geterr(handle.get());
    const ErrorCode code =
        compiles_elsewhere(expression) ? ErrorCode::filter_link_type : ErrorCode::filter_syntax;
    throw FilterError{code, expression, words};
  }
  if (state_->program.size() > max_optimised) return;
  Program optimised;
  if (optimised.compile(handle.get(), expression, true)) {
    state_->program = std::move(optimised);
  } else {
    // What compiles can only fail to be optimised by coming to nothing; the plain program says so
    // packet by packet.
    state_->rejects_all =
        std::string_view{pcap_geterr(handle.get())}.find("rejects all") != std::string_view::npos;
  }
}

Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

LinkType Filter::link_type() const noexcept { return state_->link_type; }
bool Filter::rejects_all() const noexcept { return state_->rejects_all; }
bool Filter::matches(const Packet& packet) const noexcept {
  return state_->program.matches(packet);
}

void Filter::select(std::span<const Packet> packets, std::vector<Packet>& out) const {
  for (const Packet& packet : packets) {
    if (state_->program.matches(packet)) out.push_back(packet);
  }
}

}  // namespace weir::filter
