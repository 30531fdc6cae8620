#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "audit/head_file.h"
#include "audit/line.h"
#include "audit/segment_files.h"
#include "base/hex.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

using test::config_in;
using test::events;
using test::open_log;
using test::signer_with;
using test::TemporaryDirectory;

using Lines = std::vector<std::string>;

// A log of three files, closed, and so signed to its end:
//   1: header 1, records 2 and 3, checkpoint 4, record 5
//   2: header 6, records 7 and 8, checkpoint 9, record 10
//   3: header 11, record 12, checkpoint 13
class Tampering : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    original_ = std::make_unique<TemporaryDirectory>();
    LogConfig config = config_in(original_->path());
    config.identity = {"t", "s", "g", "p"};
    config.segment_bytes_max = 2'400;
    const auto log = open_log(config);
    HSM_ASSERT(log->set_signer(signer_with()));
    HSM_ASSERT(log->append(small_events(2)) && log->checkpoint() && log->append_durable(small_events(1)));
    HSM_ASSERT(log->append(small_events(2)) && log->checkpoint());
    HSM_ASSERT(log->append_durable(small_events(1)) && log->append(small_events(1)) && log->close());
  }
  static void TearDownTestSuite() { original_.reset(); }

  void SetUp() override {
    std::filesystem::copy(original_->path(), directory_.path(), std::filesystem::copy_options::recursive);
  }

  static std::vector<core::AuditEvent> small_events(std::size_t count) {
    std::vector<core::AuditEvent> all(count);
    for (core::AuditEvent& one : all)
      one = {.time = test::FixedClock().now(), .operation_name = "KeyGet", .http_status = 200};
    return all;
  }

  std::filesystem::path file(std::uint64_t number) const { return directory_.path() / segment_name(number); }
  std::filesystem::path head() const { return directory_.path() / kHeadFileName; }
  std::string content(std::uint64_t number) const { return test::read_file(file(number)); }
  Lines lines(std::uint64_t number) const { return test::lines_of(content(number)); }
  void put(std::uint64_t number, const Lines& changed) const { test::write_file(file(number), test::joined(changed)); }
  VerifyReport verified() const { return test::verified(directory_.path()); }

  // expect tells what verify must find; restores the file afterwards.
  void expect(FindingKind kind, std::uint64_t sequence, const std::string& what) {
    const VerifyReport report = verified();
    ASSERT_TRUE(report.finding) << what;
    EXPECT_EQ(name(report.finding->kind), name(kind)) << what << ": " << report.finding->text;
    EXPECT_EQ(report.finding->sequence, sequence) << what << ": " << report.finding->text;
    std::filesystem::remove_all(directory_.path());
    std::filesystem::create_directory(directory_.path());
    SetUp();
  }

  static std::unique_ptr<TemporaryDirectory> original_;
  TemporaryDirectory directory_;
};
std::unique_ptr<TemporaryDirectory> Tampering::original_;

TEST_F(Tampering, TheOriginalIsIntact) {
  const VerifyReport report = verified();
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.files, 3U);
  EXPECT_EQ(report.records, 7U);
  EXPECT_EQ(report.checkpoints, 3U);
  EXPECT_EQ(report.last_sequence, 13U);
  EXPECT_EQ(report.signed_until, 12U);
  EXPECT_EQ(report.unsigned_records, 0U);
  EXPECT_TRUE(report.end_known);
  EXPECT_EQ(lines(1).size(), 5U);
  EXPECT_EQ(lines(2).size(), 5U);
  EXPECT_EQ(lines(3).size(), 3U);
}

TEST_F(Tampering, NoByteOfTheLogCanChange) {
  std::uint64_t sequence = 0;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const std::string original = content(number);
    ++sequence;
    for (std::size_t i = 0; i < original.size(); ++i) {
      std::string changed = original;
      changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
      test::write_file(file(number), changed);
      const VerifyReport report = verified();
      ASSERT_TRUE(report.finding) << number << ", byte " << i;
      // A line feed belongs to two lines.
      if (original[i] != '\n') {
        ASSERT_EQ(report.finding->sequence, sequence) << number << ", byte " << i << report.finding->text;
      } else if (i + 1 < original.size()) {
        ++sequence;
      }
    }
    test::write_file(file(number), original);
  }
}

