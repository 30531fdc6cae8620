#include "http/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace hsm::http {
namespace {

using Progress = RequestReader::Progress;

Progress feed(RequestReader& reader, std::string_view bytes) {
  Progress progress = Progress::kIncomplete;
  while (!bytes.empty() && progress == Progress::kIncomplete) {
    const auto space = reader.space();
    const std::size_t size = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), size);
    progress = reader.received(size);
    bytes.remove_prefix(size);
  }
  return progress;
}

std::string chunked(std::string_view chunks) {
  return "POST /a?b=c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

TEST(RequestReader, GivesTheRequestAsSent) {
  const Limits limits;
  RequestReader reader(limits);
  const std::string bytes =
      "PATCH /keys/a%2fb?api-version=7.4&x=? HTTP/1.1\r\nHost: h:1\r\nX-Empty:\r\nA: \t b c \t\r\n"
      "Content-Length: 4\r\n\r\n";
  ASSERT_EQ(feed(reader, bytes), Progress::kIncomplete);
  ASSERT_EQ(feed(reader, std::string_view("\0\r\nb", 4)), Progress::kComplete);
  const Request& request = reader.request();
  EXPECT_EQ(request.method, Method::kPatch);
  EXPECT_EQ(request.target, "/keys/a%2fb?api-version=7.4&x=?");
  EXPECT_EQ(request.path, "/keys/a%2fb");
  EXPECT_EQ(request.query, "api-version=7.4&x=?");
  EXPECT_EQ(request.header("a"), "b c");
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_EQ(request.header("HOST"), "h:1");
  EXPECT_EQ(request.header("none"), "");
  EXPECT_EQ(request.headers.size(), 4u);
  EXPECT_EQ(text_of(request.body), std::string_view("\0\r\nb", 4));
  EXPECT_TRUE(reader.keep_alive());
}

TEST(RequestReader, JoinsChunks) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, chunked("3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n")),
            Progress::kComplete);
  EXPECT_EQ(text_of(reader.request().body), "abc0123456789");
  EXPECT_EQ(reader.request().headers.size(), 2u) << "trailers are not headers";
}

TEST(RequestReader, ReadsTheSameHoweverTheBytesAreCut) {
  const Limits limits;
  const std::string bytes = chunked("3\r\nabc\r\n5\r\n01234\r\n0\r\nTrailer: t\r\n\r\n");
  for (std::size_t step = 1; step < bytes.size(); ++step) {
    RequestReader reader(limits);
    Progress progress = Progress::kIncomplete;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      ASSERT_EQ(progress, Progress::kIncomplete);
      progress = feed(reader, std::string_view(bytes).substr(at, step));
    }
    ASSERT_EQ(progress, Progress::kComplete) << step;
    EXPECT_EQ(text_of(reader.request().body), "abc01234");
    EXPECT_EQ(reader.request().query, "b=c");
    EXPECT_EQ(reader.request().header("host"), "h");
  }
}

TEST(RequestReader, KeepsItsViewsWhenTheBufferGrows) {
  const Limits limits;
  RequestReader reader(limits);
  const std::string body(300'000, 'x');
  ASSERT_EQ(feed(reader, "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n"), Progress::kIncomplete);
  ASSERT_EQ(feed(reader, body), Progress::kComplete);
  EXPECT_EQ(reader.request().path, "/a");
  EXPECT_EQ(reader.request().query, "b");
  EXPECT_EQ(reader.request().header("Host"), "h");
  EXPECT_EQ(text_of(reader.request().body), body);
}

TEST(RequestReader, HoldsNoMoreThanTheBodyOfManyTinyChunks) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, chunked("")), Progress::kIncomplete);
  for (int i = 0; i < 50'000; ++i) ASSERT_EQ(feed(reader, "1\r\nx\r\n"), Progress::kIncomplete);  // 300 KB sent
  ASSERT_EQ(feed(reader, "0\r\n\r\n"), Progress::kComplete);
  EXPECT_EQ(reader.request().body.size(), 50'000u);
  EXPECT_LE(reader.capacity(), 64u * 1024);
}

TEST(RequestReader, DoesNotReserveAnAnnouncedBody) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\nx"), Progress::kIncomplete);
  EXPECT_LE(reader.capacity(), 16u * 1024);
}

TEST(RequestReader, KeepsPipelinedBytesForTheNextRequest) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\nHo"),
            Progress::kComplete);
  EXPECT_EQ(text_of(reader.request().body), "ab");
  reader.finish();
  EXPECT_FALSE(reader.empty());
  ASSERT_EQ(reader.received(0), Progress::kIncomplete);
  ASSERT_EQ(feed(reader, "st: i\r\n\r\n"), Progress::kComplete);
  EXPECT_EQ(reader.request().path, "/2");
  EXPECT_EQ(reader.request().header("Host"), "i");
  EXPECT_TRUE(reader.request().body.empty());
  reader.finish();
  EXPECT_TRUE(reader.empty());
}

TEST(RequestReader, WipesARequestWhenItIsFinished) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret"), Progress::kComplete);
  const ByteView body = reader.request().body;
  reader.finish();
  EXPECT_EQ(text_of(body), std::string_view("\0\0\0\0\0\0", 6));
}

