// Requests that two readers could take for different ones, or that are plainly wrong, and the status each gets.
#include <gtest/gtest.h>

#include <array>

#include "tests/http/test_server.h"

namespace hsm::http::testing {
namespace {

struct Case {
  const char* name;
  std::string_view bytes;
  int status;
};

using namespace std::string_view_literals;

constexpr auto kCases = std::to_array<Case>({
    {"Plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 200},
    {"HostWithPort", "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n"sv, 200},
    {"UnknownMethodIsTheApplicationsMatter", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 200},
    {"AsteriskForOptions", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"sv, 200},
    {"LatinOneInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n"sv, 200},
    {"Http10WithoutHost", "GET / HTTP/1.0\r\n\r\n"sv, 200},
    {"ChunkedAnyCase", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"sv, 200},

    {"NoHost", "GET / HTTP/1.1\r\n\r\n"sv, 400},
    {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"sv, 400},
    {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"sv, 400},
    {"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"sv, 400},
    {"AbsoluteTarget", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"AuthorityTarget", "CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"AsteriskForGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"Fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"NonAsciiTarget", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"EmptyLineFirst", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"Http09", "GET /\r\n\r\n"sv, 400},
    {"Http20", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"sv, 400},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv, 400},
    {"LowerCaseVersion", "GET / http/1.1\r\nHost: a\r\n\r\n"sv, 400},
    {"BadMethodCharacter", "G{T / HTTP/1.1\r\nHost: a\r\n\r\n"sv, 400},

    {"BareLfAfterRequestLine", "GET / HTTP/1.1\nHost: a\r\n\r\n"sv, 400},
    {"BareLfInHeaders", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"sv, 400},
    {"BareCrInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"sv, 400},
    {"NulInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv, 400},
    {"NulInName", "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n"sv, 400},
    {"ControlInValue", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n"sv, 400},
    {"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n"sv, 400},
    {"TabBeforeColon", "GET / HTTP/1.1\r\nHost: a\r\nX\t: 5\r\n\r\n"sv, 400},
    {"SpaceBeforeFirstHeader", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"sv, 400},
    {"EmptyName", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"sv, 400},
    {"NoColon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"sv, 400},
    {"FoldedValue", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"sv, 400},
    {"FoldedBeforeValue", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n b\r\n\r\n"sv, 400},
    {"FoldedEmpty", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n \r\n\r\n"sv, 400},
    {"FoldedAfterValue", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\t\r\n\r\n"sv, 400},
    {"FoldedCoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"sv, 400},

    {"TwoLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"sv, 400},
    {"TwoEqualLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"sv, 400},
    {"ListOfLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na"sv, 400},
    {"SignedLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na"sv, 400},
    {"NegativeLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na"sv, 400},
    {"HexLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na"sv, 400},
    {"EmptyLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"sv, 400},
    {"HugeLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"sv, 400},
    {"LargeLength", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n"sv, 413},
    {"LengthThenCoding",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"CodingThenLength",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"sv, 400},
    {"TwoCodings",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"CodingInHttp10", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, 400},
    {"UnknownCoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"sv, 501},
    {"IdentityCoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"sv, 501},
    {"ChunkedNotLast", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"sv, 501},
    {"ChunkedWithVerticalTab",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
     "chunked\r\n\r\n0\r\n\r\n"sv,
     400},
    {"ChunkedQuoted", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"sv, 501},

    {"ChunkSizeNotHex", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n"sv, 400},
    {"ChunkSizeWithPrefix", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"sv,
     400},
    {"ChunkSizeWithSpace", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n"sv,
     400},
    {"ChunkSizeOverflow",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000001\r\na\r\n0\r\n\r\n"sv, 400},
    {"ChunkTooLarge", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\na"sv, 413},
    {"ChunkLongerThanSaid", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"sv,
     400},
    {"ChunkLineEndsWithLf", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n"sv, 400},
    {"BareLfInChunkExtension",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"\n\"\r\na\r\n0\r\n\r\n"sv, 400},
    {"FoldedTrailer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n b\r\n\r\n"sv, 400},
    {"LengthAsTrailer",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n"sv, 400},
});

class Smuggling : public ::testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> Smuggling::server_;

TEST_P(Smuggling, GetsItsStatusAndWhatIsRefusedEndsTheConnection) {
  Client client = server_->plain_client();
  // What follows a refused request must never be read as one.
  ASSERT_TRUE(client.send(std::string(GetParam().bytes) + (GetParam().status == 200 ? "" : get("/smuggled"))));
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, GetParam().status);
  if (GetParam().status == 200) return;
  EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(answer.body.find("{\"error\":{\"code\":\""), 0u) << answer.body;
  EXPECT_TRUE(client.ended());
}

INSTANTIATE_TEST_SUITE_P(Table, Smuggling, ::testing::ValuesIn(kCases), [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hsm::http::testing