TEST_F(Tampering, NoByteOfTheHeadCanChange) {
  const std::string original = test::read_file(head());
  for (std::size_t i = 0; i < original.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = original;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      test::write_file(head(), changed);
      ASSERT_TRUE(verified().finding) << i;
    }
    test::write_file(head(), original.substr(0, i));
    ASSERT_TRUE(verified().finding) << i;
  }
}

TEST_F(Tampering, ADroppedLineIsNamed) {
  std::uint64_t sequence = 0;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    for (std::size_t i = 0; i < lines(number).size(); ++i) {
      Lines changed = lines(number);
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      put(number, changed);
      const bool last = ++sequence == 13;
      expect(last ? FindingKind::kTruncated : FindingKind::kDropped, sequence, fmt::format("dropped {}", sequence));
    }
  }
}

TEST_F(Tampering, SwappedNeighboursAreNamed) {
  std::uint64_t sequence = 0;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    for (std::size_t i = 0; i + 1 < lines(number).size(); ++i) {
      Lines changed = lines(number);
      std::swap(changed[i], changed[i + 1]);
      put(number, changed);
      expect(FindingKind::kMoved, sequence + i + 1, fmt::format("swapped {} {}", number, i));
    }
    sequence += lines(number).size();
  }
}

TEST_F(Tampering, ADuplicatedLineIsNamed) {
  std::uint64_t sequence = 0;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    for (std::size_t i = 0; i < lines(number).size(); ++i) {
      Lines changed = lines(number);
      const std::string copy = changed[i];
      changed.push_back(copy);
      put(number, changed);
      expect(FindingKind::kDuplicated, ++sequence, fmt::format("duplicated at the end {}", sequence));
      changed = lines(number);
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), copy);
      put(number, changed);
      expect(FindingKind::kDuplicated, sequence, fmt::format("duplicated {}", sequence));
    }
  }
}

TEST_F(Tampering, AnInsertedLineIsNamed) {
  Lines changed = lines(1);
  changed.insert(changed.begin() + 2, "not a line");
  put(1, changed);
  expect(FindingKind::kInserted, 3, "rubbish");
  // A line that chains to the one before it, as an attacker would write it.
  changed = lines(1);
  changed.insert(changed.begin() + 2, changed[2]);
  changed[2][changed[2].find("KeyGet")] = 'X';
  put(1, changed);
  expect(FindingKind::kInserted, 3, "forged");
}

TEST_F(Tampering, NoTruncationGoesUnnoticed) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const std::string original = content(number);
    for (std::size_t size = 0; size < original.size(); ++size) {
      test::write_file(file(number), original.substr(0, size));
      const VerifyReport report = verified();
      ASSERT_TRUE(report.finding) << number << ", " << size;
      const bool at_line_end = size == 0 || original[size - 1] == '\n';
      const FindingKind expected = at_line_end && number < 3 ? FindingKind::kDropped : FindingKind::kTruncated;
      ASSERT_EQ(name(report.finding->kind), name(expected)) << number << ", " << size << report.finding->text;
    }
    test::write_file(file(number), original);
  }
}

TEST_F(Tampering, AMissingFileIsNoticed) {
  const std::uint64_t first_missing[] = {0, 1, 6, 11};
  for (std::uint64_t number = 1; number <= 3; ++number) {
    std::filesystem::remove(file(number));
    expect(number == 3 ? FindingKind::kTruncated : FindingKind::kDropped, first_missing[number],
           fmt::format("file {}", number));
  }
}

TEST_F(Tampering, FilesThatSwapTheirNamesAreNoticed) {
  std::filesystem::rename(file(2), directory_.path() / "x");
  std::filesystem::rename(file(3), file(2));
  std::filesystem::rename(directory_.path() / "x", file(3));
  expect(FindingKind::kMoved, 6, "swapped");
}

TEST_F(Tampering, ARenamedFileIsNoticed) {
  std::filesystem::rename(file(3), file(4));
  expect(FindingKind::kMoved, 11, "renamed");
  std::filesystem::copy_file(file(3), file(4));
  expect(FindingKind::kDuplicated, 11, "copied");
}

TEST_F(Tampering, LinesOfOneFileCannotStandInAnother) {
  Lines second = lines(2);
  second.insert(second.begin(), lines(1).back());
  Lines first = lines(1);
  first.pop_back();
  put(1, first);
  put(2, second);
  expect(FindingKind::kDropped, 5, "a file begins with its header");
}

TEST_F(Tampering, WithoutHeadTheEndCannotBeJudged) {
  std::filesystem::remove(head());
  expect(FindingKind::kNoHead, 13, "removed");
  test::write_file(head(), "rubbish");
  expect(FindingKind::kNoHead, 13, "overwritten");
}

