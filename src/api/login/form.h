#pragma once
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "identity/token_error.h"

namespace hsm::api::login {

inline constexpr std::size_t kFormBytesMax = 64 * 1024;  // an assertion with its certificate chain has about 10 KiB
inline constexpr std::size_t kFormFieldsMax = 64;        // MSAL sends about 15

// Form is a decoded application/x-www-form-urlencoded text (WHATWG URL §5.1), a body or a query. It may hold a client
// secret, so all decoded text lies in one wiped buffer and the fields are views of it. Movable, since the buffer stays.
class Form {
 public:
  // kMalformedRequest: too large, too many fields, or a broken escape. kDuplicateParameter: a name comes twice
  // (RFC 6749 §3.2 forbids it: the parts of a system could each see another value).
  static identity::TokenResult<Form> parse(ByteView encoded);

  // get returns a field's value, or "" if it is absent; names are compared exactly.
  std::string_view get(std::string_view name) const;

 private:
  struct Field {
    std::string_view name;
    std::string_view value;
  };
  const Field* find(std::string_view name) const;  // nullptr if absent

  SecretBytes decoded_;
  std::vector<Field> fields_;
};

}  // namespace hsm::api::login
