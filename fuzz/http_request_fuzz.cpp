// HTTP/1.1 requests as they come from the network. A stream must read the same however it is cut, or two readers of it
// could disagree on where a request ends.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/assert.h"
#include "http/request_reader.h"

namespace {

using hsm::http::Limits;
using hsm::http::Request;
using hsm::http::RequestReader;
using Progress = RequestReader::Progress;

// Small, so that short inputs reach them.
Limits small_limits() {
  Limits limits;
  limits.header_bytes_max = 1024;
  limits.header_count_max = 16;
  limits.body_bytes_max = 2048;
  return limits;
}

bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// check_and_print states what holds for every request that is let through, and makes it comparable.
std::string check_and_print(const Request& request, const Limits& limits) {
  HSM_ASSERT(!request.target.empty() && is_clean(request.target));
  HSM_ASSERT(request.target.starts_with(request.path) && request.target.ends_with(request.query));
  HSM_ASSERT(request.headers.size() <= limits.header_count_max);
  HSM_ASSERT(request.body.size() <= limits.body_bytes_max);
  std::string out(request.target);
  for (const auto& [name, value] : request.headers) {
    HSM_ASSERT(!name.empty() && is_clean(name) && name.find_first_of(": \t") == std::string_view::npos);
    HSM_ASSERT(is_clean(value));
    out.append("\n").append(name).append(":").append(value);
  }
  const bool chunked = !request.header("transfer-encoding").empty();
  const bool sized = !request.header("content-length").empty();
  HSM_ASSERT(!(chunked && sized));
  HSM_ASSERT(chunked || sized || request.body.empty());
  return out.append("\n\n").append(hsm::text_of(request.body));
}

// read_all feeds the stream in pieces of `step` bytes and returns every request that was read from it.
std::vector<std::string> read_all(std::string_view stream, std::size_t step) {
  const Limits limits = small_limits();
  RequestReader reader(limits);
  std::vector<std::string> requests;
  Progress progress = Progress::kIncomplete;
  while (progress != Progress::kRefused && !stream.empty()) {
    const auto space = reader.space();
    const std::size_t size = std::min({step, space.size(), stream.size()});
    std::memcpy(space.data(), stream.data(), size);
    stream.remove_prefix(size);
    progress = reader.received(size);
    if (progress == Progress::kIncomplete) reader.take_continue();
    while (progress == Progress::kComplete) {
      requests.push_back(check_and_print(reader.request(), limits));
      reader.finish();
      progress = reader.received(0);
    }
  }
  HSM_ASSERT(reader.capacity() <= 64 * 1024);
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const auto whole = read_all(stream, std::max<std::size_t>(size, 1));
  HSM_ASSERT(read_all(stream, 1) == whole);
  HSM_ASSERT(read_all(stream, 7) == whole);
  return 0;
}
