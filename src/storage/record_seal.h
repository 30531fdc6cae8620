#pragma once
#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/ports/store.h"
#include "storage/freshness.h"

namespace hsm::storage {

inline constexpr std::size_t kRecordKeyBytes = 32;

// RecordSeal seals the values of one instance's records and opens them (design §5). Thread-safe.
class RecordSeal {
 public:
  // `random` outlives this. `record_key` has kRecordKeyBytes; `instance` is the security domain's id.
  RecordSeal(SecretBytes record_key, Bytes instance, Random& random);

  struct Sealed {
    Bytes bytes;
    Freshness::Tag tag;
  };
  // seal binds the value to its path and to `replaced`, the revision of the value that it replaces there.
  Sealed seal(const std::string& path, core::Revision replaced, ByteView value) const;

  struct Opened {
    Bytes value;
    Freshness::Tag tag;
    core::Revision replaced;
  };
  // kInternal: these bytes were not sealed under this key for this path of this instance.
  Result<Opened> open(const std::string& path, ByteView sealed) const;

 private:
  SecretBytes key_of(const std::string& path) const;
  Bytes associated_data(const std::string& path, core::Revision replaced) const;

  const SecretBytes record_key_;
  const Bytes instance_;
  Random& random_;
};

}  // namespace hsm::storage
