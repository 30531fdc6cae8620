#include "api/error_table.h"

#include <gtest/gtest.h>

namespace hsm::api {
namespace {

constexpr std::string_view kActivity = "8d1c3c3e-0000-11ee-8000-000000000001";

TEST(ErrorBody, HasTheServicesForm) {
  EXPECT_EQ(error_body({Errc::kKeyNotFound, "Key not found: k", {}}, kActivity),
            R"~({"error":{"code":"KeyNotFound","message":"Key not found: k)~"
            R"~( (Activity ID: 8d1c3c3e-0000-11ee-8000-000000000001)"}})~");
}

TEST(ErrorBody, WithoutAMessageHasTheTables) {
  EXPECT_EQ(error_message({Errc::kRoleAssignmentNotFound, {}, {}}, "x"),
            "Requested role assignment not found (Activity ID: x)");
}

TEST(ErrorBody, NeverTellsDetails) {
  const std::string body = error_body({Errc::kBadParameter, "wrong", "the detail"}, kActivity);
  EXPECT_FALSE(body.contains("the detail"));
}

TEST(ErrorBody, OfAServerErrorTellsNothingAtAll) {
  for (const ErrorRow& row : kErrors) {
    if (row.status < 500) continue;
    EXPECT_FALSE(error_body({row.error, "what really happened", "detail"}, kActivity).contains("really")) << row.code;
  }
}

TEST(ErrorBody, EscapesWhatAClientSent) {
  const std::string body = error_body({Errc::kBadParameter, "\"\r\n\xFF<\x1B", {}}, kActivity);
  for (const char c : std::string_view("\r\n\x1B\xFF")) EXPECT_FALSE(body.contains(c)) << static_cast<int>(c);
  EXPECT_TRUE(body.contains(R"(\")"));
}

// reference/keys-api.md §5.2, admin-api.md §1.4: what clients tell errors by.
TEST(ErrorTable, HasTheServicesStatusesAndCodes) {
  struct Wire {
    Errc error;
    int status;
    std::string_view code;
  };
  constexpr Wire kWire[] = {
      {Errc::kBadParameter, 400, "BadParameter"},
      {Errc::kUnauthorized, 401, "Unauthorized"},
      {Errc::kAccessDenied, 403, "AccessDenied"},
      {Errc::kForbidden, 403, "Forbidden"},
      {Errc::kKeyNotFound, 404, "KeyNotFound"},
      {Errc::kRoleDefinitionNotFound, 404, "RoleDefinitionNotFound"},
      {Errc::kRoleAssignmentNotFound, 404, "RoleAssignmentNotFound"},
      {Errc::kMatchingRoleAssignmentExists, 400, "MatchingRoleAssignmentExists"},
      {Errc::kConflict, 409, "Conflict"},
      {Errc::kThrottled, 429, "Throttled"},
      {Errc::kBadCiphertext, 400, "BadParameter"},
  };
  for (const Wire& wire : kWire) {
    EXPECT_EQ(row(wire.error).status, wire.status) << wire.code;
    EXPECT_EQ(row(wire.error).code, wire.code);
  }
}

}  // namespace
}  // namespace hsm::api
