#pragma once
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::crypto {

// Shamir's secret sharing as the security-domain file does it (reference/security-domain.md §5.5): each byte is shared
// alone over the prime field GF(257), with coefficients of its own.
//
//   share := word*            one word a byte of the secret
//   word  := u16, little-endian, (x << 9) | v      x = 1, 2, …: which share; v = 0…256: the polynomial's value there

inline constexpr unsigned kSharesMax = 126;  // x has 7 bits, of which clients use up to 126

// split_secret makes shares 1…`shares` of which any `quorum` give the secret back and fewer tell nothing about it.
// kBadParameter: quorum < 2, shares < quorum, shares > kSharesMax, or an empty secret.
Result<std::vector<SecretBytes>> split_secret(const SecretBytes& secret, unsigned quorum, unsigned shares,
                                              Random& random);

// combine_shares gives the secret of shares in any order. With fewer than the quorum, or shares of different secrets,
// the result is wrong bytes or kBadParameter: only what the secret opens can tell. kBadParameter: no share, a damaged
// one, two of the same x, different lengths, or a value that is not a byte.
Result<SecretBytes> combine_shares(std::span<const SecretBytes> shares);

}  // namespace hsm::crypto
