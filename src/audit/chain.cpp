#include "audit/chain.h"

#include "base/hex.h"
#include "base/json_text.h"

namespace hsm::audit {

void LineBatch::restart(const ChainEnd& end) {
  text_.clear();
  end_ = end;
}

std::string& LineBatch::begin_line(std::string_view time) {
  line_start_ = text_.size();
  text_ += R"({"sequence":)";
  append_json_number(text_, end_.sequence + 1);
  text_ += R"(,"previousHash":")";
  append_hex(text_, end_.hash);
  text_ += R"(","time":")";
  text_ += time;
  text_ += '"';
  return text_;
}

void LineBatch::end_line() {
  text_ += '}';
  end_ = {end_.sequence + 1, crypto::sha256(bytes_of(std::string_view(text_).substr(line_start_)))};
  text_ += '\n';
}

}  // namespace hsm::audit
