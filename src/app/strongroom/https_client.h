#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm::app {

// HttpsClient is the command line's way to a server: one request at a time, the given CA trusted alone.
class HttpsClient {
 public:
  explicit HttpsClient(std::string ca_file) : ca_file_(std::move(ca_file)) {}

  struct Request {
    std::string method;
    std::string url;
    std::string body;
    std::string content_type = "application/json";
    std::string bearer_token;
  };
  struct Response {
    long status = 0;
    std::string body;
  };
  // send: kUnavailable when no answer came; the message says why. Any status is an answer.
  Result<Response> send(const Request& request) const;

 private:
  std::string ca_file_;
};

}  // namespace hsm::app
