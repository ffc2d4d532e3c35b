// Each request is checked, done with this process's rights, and forgotten.
#include "gate/rights/rights_keeper.h"

#include <cerrno>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "gate/rights/portable_program.h"
#include "sys/bytes_of.h"
#include "sys/link_state.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

using Wish = Request::Wish;

/// A gate does not do this.
struct Violation : std::exception {};

void check(bool holds) {
  if (!holds) throw Violation{};
}

std::string name_in(const Request& request) {
  return {request.name.data(), ::strnlen(request.name.data(), request.name.size())};
}

/// What SystemError put its cause behind.
std::string action_of(const SystemError& error) {
  std::string_view words = error.what();
  const std::string cause = ": " + error.system_code().message();
  if (words.ends_with(cause)) words.remove_suffix(cause.size());
  return std::string{words};
}

}  // namespace

void RightsKeeper::serve() {
  try {
    Request request;
    for (bool is_asked = true; is_asked;) {
      Descriptors received;
      is_asked = channel_.receive(request, received) && answer(request, std::move(received));
    }
  } catch (const Violation&) {
    // Nothing more is done for whoever that is.
  }
  loopback_.reset();
}

bool RightsKeeper::answer(const Request& request, Descriptors received) {
  Reply reply;
  std::string text;
  Descriptors result;
  try {
    result = fulfil(request, std::move(received), reply);
  } catch (const SystemError& error) {
    reply = {.code = error.code(), .number = error.system_code().value()};
    text = action_of(error);
  } catch (const Error& error) {
    reply = {.code = error.code()};
    text = error.what();
  } catch (const std::bad_alloc&) {
    reply = {.code = ErrorCode::system_call, .number = ENOMEM};
  }
  return send(reply, std::move(text), std::move(result));
}

bool RightsKeeper::send(Reply reply, std::string text, Descriptors result) {
  text.resize(std::min(text.size(), Reply::most_text - 1));
  text.push_back('\n');
  reply.text = static_cast<std::uint32_t>(text.size());
  std::vector<int> numbers;
  for (const sys::FileDescriptor& descriptor : result) numbers.push_back(descriptor.number());
  if (!channel_.send(sys::bytes_of(reply), numbers)) return false;
  // Before the other side goes on.
  result.clear();
  return channel_.send({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

RightsKeeper::Descriptors RightsKeeper::fulfil(const Request& request, Descriptors received,
                                               Reply& reply) {
  check(request.wish == Wish::load || request.wish == Wish::attach || received.empty());
  switch (request.wish) {
    case Wish::load:
      return load(request, received);
    case Wish::attach:
      return attach(request, std::move(received));
    case Wish::detach:
      hooks_.erase(request.adapter);
      return {};
    case Wish::ask_attached: {
      const auto found = hooks_.find(request.adapter);
      reply.value = found != hooks_.end() && found->second->is_attached() ? 1 : 0;
      return {};
    }
    case Wish::open_sender: {
      Descriptors socket;
      socket.push_back(
          rights_
              .open_sender(
                  {.adapter = request.adapter, .mark = request.mark, .priority = request.priority})
              .release());
      return socket;
    }
    case Wish::ask_loopback:
    case Wish::set_loopback: {
      // A file is named by it.
      const std::string name = name_in(request);
      const auto adapter = sys::LinkStates{}.by_name(name);
      check(adapter && adapter->loopback && adapter->name == name);
      if (request.wish == Wish::ask_loopback) {
        reply.value = rights_.loopback_is_on(name) ? 1 : 0;
      } else {
        loopback_ = rights_.set_loopback(name, request.rank);
      }
      return {};
    }
    case Wish::restore_loopback:
      loopback_.reset();
      return {};
  }
  throw Violation{};
}

RightsKeeper::Descriptors RightsKeeper::load(const Request& request, const Descriptors& maps) {
  check(request.instructions > 0 && request.instructions <= most_instructions);
  code_.resize(request.instructions);
  const std::span bytes = std::as_writable_bytes(std::span{code_});
  check(channel_.receive({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  check(put_maps_back(code_, maps));
  Descriptors program;
  program.push_back(rights_.load(code_, name_in(request)).release());
  return program;
}

RightsKeeper::Descriptors RightsKeeper::attach(const Request& request, Descriptors programs) {
  check(programs.size() == 2 && request.rank.instance < Rank::instances);
  check(request.how == Attachment::tcx || request.how == Attachment::clsact);
  const sys::TrafficControlProgram ingress{std::move(programs[0])};
  const sys::TrafficControlProgram egress{std::move(programs[1])};
  const Dispatchers dispatchers{&ingress, &egress};
  check_gate(request, dispatchers);
  hooks_.erase(request.adapter);
  auto hooks = rights_.attach(request.adapter, dispatchers, request.rank, request.how);
  if (request.how == Attachment::tcx) return hooks->release();
  hooks_[request.adapter] = std::move(hooks);
  return {};
}

void RightsKeeper::check_gate(const Request& request, const Dispatchers& dispatchers) {
  const Neighbor gate{.rank = request.rank,
                      .ingress = sys::program_id(dispatchers.ingress->descriptor()),
                      .egress = sys::program_id(dispatchers.egress->descriptor())};
  if (!gate_) gate_ = gate;
  check(gate_ == gate);
}

}  // namespace weir::gate
