#pragma once
#include <cstdint>

#include "http/request.h"

namespace hsm::http {

// Refusal names each reason for which the server itself answers, before any application sees the request. The
// connection ends after each: what follows a request that was not understood can't be understood either.
enum class Refusal : std::uint8_t {
  kMalformed,
  kUnknownCoding,
  kHeaderTooLarge,
  kBodyTooLarge,
  kTooSlow,
  kPlainHttp,
  kCount_
};

Response refusal_response(Refusal refusal);

}  // namespace hsm::http
