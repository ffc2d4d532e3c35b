// What a gate asks of the process that keeps its rights, and what that answers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "gate/attach/rank.h"
#include "weir/error.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// Both processes run the same program: the layout is theirs alone.
struct Request {
  enum class Wish : std::uint32_t {
    load,              ///< instructions follow, with the descriptors of maps; a program comes back
    attach,            ///< with descriptors of the dispatchers, ingress first; tcx links come back
    detach,            ///< of what was attached by clsact
    ask_attached,      ///< the same; Reply::value
    open_sender,       ///< a socket comes back
    ask_loopback,      ///< Reply::value
    set_loopback,      ///< until
    restore_loopback,  ///< this
  };
  Wish wish{};
  /// An ifindex.
  std::uint32_t adapter = 0;
  Rank rank{};
  Attachment how = Attachment::tcx;
  /// Of a program, or an adapter; ends with a NUL.
  std::array<char, 16> name{};
  std::uint32_t instructions = 0;
  /// Of what a sender sends.
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
};

/// Text follows: what was tried, of an Error, and a line end once nothing that was handed over is
/// open there any more.
struct Reply {
  static constexpr std::size_t most_text = 4096;

  /// 0 if it was done.
  ErrorCode code{};
  /// An errno, of a SystemError.
  std::int32_t number = 0;
  std::uint32_t text = 1;
  std::uint32_t value = 0;
};

}  // namespace weir::gate
