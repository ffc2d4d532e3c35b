// One sender for each adapter that was ever sent on.
#include "compat/net_filter/sending.h"

#include <algorithm>
#include <exception>

#include "compat/net_filter/adapter_list.h"
#include "compat/net_filter/error.h"

namespace weir::compat::net_filter {
namespace {

[[noreturn]] void refuse_argument(const std::string& why) {
  refuse(NetFilter::ERROR_INVALID_PARAMETER, why);
}

void check_times(int times) {
  if (times < 1 || times > Sending::most_times) {
    refuse_argument("num_times is from 1 to " + std::to_string(Sending::most_times) + ", not " +
                    std::to_string(times));
  }
}

int code_of(inject::Refusal refusal) noexcept {
  switch (refusal) {
    case inject::Refusal::too_short:
    case inject::Refusal::too_long:
    case inject::Refusal::link_type:
      return NetFilter::ERROR_INVALID_PARAMETER;
    case inject::Refusal::adapter_gone:
      return NetFilter::ERROR_NOT_FOUND;
    default:
      return NetFilter::ERROR_GEN_FAILURE;
  }
}

bool is_there(int adapter_id) {
  try {
    static_cast<void>(adapter_name(adapter_id));
    return true;
  } catch (const NetFilterError&) {
    return false;
  }
}

/// For so many more behind those there are. What is filled bit by bit is not moved each time.
template <class Element>
void make_room(std::vector<Element>& filled, std::size_t more, std::size_t least) {
  const std::size_t wanted = filled.size() + more;
  if (wanted > filled.capacity()) filled.reserve(std::max({wanted, 2 * filled.capacity(), least}));
}

bool is_at(const gate::Gate& gate, const std::string& adapter) {
  const std::vector<std::string> adapters = gate.adapters();
  return std::ranges::find(adapters, adapter) != adapters.end();
}

}  // namespace

void Sending::send(int adapter_id, Bytes data, int times, gate::Gate* gate) {
  check_times(times);
  const std::lock_guard lock{mutex_};
  Exit& exit = exit_of(adapter_id);
  if (gate == nullptr) {
    expect_taken(adapter_id, exit.sender->send(data, static_cast<std::uint64_t>(times)));
    return;
  }
  for (int i = 0; i < times; ++i) expect_taken(adapter_id, send_by(*gate, adapter_id, exit, data));
}

inject::Sent Sending::send_by(gate::Gate& gate, int adapter_id, Exit& exit, Bytes frame) {
  if (gate.inject(exit.name, Direction::out, frame)) return {.frames = 1};
  // Not there yet, or not any more: there are no rules to go past.
  if (!is_at(gate, exit.name)) return exit.sender->send(frame);
  using enum inject::Refusal;
  if (const inject::Sent looked_at = exit.looker->send(frame); !looked_at) return looked_at;
  return {.refusal = is_there(adapter_id) ? adapter_down : adapter_gone};
}

void Sending::buffer(int adapter_id, Bytes data, int times, std::size_t initial_size) {
  check_times(times);
  const std::lock_guard lock{mutex_};
  Exit& exit = exit_of(adapter_id);
  expect_taken(adapter_id, exit.looker->send(data));
  const auto count = static_cast<std::size_t>(times);
  if (data.size() * count > largest_buffer - exit.bytes.size()) {
    refuse(NetFilter::ERROR_INSUFFICIENT_BUFFER, "the send buffer of " + exit.name + " has " +
                                                     std::to_string(largest_buffer) +
                                                     " bytes: flush_send_buffer() first");
  }
  make_room(exit.bytes, data.size() * count, initial_size);
  make_room(exit.ends, count, 0);
  for (int i = 0; i < times; ++i) {
    exit.bytes.insert(exit.bytes.end(), data.begin(), data.end());
    exit.ends.push_back(exit.bytes.size());
  }
}

void Sending::flush(int adapter_id, gate::Gate* gate) {
  const std::lock_guard lock{mutex_};
  if (adapter_id != -1) {
    static_cast<void>(exit_of(adapter_id));
    flush_one(adapter_id, gate);
    return;
  }
  std::vector<int> ids;
  for (const auto& [id, exit] : exits_) ids.push_back(id);
  std::exception_ptr first;
  for (const int id : ids) {
    try {
      flush_one(id, gate);
    } catch (const NetFilterError&) {
      if (first == nullptr) first = std::current_exception();
    }
  }
  if (first != nullptr) std::rethrow_exception(first);
}

void Sending::flush_one(int adapter_id, gate::Gate* gate) {
  Exit& exit = exits_.at(adapter_id);
  std::vector<Bytes> frames;
  frames.reserve(exit.ends.size());
  std::size_t begin = 0;
  for (const std::size_t end : exit.ends) {
    frames.push_back(Bytes{exit.bytes}.subspan(begin, end - begin));
    begin = end;
  }
  std::size_t done = 0;
  inject::Sent sent;
  if (gate == nullptr) {
    sent = exit.sender->send(frames);
    // What concerns one frame only has left that out, and gone on.
    done = sent || inject::concerns_one_frame(sent.refusal) ? frames.size() : sent.frames;
  }
  for (bool goes_on = gate != nullptr; goes_on && done < frames.size(); done += goes_on ? 1 : 0) {
    const inject::Sent one = send_by(*gate, adapter_id, exit, frames[done]);
    if (sent) sent = one;
    goes_on = one || inject::concerns_one_frame(one.refusal);
  }
  drop_first(exit, done);
  expect_taken(adapter_id, sent);
}

void Sending::drop_first(Exit& exit, std::size_t frames) {
  const std::size_t bytes = frames == 0 ? 0 : exit.ends[frames - 1];
  exit.bytes.erase(exit.bytes.begin(), exit.bytes.begin() + static_cast<std::ptrdiff_t>(bytes));
  exit.ends.erase(exit.ends.begin(), exit.ends.begin() + static_cast<std::ptrdiff_t>(frames));
  for (std::size_t& end : exit.ends) end -= bytes;
}

void Sending::insert(int adapter_id, Bytes data, gate::Gate* gate) {
  const std::lock_guard lock{mutex_};
  const std::string name = adapter_name(adapter_id);
  if (gate != nullptr && gate->inject(name, Direction::in, data)) return;
  if (gate != nullptr && is_at(*gate, name)) {
    refuse(NetFilter::ERROR_GEN_FAILURE,
           "insert into " + name + ": the packet is no frame of it, or it is down");
  }
  if (!entries_.contains(adapter_id)) forget_gone();
  auto& entry = entries_[adapter_id];
  if (entry == nullptr || entry->adapter() != name) {
    entry = std::make_unique<inject::Incoming>(name);
  }
  const inject::Sent inserted = entry->insert(data);
  if (inserted) return;
  if (inserted.refusal == inject::Refusal::adapter_gone) entries_.erase(adapter_id);
  refuse(code_of(inserted.refusal), "insert into " + name + ": " + inject::name(inserted.refusal));
}

Sending::Exit& Sending::exit_of(int adapter_id) {
  const auto known = exits_.find(adapter_id);
  if (known != exits_.end()) return known->second;
  Exit made{.name = adapter_name(adapter_id)};
  made.sender = std::make_unique<inject::Sender>(made.name);
  made.looker = std::make_unique<inject::Sender>(made.name, inject::SenderOptions{.dry_run = true});
  forget_gone();
  return exits_.emplace(adapter_id, std::move(made)).first->second;
}

void Sending::forget_gone() {
  const auto adapters = capture::adapters();
  const auto is_gone = [&](const auto& known) {
    return std::ranges::none_of(adapters, [&](const capture::Adapter& adapter) {
      return static_cast<std::int64_t>(adapter.id) == known.first;
    });
  };
  std::erase_if(exits_, is_gone);
  std::erase_if(entries_, is_gone);
}

void Sending::expect_taken(int adapter_id, const inject::Sent& sent) {
  if (sent) return;
  const std::string name = exits_.at(adapter_id).name;
  if (sent.refusal == inject::Refusal::adapter_gone) exits_.erase(adapter_id);
  refuse(code_of(sent.refusal), "send on " + name + ": " + inject::name(sent.refusal));
}

}  // namespace weir::compat::net_filter
