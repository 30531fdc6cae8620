#include "audit/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>
#include <random>

#include "audit/chain.h"
#include "audit/line.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

namespace json = boost::json;
using test::event;
using testing::HasSubstr;
using testing::Not;

std::string line_of(const core::AuditEvent& event, const LogIdentity& identity = test::identity()) {
  LineBatch batch;
  batch.restart({});
  RecordWriter(identity).append_members(batch.begin_line(event.time), event);
  batch.end_line();
  EXPECT_EQ(std::ranges::count(batch.text(), '\n'), 1);
  return batch.text();
}

json::object record_of(const core::AuditEvent& event) {
  return json::parse(line_of(event)).as_object();
}

// The published example of reference/audit-metrics-limits.md §1.2: member names and JSON types.
TEST(Record, HasTheMembersAndTypesOfThePublishedExample) {
  const json::object record = record_of(event());
  for (const char* text :
       {"TenantId", "time", "resourceId", "operationName", "operationVersion", "category", "resultType",
        "resultSignature", "callerIpAddress", "identity", "clientInfo", "correlationId", "subnetId", "PoolName",
        "requestUri", "resourceGroup", "resource", "resourceProvider", "resourceType"}) {
    ASSERT_TRUE(record.contains(text)) << text;
    EXPECT_TRUE(record.at(text).is_string()) << text;
  }
  EXPECT_TRUE(record.at("durationMs").is_number());
  EXPECT_TRUE(record.at("httpStatusCode").is_number());
  EXPECT_TRUE(record.at("properties").is_object());
}

