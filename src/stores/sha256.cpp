// SHA-256 by nettle, which takes the processor's instructions for it where there are any.
#include "weir/stores/sha256.h"

#include <nettle/sha2.h>

#include <array>

namespace weir::stores {

struct Sha256::State {
  State() { sha256_init(&context); }
  sha256_ctx context;
};

Sha256::Sha256() : state_{std::make_unique<State>()} {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(Bytes bytes) noexcept {
  sha256_update(&state_->context, bytes.size(), bytes.data());
}

std::string Sha256::hex_digest() {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&state_->context, digest.size(), digest.data());
  std::string text;
  for (const std::uint8_t octet : digest) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text;
}

}  // namespace weir::stores
