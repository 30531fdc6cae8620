#include "audit/report.h"

#include <fmt/format.h>

#include "base/hex.h"
#include "base/json_text.h"

namespace hsm::audit {
namespace {

std::string place_of(const Finding& finding) {
  return finding.line == 0 ? finding.file : fmt::format("{}:{}", finding.file, finding.line);
}

std::string verdict(const VerifyReport& report) {
  if (!report.finding) return "The audit log is intact.";
  const Finding& finding = *report.finding;
  std::string text = fmt::format("The audit log is NOT intact: {}", name(finding.kind));
  if (finding.sequence > 0) text += fmt::format(", line {}", finding.sequence);
  if (!finding.file.empty()) text += fmt::format(" ({})", place_of(finding));
  return text + fmt::format(".\n  {}.", finding.text);
}

// Only what is true of the whole log may be said of one that was read to its end.
std::string signatures(const VerifyReport& report) {
  if (report.checkpoints == 0) return "  Nothing is signed: anyone could have written this log.\n";
  std::string text =
      fmt::format("  Signed up to line {} with audit key {}\n", report.signed_until, to_hex(report.public_key));
  if (report.unsigned_records > 0) {
    text += fmt::format("  The last {} records are not signed yet: their order is checked, their origin is not.\n",
                        report.unsigned_records);
  }
  if (!report.finding && !report.end_known)
    text += "  Without audit.head it is not known whether lines are missing at the end.\n";
  return text;
}

}  // namespace

std::string to_text(const VerifyReport& report) {
  std::string text = verdict(report) + '\n';
  if (report.first_sequence == 0) return text;
  text += fmt::format("  {}: lines {} to {} in {} files; {} records, {} checkpoints.\n",
                      report.finding ? "In order before that" : "In order", report.first_sequence, report.last_sequence,
                      report.files, report.records, report.checkpoints);
  if (report.records > 0) text += fmt::format("  Records from {} to {}.\n", report.first_time, report.last_time);
  if (report.recoveries > 0) {
    text += fmt::format("  Opened {} times after a crash; {} bytes of torn lines were removed.\n", report.recoveries,
                        report.removed_bytes);
  }
  return text + signatures(report);
}

std::string to_json(const VerifyReport& report) {
  std::string out = report.finding ? R"({"intact":false)" : R"({"intact":true)";
  const auto text = [&out](std::string_view member, std::string_view value) {
    out += member;
    append_json_string(out, value);
  };
  const auto number = [&out](std::string_view member, std::uint64_t value) {
    out += member;
    append_json_number(out, value);
  };
  if (report.finding) {
    text(R"(,"finding":{"kind":)", name(report.finding->kind));
    number(R"(,"sequence":)", report.finding->sequence);
    text(R"(,"file":)", report.finding->file);
    number(R"(,"line":)", report.finding->line);
    text(R"(,"text":)", report.finding->text);
    out += '}';
  }
  number(R"(,"files":)", report.files);
  number(R"(,"records":)", report.records);
  number(R"(,"checkpoints":)", report.checkpoints);
  number(R"(,"recoveries":)", report.recoveries);
  number(R"(,"removedBytes":)", report.removed_bytes);
  number(R"(,"firstSequence":)", report.first_sequence);
  number(R"(,"lastSequence":)", report.last_sequence);
  text(R"(,"firstTime":)", report.first_time);
  text(R"(,"lastTime":)", report.last_time);
  number(R"(,"signedUntil":)", report.signed_until);
  number(R"(,"unsignedRecords":)", report.unsigned_records);
  text(R"(,"publicKey":)", to_hex(report.public_key));
  out += report.end_known ? R"(,"endKnown":true})" : R"(,"endKnown":false})";
  return out;
}

}  // namespace hsm::audit
