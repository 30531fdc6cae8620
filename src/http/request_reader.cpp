#include "http/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <optional>

#include "base/assert.h"
#include "base/secret_bytes.h"

namespace hsm::http {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kFirstCapacityBytes = 8 * 1024;  // a request with a token of usual size fits
constexpr std::size_t kSpaceBytesMin = 1024;
constexpr std::size_t kChunkHeadBytesMax = 8 * 1024;  // a chunk's size line, or the trailers; nobody needs more

std::span<std::uint8_t> writable_bytes(char* data, std::size_t size) {
  return {reinterpret_cast<std::uint8_t*>(data), size};
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::kGet;
    case beast::http::verb::post:
      return Method::kPost;
    case beast::http::verb::put:
      return Method::kPut;
    case beast::http::verb::patch:
      return Method::kPatch;
    case beast::http::verb::delete_:
      return Method::kDelete;
    case beast::http::verb::head:
      return Method::kHead;
    case beast::http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

bool all_of(std::string_view text, bool (*allowed)(char)) {
  return std::ranges::all_of(text, allowed);
}

bool is_decimal_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_target_char(char c) {
  return c > ' ' && c < 0x7f && c != '#';
}  // RFC 3986: ASCII; a fragment is not sent
bool is_printable(char c) {
  return (c >= ' ' && c < 0x7f) || c == '\t';
}
bool is_hex_digit(char c) {
  return is_decimal_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_host_char(char c) {  // RFC 3986 §3.2.2, §3.2.3
  return is_decimal_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~%!$&'()*+;=:[]").contains(c);
}

// may_be_size_line tells whether `text` can still become a chunk's size line (RFC 9112 §7.1). Beast judges whole lines
// alone, and a client that never ends a wrong one would hold its connection until the deadline.
bool may_be_size_line(std::string_view text) {
  constexpr std::size_t kDigitsMax = 16;  // 64 bits
  const std::size_t digits = static_cast<std::size_t>(std::ranges::find_if_not(text, is_hex_digit) - text.begin());
  if (digits == text.size()) return digits <= kDigitsMax;
  return digits > 0 && digits <= kDigitsMax && std::string_view("\r; \t").contains(text[digits]);
}

}  // namespace

// Parser is Beast's parser without its I/O. What Beast lets through and RFC 9112 forbids is refused in the callbacks.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(RequestReader& reader) : reader_(reader) {
    header_limit(static_cast<std::uint32_t>(reader.limits_.header_bytes_max + kFirstCapacityBytes));
    body_limit(reader.limits_.body_bytes_max);
  }
  // The refusal, when put() has failed with `error`.
  Refusal refusal(const beast::error_code& error) const {
    if (refusal_) return *refusal_;
    if (error == beast::http::error::header_limit) return Refusal::kHeaderTooLarge;
    if (error == beast::http::error::body_limit) return Refusal::kBodyTooLarge;
    return Refusal::kMalformed;
  }
  // may_go_on looks at what put() could not use yet: the rest of a chunk, the line end behind it, the next size line.
  bool may_go_on(std::string_view rest) const {
    if (!is_header_done() || !chunked() || chunk_left_ > rest.size()) return true;
    rest.remove_prefix(chunk_left_);
    if (chunks_ > 0) {
      constexpr std::string_view kLineEnd = "\r\n";
      const std::size_t length = std::min(rest.size(), kLineEnd.size());
      if (rest.substr(0, length) != kLineEnd.substr(0, length)) return false;
      rest.remove_prefix(length);
    }
    return may_be_size_line(rest);
  }

 private:
  using Text = beast::string_view;
  using Error = beast::error_code;
  using Field = beast::http::field;

  static std::string_view view(Text text) { return {text.data(), text.size()}; }

  void refuse(Refusal refusal, Error& error) {
    refusal_ = refusal;
    error = beast::http::error::bad_field;
  }

  void on_request_impl(beast::http::verb verb, Text, Text target, int version, Error& error) override {
    http_1_0_ = version < 11;
    Request& request = reader_.request_;
    request.method = method_of(verb);
    request.target = view(target);
    const std::size_t question = request.target.find('?');
    request.path = request.target.substr(0, question);
    request.query = question == std::string_view::npos ? std::string_view{} : request.target.substr(question + 1);
    // No absolute form: it could name another host than Host does, and only requests to a proxy carry it.
    const bool asterisk = request.method == Method::kOptions && request.target == "*";
    if (!asterisk && (request.target[0] != '/' || !all_of(request.target, is_target_char)))
      return refuse(Refusal::kMalformed, error);
    error = {};
  }

