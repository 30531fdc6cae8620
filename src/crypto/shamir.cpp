#include "crypto/shamir.h"

#include <algorithm>
#include <array>

namespace hsm::crypto {
namespace {

constexpr std::uint32_t kPrime = 257;
constexpr unsigned kValueBits = 9;
constexpr std::uint32_t kValueMask = (1U << kValueBits) - 1;

// Arithmetic without branches or divisions that depend on secrets. 256 = -1 mod 257, so z mod 257 is the low byte
// minus the rest; a product of two field elements is at most 256 * 256.
constexpr std::uint32_t reduce(std::uint32_t z) {
  const std::uint32_t difference = (z & 0xff) + kPrime - (z >> 8);  // 1 … 512 for z <= 65536
  const std::uint32_t mask = (difference - kPrime) >> 31;           // 1 if below the prime
  return difference - kPrime * (1 - mask);
}
constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
  return reduce(a * b);
}
constexpr std::uint32_t add(std::uint32_t a, std::uint32_t b) {
  return reduce(a + b);
}
constexpr std::uint32_t subtract(std::uint32_t a, std::uint32_t b) {
  return reduce(a + kPrime - b);
}
// inverse is z^255 (Fermat), eight squarings whatever z is.
constexpr std::uint32_t inverse(std::uint32_t z) {
  std::uint32_t result = 1;
  for (int i = 0; i < 8; ++i) result = multiply(multiply(result, result), z);
  return result;
}
static_assert(inverse(2) == 129 && inverse(3) == 86 && inverse(255) == 128 && inverse(256) == 256);
static_assert(reduce(256 * 256) == 1 && reduce(257) == 0 && reduce(256) == 256 && reduce(0) == 0);

// random_element is uniform: nine random bits, drawn again when they are no field element.
std::uint32_t random_element(Random& random) {
  for (;;) {
    std::array<std::uint8_t, 2> bytes;
    random.fill(bytes);
    const std::uint32_t value = (bytes[0] | std::uint32_t{bytes[1]} << 8) & kValueMask;
    wipe(bytes);
    if (value < kPrime) return value;
  }
}

// SecretCoefficients holds a polynomial's higher coefficients and wipes them.
struct SecretCoefficients {
  explicit SecretCoefficients(unsigned n) : values(n) {}
  ~SecretCoefficients() {
    wipe({reinterpret_cast<std::uint8_t*>(values.data()), values.size() * sizeof(std::uint32_t)});
  }
  std::vector<std::uint32_t> values;
};

struct Word {
  std::uint32_t x;
  std::uint32_t v;
};

Word word_at(const SecretBytes& share, std::size_t index) {
  const auto bytes = share.reveal().subspan(2 * index, 2);
  const std::uint32_t word = bytes[0] | std::uint32_t{bytes[1]} << 8;
  return {word >> kValueBits, word & kValueMask};
}

void put_word(SecretBytes& share, std::size_t index, Word word) {
  const std::uint32_t packed = word.x << kValueBits | word.v;
  share.writable()[2 * index] = static_cast<std::uint8_t>(packed & 0xff);
  share.writable()[2 * index + 1] = static_cast<std::uint8_t>(packed >> 8);
}

std::unexpected<Error> damaged() {
  return fail(Errc::kBadParameter, "the shares are damaged or do not belong together");
}

// Every word of a share carries the same x, which is not 0: a share at 0 would be the secret itself.
Result<std::uint32_t> x_of(const SecretBytes& share) {
  const std::uint32_t x = word_at(share, 0).x;
  if (x == 0 || x > kSharesMax) return damaged();
  for (std::size_t i = 0; i < share.size() / 2; ++i) {
    const Word word = word_at(share, i);
    if (word.x != x || word.v >= kPrime) return damaged();
  }
  return x;
}

// Lagrange weights at 0: the product over the others of x_j / (x_j - x_i).
std::vector<std::uint32_t> weights_of(std::span<const std::uint32_t> xs) {
  std::vector<std::uint32_t> weights;
  for (const std::uint32_t xi : xs) {
    std::uint32_t weight = 1;
    for (const std::uint32_t xj : xs) {
      if (xj != xi) weight = multiply(weight, multiply(xj, inverse(subtract(xj, xi))));
    }
    weights.push_back(weight);
  }
  return weights;
}

}  // namespace

Result<std::vector<SecretBytes>> split_secret(const SecretBytes& secret, unsigned quorum, unsigned shares,
                                              Random& random) {
  if (quorum < 2 || shares < quorum || shares > kSharesMax || secret.empty()) {
    return fail(Errc::kBadParameter, "a secret can't be shared in that way");
  }
  std::vector<SecretBytes> out;
  for (unsigned i = 0; i < shares; ++i) out.emplace_back(secret.size() * 2);
  SecretCoefficients coefficients(quorum - 1);  // a_1 … a_(quorum-1)
  for (std::size_t byte = 0; byte < secret.size(); ++byte) {
    for (std::uint32_t& a : coefficients.values) a = random_element(random);
    for (std::uint32_t x = 1; x <= shares; ++x) {
      std::uint32_t v = 0;  // Horner's rule, highest coefficient first
      for (auto a = coefficients.values.rbegin(); a != coefficients.values.rend(); ++a) v = multiply(add(v, *a), x);
      put_word(out[x - 1], byte, {x, add(v, secret.reveal()[byte])});
    }
  }
  return out;
}

Result<SecretBytes> combine_shares(std::span<const SecretBytes> shares) {
  if (shares.empty() || shares.size() > kSharesMax) return damaged();
  const std::size_t share_bytes = shares.front().size();
  if (share_bytes == 0 || share_bytes % 2 != 0) return damaged();
  std::vector<std::uint32_t> xs;
  for (const SecretBytes& share : shares) {
    if (share.size() != share_bytes) return damaged();
    HSM_TRY(const std::uint32_t x, x_of(share));
    if (std::ranges::find(xs, x) != xs.end()) return damaged();
    xs.push_back(x);
  }
  const std::vector<std::uint32_t> weights = weights_of(xs);
  SecretBytes secret(share_bytes / 2);
  std::uint32_t overflow = 0;
  for (std::size_t byte = 0; byte < secret.size(); ++byte) {
    std::uint32_t s = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) s = add(s, multiply(word_at(shares[i], byte).v, weights[i]));
    overflow |= s >> 8;
    secret.writable()[byte] = static_cast<std::uint8_t>(s & 0xff);
  }
  if (overflow != 0) return damaged();
  return secret;
}

}  // namespace hsm::crypto
