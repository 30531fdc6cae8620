// JSON objects of foreign senders. What is let through must read the same again after it was written out, and no name
// may stand twice in it: two readers could disagree on such a text.
#include <boost/json/serialize.hpp>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/jose/strict_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto object = hsm::jose::parse_object(hsm::text_of({data, size}));
  if (!object) return 0;
  const std::string written = boost::json::serialize(*object);
  const auto again = hsm::jose::parse_object(written);
  HSM_ASSERT(again && again->size() == object->size());
  return 0;
}