  void on_field_impl(Field field, Text name, Text value, Error& error) override {
    if (folded(name, value)) return refuse(Refusal::kMalformed, error);
    if (++fields_ > reader_.limits_.header_count_max) return refuse(Refusal::kHeaderTooLarge, error);
    if (is_header_done()) return;  // a trailer: nothing we serve reads them
    if (const auto refusal = check_framing(field, view(value))) return refuse(*refusal, error);
    reader_.request_.headers.emplace_back(view(name), view(value));
    error = {};
  }

  // folded: a value that continues on a second line lies elsewhere (Beast joins the lines in a buffer of its own), or
  // there is a line end between the colon and the value.
  bool folded(Text name, Text value) const {
    const char* const begin = reader_.data_.get();
    const char* const end = begin + reader_.end_;
    const std::less<> before;
    if (before(value.data(), begin) || !before(value.data(), end)) return true;
    const char* const after_name = name.data() + name.size();
    return std::any_of(after_name, value.data(), [](char c) { return c == '\r' || c == '\n'; });
  }

  std::optional<Refusal> check_framing(Field field, std::string_view value) {
    switch (field) {
      case Field::host:
        if (++hosts_ > 1 || !all_of(value, is_host_char)) return Refusal::kMalformed;
        break;
      case Field::content_length:  // Beast takes a list of equal lengths, and the field again with the same one
        if (++lengths_ > 1 || !all_of(value, is_decimal_digit)) return Refusal::kMalformed;
        break;
      case Field::transfer_encoding:
        if (++codings_ > 1) return Refusal::kMalformed;
        if (!beast::iequals(Text(value.data(), value.size()), "chunked")) return Refusal::kUnknownCoding;
        break;
      case Field::expect:
        reader_.wants_continue_ = beast::iequals(Text(value.data(), value.size()), "100-continue");
        break;
      default:
        break;
    }
    return std::nullopt;
  }

  void on_header_impl(Error& error) override {
    if (hosts_ == 0 && !http_1_0_) return refuse(Refusal::kMalformed, error);
    if (codings_ > 0 && http_1_0_) return refuse(Refusal::kMalformed, error);  // RFC 9112 §6.1
    // HTTP/1.0 would need "Connection: keep-alive" in the answer; its clients can do with one request a connection.
    reader_.keep_alive_ = keep_alive() && !http_1_0_;
    reader_.wants_continue_ = reader_.wants_continue_ && !http_1_0_;  // RFC 9110 §10.1.1
    error = {};
  }

  std::size_t append_body(Text bytes) {
    char* const to = reader_.data_.get() + reader_.body_end_;
    if (to != bytes.data()) std::memmove(to, bytes.data(), bytes.size());
    reader_.body_end_ += bytes.size();
    return bytes.size();
  }
  std::size_t on_body_impl(Text bytes, Error& error) override {
    error = {};
    return append_body(bytes);
  }
  std::size_t on_chunk_body_impl(std::uint64_t left, Text bytes, Error& error) override {
    chunk_left_ = left - bytes.size();
    error = {};
    return append_body(bytes);
  }
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Error& error) override {
    ++chunks_;
    chunk_left_ = size;
    // Extensions are ignored (RFC 9112 §7.1.1), but Beast takes any byte inside a quoted one, a bare LF too.
    if (!all_of(view(extensions), is_printable)) return refuse(Refusal::kMalformed, error);
    error = {};
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error& error) override { error = {}; }
  void on_finish_impl(Error& error) override { error = {}; }
  void on_response_impl(int, Text, int, Error& error) override { error = beast::http::error::bad_method; }

  RequestReader& reader_;
  std::optional<Refusal> refusal_;
  bool http_1_0_ = false;
  std::size_t fields_ = 0;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  unsigned codings_ = 0;
  std::uint64_t chunks_ = 0;
  std::uint64_t chunk_left_ = 0;  // bytes of the present chunk that have not come yet
};

// ParserSlot holds the parser in place: a Beast parser serves one request, and none should cost an allocation.
struct RequestReader::ParserSlot {
  std::optional<Parser> parser;
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits), parser_(std::make_unique<ParserSlot>()) {
  parser_->parser.emplace(*this);
}

RequestReader::~RequestReader() {
  if (data_) wipe(writable_bytes(data_.get(), used_max_));
}