TEST(Record, SpellsTheExamplesConstantsAsPublished) {
  const json::object record = record_of(event());
  EXPECT_EQ(record.at("time").as_string(), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(record.at("category").as_string(), "AuditEvent");
  EXPECT_EQ(record.at("subnetId").as_string(), "(unknown)");
  EXPECT_EQ(record.at("resourceProvider").as_string(), "MICROSOFT.KEYVAULT");
  EXPECT_EQ(record.at("resourceType").as_string(), "managedHSMs");
  EXPECT_EQ(record.at("PoolName").as_string(), "pool");
  EXPECT_EQ(record.at("resourceId").as_string(),
            "/SUBSCRIPTIONS/33333333-0000-0000-0000-00000000ABCD/RESOURCEGROUPS/MY-GROUP/PROVIDERS/MICROSOFT.KEYVAULT/"
            "MANAGEDHSMS/POOL");
  EXPECT_EQ(record.at("durationMs").to_number<int>(), 2);  // 1.5 ms, rounded
  const json::object& properties = record.at("properties").as_object();
  EXPECT_EQ(properties.at("PoolType").as_string(), "M-HSM");
  EXPECT_EQ(properties.at("sku_Family").as_string(), "B");
  EXPECT_EQ(properties.at("sku_Name").as_string(), "Standard_B1");
}

TEST(Record, IdentityIsAStringThatHoldsJson) {
  core::AuditEvent signed_in = event();
  auto person = std::make_shared<core::Caller>(*signed_in.caller);
  person->display_name = "user@example";
  signed_in.caller = person;
  const json::object identity =
      json::parse(std::string(record_of(signed_in).at("identity").as_string())).as_object().at("claim").as_object();
  EXPECT_EQ(identity.at("appid").as_string(), person->application_id);
  EXPECT_EQ(identity.at("http_schemas_microsoft_com_identity").at_pointer("/claims/objectidentifier").as_string(),
            person->object_id);
  EXPECT_EQ(identity.at("http_schemas_xmlsoap_org_ws_2005_05_identity").at_pointer("/claims/upn").as_string(),
            "user@example");
}

TEST(Record, IdentityIsThatOfItsOwnCaller) {
  RecordWriter writer(test::identity());
  core::AuditEvent one = event();
  core::AuditEvent other = event();
  auto caller = std::make_shared<core::Caller>(*one.caller);
  caller->object_id = "another";
  other.caller = caller;
  core::AuditEvent nobody = event();
  nobody.caller = nullptr;
  for (const core::AuditEvent* next : {&one, &other, &one, &nobody, &other}) {
    std::string members;
    writer.append_members(members, *next);
    const std::string alone = line_of(*next);
    EXPECT_THAT(alone, HasSubstr(members));
  }
}

TEST(Record, ApplicationsHaveNoUpn) {
  EXPECT_THAT(line_of(event()), Not(HasSubstr("upn")));
}

TEST(Record, WithoutACallerIdentityIsAnEmptyObject) {
  core::AuditEvent refused = event();
  refused.caller = nullptr;
  EXPECT_EQ(record_of(refused).at("identity").as_string(), "{}");
}

TEST(Record, PropertiesTellKeyAlgorithmAndDecision) {
  core::AuditEvent one = event();
  one.client_request_id = "client-chosen";
  const json::object properties = record_of(one).at("properties").as_object();
  EXPECT_EQ(properties.at("id").as_string(), one.key_id);
  EXPECT_EQ(properties.at("algorithm").as_string(), "RS256");
  EXPECT_EQ(properties.at("dataAction").as_string(), one.data_action);
  EXPECT_EQ(properties.at("scope").as_string(), "/keys/k");
  EXPECT_EQ(properties.at("appliedAssignmentId").as_string(), one.assignment_id);
  EXPECT_EQ(properties.at("isRbacAuthorized").as_bool(), true);
  EXPECT_EQ(properties.at("tlsVersion").as_string(), "TLSv1.3");
  EXPECT_EQ(properties.at("clientRequestId").as_string(), "client-chosen");
}

TEST(Record, ADeniedCallSaysThatNoRoleAllowedIt) {
  core::AuditEvent denied = event();
  denied.assignment_id.clear();
  denied.http_status = 403;
  const json::object record = record_of(denied);
  EXPECT_EQ(record.at("properties").at("isRbacAuthorized").as_bool(), false);
  EXPECT_FALSE(record.at("properties").as_object().contains("appliedAssignmentId"));
  EXPECT_EQ(record.at("resultType").as_string(), "Failed");
  EXPECT_EQ(record.at("resultSignature").as_string(), "Forbidden");
}

TEST(Record, OnlyTwoHundredsAreSuccess) {
  for (const int status : {200, 202, 204, 299}) {
    core::AuditEvent one = event();
    one.http_status = status;
    EXPECT_EQ(record_of(one).at("resultType").as_string(), "Success") << status;
  }
  for (const int status : {0, 199, 300, 400, 401, 404, 429, 500, 503}) {
    core::AuditEvent one = event();
    one.http_status = status;
    EXPECT_EQ(record_of(one).at("resultType").as_string(), "Failed") << status;
  }
}

TEST(Record, NoClientCanForgeALine) {
  core::AuditEvent hostile = event();
  hostile.client_info = "agent\",\"resultType\":\"Success\"}\n{\"sequence\":1,\"x\":\"";
  const std::string line = line_of(hostile);
  EXPECT_EQ(json::parse(line).at("clientInfo").as_string(), hostile.client_info);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Record, WhatATerminalMightActOnIsEscaped) {
  core::AuditEvent hostile = event();
  hostile.client_info = "\x1b[2J\x7f\xc2\x9b\xe2\x80\xa8\xe2\x80\xae";  // ESC, DEL, CSI, line separator, override
  const std::string line = line_of(hostile);
  EXPECT_THAT(line, HasSubstr("\\u001b[2J\\u007f\\u009b\\u2028\\u202e"));
  EXPECT_EQ(json::parse(line).at("clientInfo").as_string(), hostile.client_info);
}

TEST(Record, BytesThatAreNotUtf8AreReplaced) {
  for (const std::string_view bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    core::AuditEvent hostile = event();
    hostile.client_info = "a" + std::string(bad) + "b";
    const auto shown = std::string(record_of(hostile).at("clientInfo").as_string());
    EXPECT_TRUE(shown.starts_with("a\xef\xbf\xbd")) << shown;
    EXPECT_TRUE(shown.ends_with("b")) << shown;
  }
}

TEST(Record, LongTextIsCutBetweenCharacters) {
  core::AuditEvent long_one = event();
  for (std::size_t padding = 0; padding < 4; ++padding) {
    long_one.client_info = std::string(kFieldBytesMax - 2 - padding, 'a') + "\xf0\x9f\x94\x91\xf0\x9f\x94\x91";
    const auto shown = std::string(record_of(long_one).at("clientInfo").as_string());
    EXPECT_TRUE(shown.ends_with("\xe2\x80\xa6")) << padding;
    EXPECT_EQ(shown.find("\xef\xbf\xbd"), std::string::npos) << padding;
    EXPECT_LE(shown.size(), kFieldBytesMax + 3);
  }
}

TEST(Record, AnyEventBecomesOneLineOfValidJson) {
  std::mt19937 random(42);
  const auto any_text = [&random] {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    core::AuditEvent any;
    any.time =
        TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(random()) * 1'000'000 + random() % 1'000'000));
    any.http_status = static_cast<int>(random() % 700);
    any.duration = std::chrono::microseconds(static_cast<std::int64_t>(random()) - 1000);
    auto caller = std::make_shared<core::Caller>();
    for (std::string* text : {&any.operation_name, &any.operation_version, &any.result_description, &any.caller_address,
                              &any.client_info, &any.correlation_id, &any.client_request_id, &any.request_uri,
                              &any.key_id, &any.algorithm, &any.data_action, &any.scope, &any.assignment_id,
                              &any.tls_version, &caller->object_id, &caller->application_id, &caller->display_name}) {
      *text = any_text();
    }
    any.caller = caller;
    const std::string line = line_of(any);
    boost::system::error_code error;
    const json::value parsed = json::parse(line, error);
    ASSERT_FALSE(error) << line;
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    ASSERT_FALSE(json::parse(std::string(parsed.at("identity").as_string()), error).as_object().empty());
  }
}

