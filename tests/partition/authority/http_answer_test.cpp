#include "partition/authority/http_answer.h"

#include <gtest/gtest.h>

namespace hsm::partition {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";

std::string answer(std::string_view head, std::string_view body) {
  return std::string(kOk) + std::string(head) + "\r\n" + std::string(body);
}

std::string whole(std::string_view text, AnswerEnd end = AnswerEnd::kOpen) {
  const auto read = read_answer(text, end);
  if (!read) return "refused: " + read.error().message;
  return read->value_or("more");
}

bool refused(std::string_view text, AnswerEnd end = AnswerEnd::kOpen) {
  return !read_answer(text, end);
}

TEST(HttpAnswer, EndsWhereContentLengthSays) {
  EXPECT_EQ(whole(answer("Content-Type: text/plain\r\ncontent-length:  2 \r\n", "{}")), "{}");
  EXPECT_EQ(whole("HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n"), "");
  EXPECT_TRUE(refused(answer("Content-Length: 2\r\n", "{}x")));
}

TEST(HttpAnswer, EndsWithTheLastChunk) {
  EXPECT_EQ(whole(answer("Transfer-Encoding: chunked\r\n", "2\r\n{\"\r\n00A\r\n0123456789\r\n0\r\n\r\n")),
            "{\"0123456789");
  EXPECT_EQ(whole(answer("transfer-encoding: Chunked\r\n", "0\r\n\r\n")), "");
}

TEST(HttpAnswer, WithoutLengthEndsWhenThePeerCloses) {
  EXPECT_EQ(whole(answer("", "{}")), "more");
  EXPECT_EQ(whole(answer("", "{}"), AnswerEnd::kClosed), "{}");
}

// Every prefix of a good answer asks for more, and is an error once nothing more can come.
TEST(HttpAnswer, IsNeverTakenForWholeWhenCutOff) {
  for (const std::string& text : {answer("Content-Length: 5\r\n", "01234"),
                                  answer("Transfer-Encoding: chunked\r\n", "3\r\n012\r\n2\r\n34\r\n0\r\n\r\n")}) {
    ASSERT_EQ(whole(text), "01234");
    for (std::size_t n = 0; n < text.size(); ++n) {
      EXPECT_EQ(whole(text.substr(0, n)), "more") << n;
      EXPECT_TRUE(refused(text.substr(0, n), AnswerEnd::kClosed)) << n;
    }
  }
}

TEST(HttpAnswer, OtherStatusesAreRefusedRedirectsToo) {
  for (const char* status : {"301 Moved", "302 Found", "404 Not Found", "500 Oops", "204 No Content", "100 Continue",
                             "2000 OK", "20", "", "200OK"}) {
    EXPECT_TRUE(refused("HTTP/1.1 " + std::string(status) + "\r\nLocation: https://a/\r\nContent-Length: 0\r\n\r\n"))
        << status;
  }
  EXPECT_TRUE(refused("HTTP/2 200 OK\r\n\r\n"));
  EXPECT_TRUE(refused("ICY 200 OK\r\n\r\n"));
}

TEST(HttpAnswer, WhatParsersDisagreeAboutIsRefused) {
  for (const char* head :
       {"Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2, 2\r\n", "Content-Length: +2\r\n",
        "Content-Length: -2\r\n", "Content-Length: 0x2\r\n", "Content-Length:\r\n", "Content-Length : 2\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\n folded: yes\r\n", ": 2\r\n", "no colon\r\n", "a b: c\r\n", "a: b\nc: d\r\n",
        "a: \x01\r\n", "Content-Encoding: gzip\r\nContent-Length: 2\r\n"}) {
    EXPECT_TRUE(refused(answer(head, "{}"))) << head;
  }
}

TEST(HttpAnswer, ChunksAreReadStrictly) {
  for (const char* body :
       {"2;x=y\r\n{}\r\n0\r\n\r\n", "2 \r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n", "0x2\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}x\n0\r\n\r\n", "2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n", "\r\n{}\r\n", "g\r\n",
        "000000002\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n000000", "0\r\n\r\nmore", "ffffffff\r\n"}) {
    EXPECT_TRUE(refused(answer("Transfer-Encoding: chunked\r\n", body))) << body;
  }
}

TEST(HttpAnswer, IsBounded) {
  const std::string long_document(kDocumentBytesMax + 1, 'x');
  EXPECT_TRUE(refused(answer("Content-Length: 262145\r\n", "")));
  EXPECT_TRUE(refused(answer("", long_document)));
  EXPECT_TRUE(refused(
      answer("Transfer-Encoding: chunked\r\n", "20000\r\n" + long_document.substr(0, 0x20000) + "\r\n20001\r\n")));
  EXPECT_TRUE(refused(std::string(kOk) + "a: " + std::string(kAnswerHeadBytesMax, 'x')));
  EXPECT_EQ(whole(answer("Content-Length: 262144\r\n", long_document.substr(1))), long_document.substr(1));
}

}  // namespace
}  // namespace hsm::partition