// rewrite gives the lines the chain that they would have if an attacker without the key had written them.
void rewrite_chain(Lines& lines) {
  LineHash previous{};
  for (std::string& text : lines) {
    const std::size_t at = text.find(R"("previousHash":")") + 16;
    std::string hex;
    append_hex(hex, previous);
    text.replace(at, 64, hex);
    previous = hash_of(text);
  }
}

TEST_F(Tampering, AChainWrittenAnewDoesNotFitItsSignatures) {
  Lines changed = lines(1);
  changed[1][changed[1].find("KeyGet")] = 'X';
  rewrite_chain(changed);
  put(1, changed);
  expect(FindingKind::kChanged, 1, "the first checkpoint vouches for lines 1 to 3");
}

TEST_F(Tampering, ACheckpointSignedWithAnotherKeyIsNoticed) {
  const auto forge = [this](std::uint8_t seed, bool claims_true_key) {
    Lines changed = lines(3);
    auto checkpoint = *parse_checkpoint(parse_line(changed[2])->members);
    const Signer other = signer_with(seed);
    if (!claims_true_key) checkpoint.public_key = other.public_key;
    checkpoint.signature = *other.sign(signed_message(checkpoint));
    LineBatch batch;
    batch.restart({12, checkpoint.hash});
    append_members(batch.begin_line(test::FixedClock().now()), checkpoint);
    batch.end_line();
    changed[2] = test::lines_of(batch.text())[0];
    put(3, changed);
  };
  forge(2, false);
  expect(FindingKind::kWrongKey, 13, "another key");
  forge(2, true);
  expect(FindingKind::kBadSignature, 13, "another key's signature");
  forge(1, true);
  EXPECT_FALSE(verified().finding) << "Ed25519 is deterministic: the forger with the true key is the log itself";
}

TEST_F(Tampering, AWholeLogOfAnotherKeyIsFoundByWhoKnowsTheKey) {
  TemporaryDirectory forged;
  {
    const auto log = open_log(config_in(forged.path()));
    ASSERT_TRUE(log->set_signer(signer_with(2)));
    ASSERT_TRUE(log->append(events(3)));
  }
  EXPECT_FALSE(test::verified(forged.path()).finding);
  const auto report = verify({.path = forged.path(), .public_key = signer_with(1).public_key});
  ASSERT_TRUE(report && report->finding);
  EXPECT_EQ(report->finding->kind, FindingKind::kWrongKey);
}

TEST_F(Tampering, RecordsAddedBehindTheLastSignatureAreCountedAsUnsigned) {
  Lines changed = lines(3);
  LineBatch batch;
  batch.restart({13, hash_of(changed.back())});
  RecordWriter({}).append_members(batch.begin_line(test::FixedClock().now()), test::event());
  batch.end_line();
  changed.push_back(test::lines_of(batch.text())[0]);
  put(3, changed);
  const VerifyReport report = verified();
  EXPECT_FALSE(report.finding);
  EXPECT_EQ(report.unsigned_records, 1U);
  EXPECT_EQ(report.signed_until, 12U);
}

// Whoever can write the directory can put back an older, true head. Only a copy kept elsewhere tells.
TEST_F(Tampering, ATruncationWithAnOlderHeadIsFoundWithACopyOfTheHead) {
  const std::filesystem::path copy = directory_.path() / "copy";
  std::filesystem::rename(head(), copy);
  const Checkpoint older = *parse_checkpoint(parse_line(lines(1)[3])->members);
  ASSERT_TRUE(write_head(directory_.path(), older));
  std::filesystem::remove(file(3));
  std::filesystem::remove(file(2));
  EXPECT_FALSE(verified().finding);
  const auto report = verify({.path = directory_.path(), .head = copy});
  ASSERT_TRUE(report && report->finding);
  EXPECT_EQ(report->finding->kind, FindingKind::kTruncated);
}

TEST_F(Tampering, AHeadOfAnotherTimeOfTheSameKeyIsNoticed) {
  Checkpoint other{5, {}, "2023-11-14T22:13:20.123Z", signer_with().public_key, {}};
  other.signature = *signer_with().sign(signed_message(other));
  ASSERT_TRUE(write_head(directory_.path(), other));
  expect(FindingKind::kChanged, 5, "signed by the key, but never in this log");
}

}  // namespace
}  // namespace hsm::audit
