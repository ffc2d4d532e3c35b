// Requests, and answers that are errors thrown here.
#include "gate/rights/kept_rights.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "gate/rights/portable_program.h"
#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

using Wish = Request::Wish;

/// Of the largest rules on a slow machine, and some.
constexpr int patience = 30;

void put_name(Request& request, const std::string& name) {
  std::ranges::copy(std::string_view{name}.substr(0, request.name.size() - 1),
                    request.name.begin());
}

Request about_loopback(Wish wish, const std::string& adapter) {
  Request request{.wish = wish};
  put_name(request, adapter);
  return request;
}

}  // namespace

KeptRights::KeptRights(Channel channel) : channel_{std::move(channel)} {
  channel_.set_patience(patience);
}

KeptRights::Answer KeptRights::ask(const Request& request, std::size_t descriptors,
                                   std::span<const int> sent, Bytes more) {
  const std::lock_guard lock{mutex_};
  Answer answer;
  Reply reply;
  std::string text;
  bool is_complete = channel_.send(sys::bytes_of(request), sent) && channel_.send(more) &&
                     channel_.receive(reply, answer.descriptors) &&
                     reply.text - 1 < Reply::most_text;
  if (is_complete) {
    text.resize(reply.text);
    is_complete = channel_.receive({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    text.pop_back();
  }
  if (!is_complete) {
    // Answers that come late would be taken for others.
    channel_.shut_down();
    throw Error{ErrorCode::system_call, lost};
  }
  if (reply.number != 0) throw SystemError{reply.code, reply.number, text};
  if (reply.code != ErrorCode{}) throw Error{reply.code, text};
  // There was no room for them here.
  if (answer.descriptors.size() != descriptors) throw SystemError{EMFILE, "take descriptors"};
  answer.value = reply.value;
  return answer;
}

std::shared_ptr<void> KeptRights::asking_at_end(const Request& request) {
  return {this, [rights = shared_from_this(), request](void*) {
            try {
              rights->ask(request);
            } catch (const Error&) {
              // Nobody is left who could do it.
            }
          }};
}

sys::TrafficControlProgram KeptRights::load(const bpf::EbpfProgram& code, const std::string& name) {
  const PortableProgram program = portable(code);
  Request request{.wish = Wish::load,
                  .instructions = static_cast<std::uint32_t>(program.code.size())};
  put_name(request, name);
  const auto bytes = std::as_bytes(std::span{program.code});
  Answer answer = ask(request, 1, program.maps,
                      {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return sys::TrafficControlProgram{std::move(answer.descriptors.front())};
}

std::unique_ptr<Hooks> KeptRights::attach(std::uint32_t adapter, const Dispatchers& dispatchers,
                                          Rank rank, Attachment how) {
  const std::array programs{dispatchers.ingress->descriptor().number(),
                            dispatchers.egress->descriptor().number()};
  Request request{.wish = Wish::attach, .adapter = adapter, .rank = rank, .how = how};
  const bool has_links = how == Attachment::tcx;
  Answer answer = ask(request, has_links ? 2 : 0, programs);
  if (has_links) {
    return std::make_unique<Hooks>(TcxHooks{sys::TcxLink{std::move(answer.descriptors[0])},
                                            sys::TcxLink{std::move(answer.descriptors[1])}});
  }
  request.wish = Wish::detach;
  auto kept = asking_at_end(request);
  request.wish = Wish::ask_attached;
  return std::make_unique<Hooks>(HooksElsewhere{
      .kept = std::move(kept),
      .is_attached = [this, request] { return are_lost() || ask(request).value != 0; }});
}

sys::PacketSocket KeptRights::open_sender(const SenderOf& sender) {
  Answer answer = ask({.wish = Wish::open_sender,
                       .adapter = sender.adapter,
                       .mark = sender.mark,
                       .priority = sender.priority},
                      1);
  return sys::PacketSocket{std::move(answer.descriptors.front())};
}

bool KeptRights::loopback_is_on(const std::string& adapter) {
  return ask(about_loopback(Wish::ask_loopback, adapter)).value != 0;
}

std::shared_ptr<void> KeptRights::set_loopback(const std::string& adapter, Rank rank) {
  Request request = about_loopback(Wish::set_loopback, adapter);
  request.rank = rank;
  ask(request);
  request.wish = Wish::restore_loopback;
  return asking_at_end(request);
}

}  // namespace weir::gate
