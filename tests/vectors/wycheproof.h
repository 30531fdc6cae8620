#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/secret_bytes.h"

// A reader of the public Wycheproof test vectors, which lie beside the source tree and are not part of it. A test walks
// one file with for_each_case; where the files are absent it says so in its output, and the project's own small vectors
// (always a test of their own) are what has run. Link Boost::json.
namespace hsm::test {

// WycheproofCase is one test of a file with the group it stands in. Missing members are a failed test.
class WycheproofCase {
 public:
  WycheproofCase(const boost::json::object& group, const boost::json::object& test) : group_(group), test_(test) {}

  int id() const { return static_cast<int>(test_.at("tcId").as_int64()); }
  bool valid() const { return result() == "valid"; }
  bool invalid() const { return result() == "invalid"; }
  bool acceptable() const { return result() == "acceptable"; }  // either answer is right
  std::string comment() const { return test_.contains("comment") ? text("comment") : std::string(); }
  bool has_flag(std::string_view flag) const {
    const auto& flags = test_.at("flags").as_array();
    return std::ranges::any_of(flags, [flag](const auto& f) { return std::string_view(f.as_string()) == flag; });
  }

  bool has(std::string_view name) const { return find(name) != nullptr; }
  Bytes bytes(std::string_view name) const {  // hexadecimal
    auto decoded = from_hex(text(name));
    EXPECT_TRUE(decoded) << name << " is not hexadecimal";
    return decoded ? *decoded : Bytes{};
  }
  SecretBytes secret(std::string_view name) const { return SecretBytes::copy(bytes(name)); }
  std::string text(std::string_view name) const { return std::string(std::string_view(value(name).as_string())); }
  int number(std::string_view name) const { return static_cast<int>(value(name).as_int64()); }
  const boost::json::object& object(std::string_view name) const { return value(name).as_object(); }
  // value looks in the test first, then in its group.
  const boost::json::value& value(std::string_view name) const {
    const auto* found = find(name);
    if (found == nullptr) throw std::runtime_error("the test vector has no member " + std::string(name));
    return *found;
  }
  const boost::json::object& group() const { return group_; }

 private:
  const boost::json::value* find(std::string_view name) const {
    const auto* in_test = test_.if_contains(name);
    return in_test != nullptr ? in_test : group_.if_contains(name);
  }
  std::string_view result() const { return test_.at("result").as_string(); }

  const boost::json::object& group_;
  const boost::json::object& test_;
};

// Cases by tcId in which the product rightly differs from what a file says, each with the reason. The table stands in
// the test, which expects the other answer of them; nothing is skipped.
using WycheproofExceptions = std::map<int, const char*>;

inline std::filesystem::path wycheproof_path(std::string_view file) {
  return std::filesystem::path(HSM_SOURCE_DIR) / "../shared/vectors/wycheproof/testvectors_v1" / file;
}

// for_each_case calls f(WycheproofCase) for each test of the file, e.g. "aes_gcm_test.json", naming the case in any
// failure. Returns how many ran: 0 when the file is absent.
template <class F>
std::size_t for_each_case(std::string_view file, F f) {
  std::ifstream in(wycheproof_path(file), std::ios::binary);
  if (!in) {
    ::testing::Test::RecordProperty("wycheproof_absent", std::string(file));
    GTEST_LOG_(WARNING) << file << " is absent: only the project's own vectors have run";
    return 0;
  }
  std::stringstream text;
  text << in.rdbuf();
  const boost::json::value document = boost::json::parse(text.str());
  std::size_t ran = 0;
  for (const auto& group : document.at("testGroups").as_array()) {
    for (const auto& test : group.at("tests").as_array()) {
      const WycheproofCase c(group.as_object(), test.as_object());
      SCOPED_TRACE(std::string(file) + " tcId " + std::to_string(c.id()) + " " + c.comment());
      f(c);
      ++ran;
    }
  }
  EXPECT_EQ(ran, static_cast<std::size_t>(document.at("numberOfTests").as_int64())) << file;
  return ran;
}

}  // namespace hsm::test