core::AuditEvent event_of_parts() {
  core::AuditEvent whole = event("00000000-0000-0000-0000-00000000000a");
  whole.operation_name = "KeyBatch";
  whole.parts.push_back({.operation_name = "KeyWrap",
                         .algorithm = "A256KW",
                         .data_action = "Microsoft.KeyVault/managedHsm/keys/wrap/action",
                         .assignment_id = "99999999-0000-1111-2222-333333333333",
                         .correlation_id = "00000000-0000-0000-0000-00000000000b",
                         .http_status = 200,
                         .result_description = {}});
  whole.parts.push_back({.operation_name = "KeySign",
                         .algorithm = {},
                         .data_action = "Microsoft.KeyVault/managedHsm/keys/sign/action",
                         .assignment_id = {},
                         .correlation_id = "00000000-0000-0000-0000-00000000000c",
                         .http_status = 403,
                         .result_description = "a \"reason\""});
  return whole;
}

json::object record_of_part(const core::AuditEvent& whole, std::size_t i) {
  RecordWriter writer({});
  LineBatch batch;
  batch.restart({});
  writer.part_writer(whole).append_members(batch.begin_line(whole.time), whole.parts[i]);
  batch.end_line();
  return json::parse(batch.text()).as_object();
}

// What alike parts share is written once, so each way of not being alike must show.
TEST(PartRecord, IsOfItsPartWhateverCameBefore) {
  using Part = core::AuditPart;
  const Part first{.operation_name = "KeyWrap",
                   .algorithm = "A256KW",
                   .data_action = "",
                   .assignment_id = {},
                   .correlation_id = "00000000-0000-0000-0000-000000000001",
                   .http_status = 200,
                   .result_description = {}};
  const std::vector<std::function<void(Part&)>> changes{
      [](Part& part) { part.correlation_id = "00000000-0000-0000-0000-000000000002"; },
      [](Part& part) { part.operation_name = "KeyUnwrap"; },
      [](Part& part) { part.algorithm = "A128KW"; },
      [](Part& part) { part.data_action = "Microsoft.KeyVault/managedHsm/keys/wrap/action"; },
      [](Part& part) { part.http_status = 403; },
      [](Part& part) { part.result_description = "no"; },
  };
  for (const auto& change : changes) {
    core::AuditEvent whole = event_of_parts();
    whole.parts.assign(3, first);
    change(whole.parts[1]);
    RecordWriter writer({});
    PartWriter parts = writer.part_writer(whole);
    for (const Part& part : whole.parts) {
      std::string in_turn, alone;
      parts.append_members(in_turn, part);
      RecordWriter({}).part_writer(whole).append_members(alone, part);
      EXPECT_EQ(in_turn, alone);
    }
  }
}

