#include "http/response_writer.h"

#include <gtest/gtest.h>

namespace hsm::http {
namespace {

std::string written(const Response& response, Method method = Method::kGet, bool close = false) {
  std::string out;
  append_response(out, response, method, close);
  return out;
}

TEST(ResponseWriter, AddsOnlyTheLength) {
  EXPECT_EQ(written({.status = 200, .head = "A: b\r\n", .body = "OK"}),
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nOK");
}

TEST(ResponseWriter, SaysWhenTheConnectionEnds) {
  EXPECT_EQ(written({.status = 401}, Method::kPost, true),
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(ResponseWriter, SendsHeadWithTheLengthOfTheBodyLeftOut) {
  EXPECT_EQ(written({.status = 200, .body = "OK"}, Method::kHead), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
}

TEST(ResponseWriter, SendsNoContentWithLengthZeroAsTheServiceDoes) {
  EXPECT_EQ(written({.status = 204, .body = "x"}), "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseWriter, SendsNotModifiedWithoutBodyOrLength) {
  EXPECT_EQ(written({.status = 304, .body = "x"}), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(ResponseWriter, KeepsTheSpaceOfAMissingReason) {
  EXPECT_EQ(written({.status = 299}), "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace hsm::http
