// SHA-256 (FIPS 180-4): names the content of a capture in the flow database.
#pragma once

#include <memory>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"

namespace weir::stores {

/// The digest of bytes that come in pieces. Movable; one thread at a time.
class WEIR_API Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(Bytes bytes) noexcept;
  /// The digest of everything so far, as 64 hex digits; the object starts anew.
  [[nodiscard]] std::string hex_digest();

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::stores