std::span<char> RequestReader::space() {
  if (capacity_ - end_ < kSpaceBytesMin) grow(std::max(kFirstCapacityBytes, capacity_ * 2));
  return {data_.get() + end_, capacity_ - end_};
}

RequestReader::Progress RequestReader::received(std::size_t bytes) {
  HSM_ASSERT(bytes <= capacity_ - end_);
  end_ += bytes;
  used_max_ = std::max(used_max_, end_);
  return parse();
}

RequestReader::Progress RequestReader::parse() {
  Parser& parser = *parser_->parser;
  while (end_ - parsed_ >= least()) {
    beast::error_code error;
    const std::size_t body_before = body_end_;
    const std::size_t taken = parser.put(boost::asio::buffer(data_.get() + parsed_, end_ - parsed_), error);
    parsed_ += taken;
    if (error == beast::http::error::need_more) break;
    if (error) return refuse(parser.refusal(error));
    if (header_end_ == 0 && parser.is_header_done()) {
      header_end_ = body_end_ = parsed_;
      if (header_end_ > limits_.header_bytes_max) return refuse(Refusal::kHeaderTooLarge);
    } else if (taken - (body_end_ - body_before) > kChunkHeadBytesMax) {
      return refuse(Refusal::kMalformed);
    }
    if (parser.is_done()) return complete();
  }
  if (header_end_ == 0 && end_ > limits_.header_bytes_max) return refuse(Refusal::kHeaderTooLarge);
  if (header_end_ != 0 && end_ - parsed_ > kChunkHeadBytesMax) return refuse(Refusal::kMalformed);
  if (!parser.may_go_on({data_.get() + parsed_, end_ - parsed_})) return refuse(Refusal::kMalformed);
  close_gap();
  return Progress::kIncomplete;
}

// least is how many bytes the parser can use. While chunks come, what is left of a request is never shorter than its
// last chunk; Beast 1.81 asserts that, and a client must not be able to end the process by sending less.
std::size_t RequestReader::least() const {
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  return header_end_ != 0 && parser_->parser->chunked() ? kLastChunk.size() : 1;
}

// close_gap moves what is not parsed yet over the framing of the chunks before it, so that the buffer holds no more
// than head, body and a little.
void RequestReader::close_gap() {
  if (header_end_ == 0 || body_end_ == parsed_) return;
  std::memmove(data_.get() + body_end_, data_.get() + parsed_, end_ - parsed_);
  end_ -= parsed_ - body_end_;
  parsed_ = body_end_;
}

RequestReader::Progress RequestReader::complete() {
  request_.body = bytes_of({data_.get() + header_end_, body_end_ - header_end_});
  wants_continue_ = false;
  return Progress::kComplete;
}

RequestReader::Progress RequestReader::refuse(Refusal refusal) {
  refusal_ = refusal;
  keep_alive_ = false;
  return Progress::kRefused;
}

bool RequestReader::take_continue() {
  // A client that has begun with the body does not wait.
  return header_end_ != 0 && body_end_ == header_end_ && parsed_ == end_ && std::exchange(wants_continue_, false);
}

void RequestReader::finish() {
  const std::size_t left = end_ - parsed_;
  if (left > 0) std::memmove(data_.get(), data_.get() + parsed_, left);
  start_over(left);
}

void RequestReader::clear() {
  if (used_max_ > 0) start_over(0);
}

// start_over keeps the first `left` bytes, which belong to the next request.
void RequestReader::start_over(std::size_t left) {
  wipe(writable_bytes(data_.get() + left, used_max_ - left));
  end_ = used_max_ = left;
  header_end_ = body_end_ = parsed_ = 0;
  request_.target = request_.path = request_.query = {};
  request_.headers.clear();
  request_.body = {};
  keep_alive_ = wants_continue_ = false;
  parser_->parser.emplace(*this);
}

// grow moves the bytes to a larger buffer and the views of the request with them.
void RequestReader::grow(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (data_) {
    const auto moved = [from = data_.get(), to = larger.get()](std::string_view text) {
      return text.empty() ? std::string_view{} : std::string_view(to + (text.data() - from), text.size());
    };
    std::memcpy(larger.get(), data_.get(), end_);
    request_.target = moved(request_.target);
    request_.path = moved(request_.path);
    request_.query = moved(request_.query);
    for (auto& [name, value] : request_.headers) {
      name = moved(name);
      value = moved(value);
    }
    wipe(writable_bytes(data_.get(), used_max_));
  }
  data_ = std::move(larger);
  capacity_ = capacity;
  used_max_ = end_;
}

}  // namespace hsm::http
