#include "audit/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "app/strongroom/audit_verify.h"
#include "audit/head_file.h"
#include "audit/report.h"
#include "audit/segment_files.h"
#include "base/hex.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

using app::audit_verify_main;
using test::config_in;
using test::events;
using test::open_log;
using test::signer_with;
using test::TemporaryDirectory;
using testing::HasSubstr;

// A closed log of three files with one record each (lines 1-2, 3-4, 5-7).
class Verify : public testing::Test {
 protected:
  void SetUp() override {
    LogConfig config = config_in(directory_.path());
    config.segment_bytes_max = 1;
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->append_durable(events(1)));
    ASSERT_TRUE(log->close());
  }
  std::filesystem::path file(std::uint64_t number) const { return directory_.path() / segment_name(number); }
  VerifyReport verified(VerifyOptions options) const {
    if (options.path.empty()) options.path = directory_.path();
    const auto report = verify(options);
    HSM_ASSERT(report);
    return *report;
  }
  TemporaryDirectory directory_;
};

TEST_F(Verify, ReportsWhatItHasRead) {
  const VerifyReport report = verified({});
  EXPECT_FALSE(report.finding);
  EXPECT_EQ(report.records, 3U);
  EXPECT_EQ(report.first_sequence, 1U);
  EXPECT_EQ(report.signed_until, report.last_sequence - 2) << "a header opened a file for the last checkpoint";
  EXPECT_EQ(report.first_time, "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(report.last_time, "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(report.public_key, signer_with().public_key);
}

TEST_F(Verify, AcceptsTheRightKeyAndNoOther) {
  EXPECT_FALSE(verified({.public_key = signer_with(1).public_key}).finding);
  EXPECT_EQ(verified({.public_key = signer_with(2).public_key}).finding->kind, FindingKind::kWrongKey);
  const auto report = verify({.path = directory_.path(), .public_key = Bytes(31)});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kBadParameter);
}

TEST_F(Verify, OneFileAloneIsInOrderIfTheNextGoesOnWhereItEnds) {
  for (const std::uint64_t number : {1, 2, 3}) {
    const VerifyReport report = verified({.path = file(number)});
    EXPECT_FALSE(report.finding) << number << report.finding->text;
    EXPECT_TRUE(report.end_known) << number;
    EXPECT_EQ(report.records, 1U);
  }
  auto lines = test::lines_of(test::read_file(file(2)));
  lines.pop_back();
  test::write_file(file(2), test::joined(lines));
  EXPECT_EQ(verified({.path = file(2)}).finding->kind, FindingKind::kTruncated);
}

TEST_F(Verify, FilesPutTogetherInOneAreOneLog) {
  const std::filesystem::path all = directory_.path() / "all.jsonl";
  std::string content;
  const auto files = list_segments(directory_.path());
  for (const SegmentFile& part : *files) content += test::read_file(part.path);
  test::write_file(all, content);
  const VerifyReport report = verified({.path = all});
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.records, 3U);
}

TEST_F(Verify, ArchivedFilesMayBeMissingIfOneSaysSo) {
  std::filesystem::remove(file(1));
  EXPECT_EQ(verified({}).finding->kind, FindingKind::kDropped);
  const VerifyReport report = verified({.need_start = false});
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.first_sequence, 3U);
  std::filesystem::remove(file(3));
  EXPECT_EQ(verified({.need_start = false}).finding->kind, FindingKind::kDropped) << "not those in the middle";
}

TEST_F(Verify, WithoutHeadOnlyIfOneSaysSo) {
  std::filesystem::remove(directory_.path() / kHeadFileName);
  EXPECT_EQ(verified({}).finding->kind, FindingKind::kNoHead);
  const VerifyReport report = verified({.need_head = false});
  EXPECT_FALSE(report.finding);
  EXPECT_FALSE(report.end_known);
}

TEST_F(Verify, ALineWithoutEndIsNotReadIntoMemory) {
  test::write_file(file(1), test::read_file(file(1)) + std::string(5'000'000, 'x'));
  EXPECT_EQ(verified({}).finding->kind, FindingKind::kInserted);
}

TEST(VerifyNothing, AnEmptyDirectoryIsNoLog) {
  TemporaryDirectory directory;
  EXPECT_EQ(test::verified(directory.path()).finding->kind, FindingKind::kNoLog);
  const auto report = verify({.path = directory.path() / "absent"});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kBadParameter);
}

TEST(VerifyNothing, AnUnsignedLogSaysSo) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->append(events(2)));
  EXPECT_EQ(test::verified(directory.path()).finding->kind, FindingKind::kNoHead);
  const auto report = verify({.path = directory.path(), .need_head = false});
  ASSERT_TRUE(report);
  EXPECT_THAT(to_text(*report), HasSubstr("Nothing is signed"));
  const auto keyed = verify({.path = directory.path(), .public_key = signer_with().public_key, .need_head = false});
  EXPECT_EQ(keyed->finding->kind, FindingKind::kBadSignature);
}

TEST_F(Verify, TheCommandSaysItInWordsAndInItsExitCode) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(audit_verify_main({.path = directory_.path()}, out, err), 0);
  EXPECT_THAT(out.str(), HasSubstr("The audit log is intact."));
  EXPECT_THAT(out.str(), HasSubstr(to_hex(signer_with().public_key)));

  std::string content = test::read_file(file(2));
  content[content.find("KeySign")] = 'X';
  test::write_file(file(2), content);
  out.str("");
  EXPECT_EQ(audit_verify_main({.path = directory_.path()}, out, err), 1);
  EXPECT_THAT(out.str(), HasSubstr("NOT intact: changed, line 4 (audit-00000002.jsonl:2)"));
  EXPECT_EQ(err.str(), "");

  EXPECT_EQ(audit_verify_main({.path = "/absent"}, out, err), 2);
  EXPECT_EQ(audit_verify_main({.path = directory_.path(), .public_key_hex = "xyz"}, out, err), 2);
  EXPECT_THAT(err.str(), HasSubstr("hexadecimal"));
}

TEST_F(Verify, TheCommandSpeaksJson) {
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(audit_verify_main({.path = directory_.path(), .json = true}, out, err), 0);
  EXPECT_TRUE(boost::json::parse(out.str()).at("intact").as_bool());
  std::filesystem::remove(file(1));
  out.str("");
  EXPECT_EQ(audit_verify_main({.path = directory_.path(), .json = true}, out, err), 1);
  const boost::json::value report = boost::json::parse(out.str());
  EXPECT_FALSE(report.at("intact").as_bool());
  EXPECT_EQ(report.at("finding").at("kind").as_string(), "dropped");
  EXPECT_EQ(report.at("finding").at("sequence").to_number<int>(), 1);
}

}  // namespace
}  // namespace hsm::audit