// Who reads only the records of one operation, key, caller or result finds the parts among them.
TEST(PartRecord, StandsForItselfAndNamesTheRequestsRecord) {
  const core::AuditEvent whole = event_of_parts();
  LineBatch batch;
  batch.restart({});
  RecordWriter({}).append_members(batch.begin_line(whole.time), whole);
  batch.end_line();
  const json::object request = json::parse(batch.text()).as_object();

  const json::object part = record_of_part(whole, 0);

  EXPECT_EQ(part.at("batchId").as_string(), whole.correlation_id);
  EXPECT_EQ(part.at("correlationId").as_string(), whole.parts[0].correlation_id);
  EXPECT_EQ(part.at("operationName").as_string(), "KeyWrap");
  EXPECT_EQ(part.at("resultType").as_string(), "Success");
  for (const char* member : {"time", "identity", "callerIpAddress", "httpStatusCode", "resultSignature"}) {
    EXPECT_EQ(part.at(member), request.at(member)) << member;
  }
  const json::object& properties = part.at("properties").as_object();
  EXPECT_EQ(properties.at("id"), request.at("properties").at("id"));
  EXPECT_EQ(properties.at("algorithm").as_string(), "A256KW");
  EXPECT_EQ(properties.at("dataAction").as_string(), whole.parts[0].data_action);
  EXPECT_EQ(properties.at("appliedAssignmentId").as_string(), whole.parts[0].assignment_id);
}

TEST(PartRecord, LeavesTheDecisionToTheRequestsRecordWhereItIsThatOne) {
  core::AuditEvent whole = event_of_parts();
  whole.parts[0].data_action = {};
  whole.parts[0].assignment_id.clear();
  const json::object part = record_of_part(whole, 0);
  const json::object& properties = part.at("properties").as_object();
  EXPECT_FALSE(properties.contains("dataAction"));
  EXPECT_FALSE(properties.contains("isRbacAuthorized"));
  EXPECT_EQ(properties.at("id").as_string(), whole.key_id);
}

TEST(PartRecord, SaysWhyAnOperationFailed) {
  const core::AuditEvent whole = event_of_parts();
  const json::object other = record_of_part(whole, 1);
  EXPECT_EQ(other.at("operationName").as_string(), "KeySign");
  EXPECT_EQ(other.at("resultType").as_string(), "Failed");
  EXPECT_EQ(other.at("resultSignature").as_string(), "Forbidden");
  EXPECT_EQ(other.at("resultDescription").as_string(), "a \"reason\"");
  EXPECT_EQ(other.at("httpStatusCode").as_int64(), 403);
  const json::object& properties = other.at("properties").as_object();
  EXPECT_FALSE(properties.contains("algorithm"));
  EXPECT_EQ(properties.at("dataAction").as_string(), whole.parts[1].data_action);
  EXPECT_EQ(properties.at("isRbacAuthorized").as_bool(), false);
}

TEST(PartRecord, StandsInTheLogBehindTheRequestsInOneUnbrokenChain) {
  test::TemporaryDirectory directory;
  const auto log = test::open_log(test::config_in(directory.path()));
  const std::array<core::AuditEvent, 3> turn{event(), event_of_parts(), event()};
  ASSERT_TRUE(log->append(turn));
  EXPECT_EQ(log->statistics().records, 5U);
  const auto lines = test::lines_of(test::read_file(test::first_file(directory.path())));
  ASSERT_EQ(lines.size(), 6U);  // the file's header, too
  EXPECT_THAT(lines[2], HasSubstr(R"("operationName":"KeyBatch")"));
  EXPECT_THAT(lines[3], HasSubstr(R"("operationName":"KeyWrap")"));
  EXPECT_THAT(lines[4], HasSubstr(R"("operationName":"KeySign")"));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto line = parse_line(lines[i]);
    ASSERT_TRUE(line) << lines[i];
    EXPECT_EQ(line->kind, LineKind::kRecord);
    EXPECT_EQ(line->previous, hash_of(lines[i - 1])) << i;
  }
  EXPECT_EQ(correlation_id_of(parse_line(lines[3])->members), event_of_parts().parts[0].correlation_id);
}

TEST(TimeText, PrintsWhatIso8601Prints) {
  TimeText text;
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    const TimePoint time(std::chrono::microseconds(static_cast<std::int64_t>(random() % 4'000'000'000'000'000)));
    ASSERT_EQ(text.of(time), iso8601(time));
    ASSERT_EQ(text.of(time + std::chrono::milliseconds(1)), iso8601(time + std::chrono::milliseconds(1)));
  }
}

}  // namespace
}  // namespace hsm::audit
