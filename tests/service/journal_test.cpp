#include "service/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// DoubtfulStore makes a change and, while `in_doubt`, says that it can't tell: what a power failure of a disk or a lost
// answer of another machine looks like. While `down` it neither reads nor writes.
class DoubtfulStore final : public core::Store {
 public:
  Result<std::optional<core::Record>> get(const std::string& path) override {
    if (down) return fail(Errc::kUnavailable);
    return kept.get(path);
  }
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override {
    return kept.list(prefix, after, limit);
  }
  Result<core::Revision> commit(core::Transaction transaction) override {
    if (down) return fail(Errc::kUnavailable);
    auto revision = kept.commit(std::move(transaction));
    if (in_doubt) return fail(Errc::kUnavailable);
    return revision;
  }
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override {
    return kept.watch(prefix, std::move(callback));
  }

  storage::MemoryStore kept;
  bool in_doubt = false;
  bool down = false;
};

struct DoubtfulWorld {
  DoubtfulStore store;
  RecordingSink sink;
  Journal journal{store, sink};
};

struct JournalWorld {
  storage::MemoryStore store;
  RecordingSink sink;
  Journal journal{store, sink};

  static core::Transaction putting(const std::string& path) {
    return {.expectations = {}, .puts = {{path, {1}}}, .deletes = {}};
  }
  std::size_t outbox() { return store.list("outbox/", "", 1000)->size(); }
};

TEST(Journal, AChangeIsAnsweredAfterItsRecordIsInTheLog) {
  JournalWorld world;
  Operation operation = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("a"), operation, 201));
  EXPECT_TRUE(operation.recorded);
  EXPECT_THAT(world.sink.ids(), ElementsAre(operation.event.correlation_id));
  EXPECT_EQ(world.sink.last().http_status, 201);
}

TEST(Journal, AConflictLeavesNeitherChangeNorRecord) {
  JournalWorld world;
  Operation operation = an_operation();
  core::Transaction transaction = JournalWorld::putting("a");
  transaction.expectations = {{"a", 7}};
  EXPECT_EQ(error_of(world.journal.commit(std::move(transaction), operation)), Errc::kConflict);
  EXPECT_FALSE(operation.recorded);
  EXPECT_FALSE(*world.store.get("a"));
  EXPECT_EQ(world.outbox(), 0);
  EXPECT_THAT(world.sink.ids(), IsEmpty());
}

TEST(Journal, TheOutboxDoesNotGrow) {
  JournalWorld world;
  for (int i = 0; i < 50; ++i) {
    Operation operation = an_operation();
    ASSERT_TRUE(world.journal.commit(JournalWorld::putting("a"), operation));
  }
  EXPECT_EQ(world.outbox(), 1);  // of the last change; the next one deletes it
  EXPECT_EQ(world.sink.ids().size(), 50);
}

TEST(Journal, TidyingEmptiesTheOutboxWithoutAChange) {
  JournalWorld world;
  Operation operation = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("a"), operation));
  ASSERT_TRUE(world.journal.tidy());
  EXPECT_EQ(world.outbox(), 0);
  EXPECT_EQ(world.sink.ids().size(), 1);
  EXPECT_TRUE(world.store.get("a")->has_value());
}

TEST(Journal, TidyingKeepsWhatTheLogHasRefused) {
  JournalWorld world;
  world.sink.refusing = true;
  Operation operation = an_operation();
  EXPECT_FALSE(world.journal.commit(JournalWorld::putting("a"), operation));
  ASSERT_TRUE(world.journal.tidy());
  EXPECT_EQ(world.outbox(), 1);
}

TEST(Journal, TidyingThatFailsIsMadeGoodLater) {
  DoubtfulWorld world;
  Operation operation = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("a"), operation));
  world.store.down = true;
  EXPECT_FALSE(world.journal.tidy());
  world.store.down = false;
  ASSERT_TRUE(world.journal.tidy());
  EXPECT_TRUE(world.store.list("outbox/", "", 10)->empty());
}

TEST(Journal, ACrashBetweenCommitAndLogIsMadeGoodAtTheNextStart) {
  JournalWorld world;
  world.sink.refusing = true;  // the process "dies" before the log has the record
  Operation lost = an_operation();
  EXPECT_EQ(error_of(world.journal.commit(JournalWorld::putting("a"), lost)), Errc::kUnavailable);
  EXPECT_TRUE(*world.store.get("a"));
  world.sink.refusing = false;

  Journal restarted(world.store, world.sink);
  ASSERT_TRUE(restarted.recover({}));
  EXPECT_THAT(world.sink.ids(), ElementsAre(lost.event.correlation_id));
  EXPECT_EQ(world.sink.last().http_status, 200);
}

TEST(Journal, RecoveryAddsNothingThatTheLogHas) {
  JournalWorld world;
  Operation operation = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("a"), operation));
  Journal restarted(world.store, world.sink);
  ASSERT_TRUE(restarted.recover({operation.event.correlation_id}));
  EXPECT_EQ(world.sink.count(operation.event.correlation_id), 1);
}

