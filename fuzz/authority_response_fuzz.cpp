// Answers of attestation authorities. What is found whole must not change by what comes later, and an answer that is
// closed is whole or refused.
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "partition/authority/http_answer.h"
#include "partition/authority/https_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hsm::partition;
  const std::string_view text = hsm::text_of({data, size});
  const auto open = read_answer(text, AnswerEnd::kOpen);
  const auto closed = read_answer(text, AnswerEnd::kClosed);
  HSM_ASSERT(!closed || (closed->has_value() && (*closed)->size() <= kDocumentBytesMax && (*closed)->size() <= size));
  HSM_ASSERT(!open || !open->has_value() || (closed && *closed == *open));
  HSM_ASSERT(open || !closed);
  if (open && open->has_value()) {
    HSM_ASSERT(!read_answer(std::string(text) + "x", AnswerEnd::kOpen));
    const auto shorter = read_answer(text.substr(0, size - 1), AnswerEnd::kOpen);
    HSM_ASSERT(shorter && !shorter->has_value());
  }
  if (const auto url = parse_https_url(text)) {
    HSM_ASSERT(url->target.starts_with('/') && !url->endpoint.host.empty() && url->endpoint.port != 0);
    HSM_ASSERT((url->authority + url->target).find_first_of(" \r\n") == std::string::npos);
  }
  return 0;
}
