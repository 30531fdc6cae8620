#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/key_record.h"
#include "core/ports/store.h"

namespace hsm::core {

// A key is due when time alone changes it: a deleted one at its purge date, another at its next automatic rotation. So
// each key has one due date or none. The store keeps an index of them in the order of time, so that finding what is due
// costs as much as there is due, however many keys there are:
//
//   due/{UNIX seconds, 12 digits}/{folded name}
//
// Every transaction that changes a head changes its entry too, by index_due_date.
inline constexpr const char* kDuePrefix = "due/";

struct DueDate {
  std::int64_t at;  // UNIX seconds
  KeyName name;     // folded
};

std::optional<std::int64_t> due_at(const KeyHead& head);

// is_due tells whether the head's due date has come.
bool is_due(const KeyHead& head, std::int64_t now);

// index_due_date adds to the transaction what the index needs when `before` becomes `after`; nullptr: no such key.
void index_due_date(Transaction& transaction, const KeyHead* before, const KeyHead* after);

// parse_due_path: kInternal if the path is none of the index.
Result<DueDate> parse_due_path(std::string_view path);

}  // namespace hsm::core
