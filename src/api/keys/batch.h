#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/decision.h"
#include "core/ports/partitions.h"

namespace hsm::api {

// kBatchOperationsMax: more are refused as a whole (issue 3).
inline constexpr std::size_t kBatchOperationsMax = 1000;

// BatchPart is one operation of a batch, until its answer is written.
struct BatchPart {
  core::CryptoRequest request;  // operation is always set
  std::string_view algorithm;   // empty while unknown
  std::optional<Result<core::CryptoReply>> result;
};

struct Call;

// Batch is what a call of many operations on one key carries. Whoever sends its parts to the partitions goes through
// them in order: those that have a result already are not sent.
struct Batch {
  Call* call = nullptr;  // which owns it
  std::vector<BatchPart> parts;
  std::size_t next = 0;        // the first part that was not looked at yet
  std::size_t unanswered = 0;  // parts without a result
  // What the caller may do, by KeyOperation; those that occur.
  std::array<std::optional<core::Decision>, static_cast<std::size_t>(core::KeyOperation::kCount_)> decisions;
};

}  // namespace hsm::api