TEST(RequestReader, WipesWhatLiesBehindJoinedChunks) {
  const Limits limits;
  RequestReader reader(limits);
  ASSERT_EQ(feed(reader, chunked("3\r\nabc\r\n6\r\nsecret\r\n0\r\n\r\n")), Progress::kComplete);
  const char* const begin = text_of(reader.request().body).data();
  reader.finish();
  EXPECT_EQ(std::string_view(begin, 40).find("secret"), std::string_view::npos);
}

TEST(RequestReader, BoundsHeadersByBytesAndCount) {
  Limits limits;
  limits.header_bytes_max = 1000;
  limits.header_count_max = 3;
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  RequestReader long_one(limits);
  EXPECT_EQ(feed(long_one, start + "X: " + std::string(1000, 'x')), Progress::kRefused);
  EXPECT_EQ(long_one.refusal(), Refusal::kHeaderTooLarge);
  RequestReader complete_but_long(limits);
  EXPECT_EQ(feed(complete_but_long, start + "X: " + std::string(1000, 'x') + "\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(complete_but_long.refusal(), Refusal::kHeaderTooLarge);
  RequestReader at_the_limit(limits);
  EXPECT_EQ(feed(at_the_limit, start + "X: " + std::string(1000 - start.size() - 7, 'x') + "\r\n\r\n"),
            Progress::kComplete);
  RequestReader many(limits);
  EXPECT_EQ(feed(many, start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(many.refusal(), Refusal::kHeaderTooLarge);
  RequestReader slow(limits);  // line by line: each is parsed and gone before the next
  ASSERT_EQ(feed(slow, start), Progress::kIncomplete);
  Progress progress = Progress::kIncomplete;
  for (int i = 0; i < 100 && progress == Progress::kIncomplete; ++i) progress = feed(slow, "A: 0123456789012345\r\n");
  EXPECT_EQ(progress, Progress::kRefused);
}

TEST(RequestReader, BoundsBodies) {
  Limits limits;
  limits.body_bytes_max = 10;
  RequestReader fits(limits);
  EXPECT_EQ(feed(fits, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789"), Progress::kComplete);
  RequestReader announced(limits);
  EXPECT_EQ(feed(announced, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"), Progress::kRefused);
  EXPECT_EQ(announced.refusal(), Refusal::kBodyTooLarge);
  RequestReader summed(limits);
  EXPECT_EQ(feed(summed, chunked("6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n")), Progress::kRefused);
  EXPECT_EQ(summed.refusal(), Refusal::kBodyTooLarge);
}

// Nobody has to wait for the end of a line that can't become right.
TEST(RequestReader, RefusesABadChunkSizeBeforeItsLineEnds) {
  const Limits limits;
  for (const std::string_view bad : {"z", "-", " 1", "\r", "\n", ";", "0x", "1z", "1\n", "00000000000000001",
                                     "3\r\nabcX", "3\r\nabc\rX", "3\r\nabc\r\nz", "3\r\nabc\r\n\r"}) {
    RequestReader reader(limits);
    EXPECT_EQ(feed(reader, chunked(bad)), Progress::kRefused) << bad;
  }
  for (const std::string_view good :
       {"", "1", "aF", "0000000000000001", "1\r", "1\r\n", "1;", "1 ;a", "3\r\nab", "3\r\nabc", "3\r\nabc\r",
        "3\r\nabc\r\n", "3\r\nabc\r\n0", "0\r\n", "0\r\nTrailer: t\r\n"}) {
    RequestReader reader(limits);
    EXPECT_EQ(feed(reader, chunked(good)), Progress::kIncomplete) << good;
  }
}

TEST(RequestReader, BoundsWhatStandsBetweenChunks) {
  const Limits limits;
  RequestReader extension(limits);
  EXPECT_EQ(feed(extension, chunked("1;" + std::string(20'000, 'x'))), Progress::kRefused);
  RequestReader trailers(limits);
  ASSERT_EQ(feed(trailers, chunked("0\r\n")), Progress::kIncomplete);
  Progress progress = Progress::kIncomplete;
  for (int i = 0; i < 2'000 && progress == Progress::kIncomplete; ++i) progress = feed(trailers, "X: 0123456789\r\n");
  EXPECT_EQ(progress, Progress::kRefused);
}

TEST(RequestReader, TellsOnceThatTheClientWaitsToContinue) {
  const Limits limits;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n";
  RequestReader waiting(limits);
  ASSERT_EQ(feed(waiting, head), Progress::kIncomplete);
  EXPECT_TRUE(waiting.take_continue());
  EXPECT_FALSE(waiting.take_continue());
  RequestReader begun(limits);
  ASSERT_EQ(feed(begun, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\na"),
            Progress::kIncomplete);
  EXPECT_FALSE(begun.take_continue()) << "the body is on its way";
}

TEST(RequestReader, KnowsWhoWantsToKeepTheConnection) {
  const Limits limits;
  const auto keeps = [&limits](std::string_view bytes) {
    RequestReader reader(limits);
    EXPECT_EQ(feed(reader, bytes), Progress::kComplete);
    return reader.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

}  // namespace
}  // namespace hsm::http
