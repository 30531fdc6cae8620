#include "audit/chain.h"

#include <gtest/gtest.h>

#include "audit/line.h"
#include "audit/segment_files.h"
#include "base/hex.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

TEST(Chain, EachLineHoldsTheHashOfTheOneBefore) {
  LineBatch batch;
  batch.restart({});
  for (int i = 0; i < 3; ++i) {
    RecordWriter(test::identity()).append_members(batch.begin_line(TimePoint{}), test::event());
    batch.end_line();
  }
  const auto lines = test::lines_of(batch.text());
  ASSERT_EQ(lines.size(), 3U);
  LineHash previous{};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto line = parse_line(lines[i]);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->sequence, i + 1);
    EXPECT_EQ(line->previous, previous);
    previous = crypto::sha256(bytes_of(lines[i]));
  }
  EXPECT_EQ(batch.end(), (ChainEnd{3, previous}));
}

Checkpoint some_checkpoint() {
  Checkpoint checkpoint{7, {}, "2023-11-14T22:13:20.123Z", Bytes(kPublicKeyBytes, 1), Bytes(kSignatureBytes, 2)};
  checkpoint.hash.fill(3);
  return checkpoint;
}

TEST(Line, CheckpointsReadBackAsWritten) {
  std::string text;
  append_members(text, some_checkpoint());
  EXPECT_EQ(parse_checkpoint(text), some_checkpoint());
}

TEST(Line, ACheckpointHasOneSpellingOnly) {
  std::string text;
  append_signed(text, some_checkpoint());
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char other : {' ', '0', 'A', 'a', '"', '}', '\0'}) {
      std::string changed = text;
      changed[i] = other;
      const auto parsed = parse_signed(changed);
      EXPECT_TRUE(changed == text || !parsed || !(*parsed == some_checkpoint())) << changed;
    }
    EXPECT_FALSE(parse_signed(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(parse_signed(text + " "));
  EXPECT_FALSE(parse_signed(R"({"sequence":07)" + text.substr(text.find(','))));
}

TEST(Line, SegmentHeadersReadBackWithAndWithoutAKey) {
  for (const Bytes& key : {Bytes{}, Bytes(kPublicKeyBytes, 9)}) {
    std::string text;
    append_members(text, SegmentHeader{12, key});
    const auto header = parse_segment(text);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->number, 12U);
    EXPECT_EQ(header->public_key, key);
  }
}

TEST(Line, RecoveriesReadBack) {
  for (const bool missing : {false, true}) {
    std::string text;
    append_members(text, Recovery{17, 4, missing});
    const auto recovery = parse_recovery(text);
    ASSERT_TRUE(recovery);
    EXPECT_EQ(recovery->removed_bytes, 17U);
    EXPECT_EQ(recovery->unsigned_lines, 4U);
    EXPECT_EQ(recovery->head_missing, missing);
  }
}

TEST(Line, ATextThatNamesTheMemberIsNotTheCorrelationId) {
  std::string members;
  core::AuditEvent sly = test::event("the-true-one");
  sly.operation_name = R"(","correlationId":"forged)";
  sly.client_info = R"("correlationId":"forged")";
  RecordWriter({R"("correlationId":"x")"}).append_members(members, sly);
  EXPECT_EQ(correlation_id_of(members), "the-true-one");
}

TEST(SegmentFiles, OnlyTheExactNameIsOne) {
  EXPECT_EQ(segment_name(1), "audit-00000001.jsonl");
  EXPECT_EQ(segment_number("audit-00000012.jsonl"), 12U);
  EXPECT_EQ(segment_number("audit-123456789.jsonl"), 123456789U);
  for (const char* other : {"audit-1.jsonl", "audit-.jsonl", "audit-0000000a.jsonl", "audit-00000001.jsonl.gz",
                            "audit-000000001.jsonl", "audit.head", "audit-jsonl", "", "audit-00000001.json"}) {
    EXPECT_FALSE(segment_number(other)) << other;
  }
}

}  // namespace
}  // namespace hsm::audit
