#pragma once
#include <string>

#include "attestation/verify.h"

namespace hsm::attestation {

// describe puts what was verified into lines of plain words, each with a newline.
std::string describe(const Verified& verified);

// fingerprint is the SHA-256 of a certificate, in pairs of hexadecimal digits as `openssl x509 -fingerprint` has it.
std::string fingerprint(const crypto::Certificate& certificate);

}  // namespace hsm::attestation
