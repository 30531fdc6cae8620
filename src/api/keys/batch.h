#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/decision.h"
#include "core/ports/partitions.h"

namespace hsm::api {

// kBatchOperationsMax: more are refused as a whole (issue 3).
inline constexpr std::size_t kBatchOperationsMax = 1000;

// BatchPart is what is known of one operation of a batch, until its answer is written.
struct BatchPart {
  std::string_view algorithm;         // empty while unknown
  Result<core::CryptoResult> result;  // an error if it was refused, or what a partition answers
};

struct Call;

// Batch is what a call of many operations on one key carries.
struct Batch {
  Call* call = nullptr;  // which owns it
  // By part, so that neighbours go into one message. The operation is always set; a refused part's rest is not used.
  std::vector<core::CryptoRequest> requests;
  std::vector<BatchPart> parts;
  std::size_t next = 0;           // the first part that was not looked at yet by who sends them
  std::size_t unanswered = 0;     // parts that are neither refused nor answered
  std::vector<SecretBytes> kept;  // what the results look at
  // What the caller may do, by KeyOperation; those that occur.
  std::array<std::optional<core::Decision>, static_cast<std::size_t>(core::KeyOperation::kCount_)> decisions;
};

}  // namespace hsm::api
