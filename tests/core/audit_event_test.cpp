#include "core/audit_event.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

TEST(AuditEvent, ReadsBackWhatWasWritten) {
  AuditEvent before;
  before.time = from_unix_seconds(1'700'000'000);
  before.operation_name = "KeyCreate";
  before.http_status = 200;
  before.duration = std::chrono::microseconds(123);
  before.correlation_id = "id";
  before.caller = std::make_shared<Caller>(Caller{.object_id = "alice", .application_id = "app"});
  const auto after = decode_audit_event(encode(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->time, before.time);
  EXPECT_EQ(after->operation_name, "KeyCreate");
  EXPECT_EQ(after->http_status, 200);
  EXPECT_EQ(after->duration, before.duration);
  EXPECT_EQ(after->correlation_id, "id");
  ASSERT_TRUE(after->caller);
  EXPECT_EQ(after->caller->object_id, "alice");
  EXPECT_EQ(after->caller->application_id, "app");
}

TEST(AuditEvent, EveryTruncationIsRefused) {
  const Bytes whole = encode(AuditEvent{.operation_name = "KeyGet"});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_audit_event(ByteView(whole).first(size))) << size;
}

}  // namespace
}  // namespace hsm::core