TEST(Journal, WhatWasRecoveredLeavesTheOutboxWithTheNextChange) {
  JournalWorld world;
  world.sink.refusing = true;
  Operation lost = an_operation();
  (void)world.journal.commit(JournalWorld::putting("a"), lost);
  world.sink.refusing = false;
  Journal restarted(world.store, world.sink);
  ASSERT_TRUE(restarted.recover({}));
  Operation next = an_operation();
  ASSERT_TRUE(restarted.commit(JournalWorld::putting("b"), next));
  EXPECT_EQ(world.outbox(), 1);
  Journal again(world.store, world.sink);
  ASSERT_TRUE(again.recover({next.event.correlation_id}));
  EXPECT_EQ(world.sink.count(lost.event.correlation_id), 1);
}

TEST(Journal, MoreThanAPageOfTheOutboxIsRecovered) {
  JournalWorld world;
  constexpr int kRecords = 600;
  for (int i = 0; i < kRecords; ++i) {
    const core::AuditEvent event = an_operation().event;
    ASSERT_TRUE(world.store.commit(
        {.expectations = {}, .puts = {{"outbox/" + event.correlation_id, core::encode(event)}}, .deletes = {}}));
  }
  ASSERT_TRUE(world.journal.recover({}));
  EXPECT_EQ(world.sink.ids().size(), kRecords);
}

TEST(Journal, AChangeThatHappenedInDoubtIsInTheLogBeforeTheNextOne) {
  DoubtfulWorld world;
  world.store.in_doubt = true;
  Operation doubtful = an_operation();
  EXPECT_EQ(error_of(world.journal.commit(JournalWorld::putting("a"), doubtful, 201)), Errc::kUnavailable);
  EXPECT_FALSE(doubtful.recorded) << "the refusal that the client gets leaves a record of its own";
  world.store.in_doubt = false;
  Operation next = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("b"), next));
  EXPECT_THAT(world.sink.ids(), ElementsAre(doubtful.event.correlation_id, next.event.correlation_id));
  EXPECT_EQ(world.store.list("outbox/", "", 10)->size(), 1);
}

TEST(Journal, AChangeInDoubtThatDidNotHappenIsNotLogged) {
  DoubtfulWorld world;
  world.store.down = true;
  Operation refused = an_operation();
  EXPECT_EQ(error_of(world.journal.commit(JournalWorld::putting("a"), refused)), Errc::kUnavailable);
  world.store.down = false;
  Operation next = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("b"), next));
  EXPECT_THAT(world.sink.ids(), ElementsAre(next.event.correlation_id));
}

TEST(Journal, NoChangeIsMadeWhileTheStoreCannotSayWhatBecameOfTheLast) {
  DoubtfulWorld world;
  world.store.in_doubt = true;
  Operation doubtful = an_operation();
  (void)world.journal.commit(JournalWorld::putting("a"), doubtful);
  world.store.down = true;
  Operation second = an_operation();
  EXPECT_EQ(error_of(world.journal.commit(JournalWorld::putting("b"), second)), Errc::kUnavailable);
  world.store.down = world.store.in_doubt = false;
  Operation third = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("c"), third));
  EXPECT_THAT(world.sink.ids(), ElementsAre(doubtful.event.correlation_id, third.event.correlation_id));
}

TEST(Journal, AfterARestartAChangeInDoubtIsLoggedBesideItsRefusal) {
  DoubtfulWorld world;
  world.store.in_doubt = true;
  Operation doubtful = an_operation();
  (void)world.journal.commit(JournalWorld::putting("a"), doubtful, 201);
  doubtful.event.http_status = 503;  // the door's record of what the client got
  ASSERT_TRUE(world.sink.append({&doubtful.event, 1}));

  Journal restarted(world.store, world.sink);
  ASSERT_TRUE(restarted.recover({}));  // the log's end holds no success of that id
  EXPECT_EQ(world.sink.count(doubtful.event.correlation_id), 2);
  EXPECT_EQ(world.sink.last().http_status, 201);
}

TEST(Journal, ARefusedRecordIsNotReplacedByOneOfTheRefusal) {
  JournalWorld world;
  world.sink.refusing = true;
  Operation operation = an_operation();
  EXPECT_FALSE(world.journal.commit(JournalWorld::putting("a"), operation));
  // The door writes a record of each request that has none; this one has, in the outbox.
  EXPECT_TRUE(operation.recorded);
}

TEST(Journal, NoChangeIsMadeWhileTheLogRefuses) {
  JournalWorld world;
  world.sink.refusing = true;
  Operation first = an_operation();
  EXPECT_FALSE(world.journal.commit(JournalWorld::putting("a"), first));
  Operation second = an_operation();
  EXPECT_EQ(error_of(world.journal.commit(JournalWorld::putting("b"), second)), Errc::kUnavailable);
  EXPECT_FALSE(second.recorded);
  EXPECT_FALSE(*world.store.get("b"));
}

TEST(Journal, ALogThatWorksAgainGetsWhatItRefusedBeforeAnythingNew) {
  JournalWorld world;
  world.sink.refusing = true;
  Operation first = an_operation();
  EXPECT_FALSE(world.journal.commit(JournalWorld::putting("a"), first));
  world.sink.refusing = false;
  Operation second = an_operation();
  ASSERT_TRUE(world.journal.commit(JournalWorld::putting("b"), second));
  EXPECT_THAT(world.sink.ids(), ElementsAre(first.event.correlation_id, second.event.correlation_id));
  EXPECT_EQ(world.outbox(), 1);
}

}  // namespace
}  // namespace hsm::service
