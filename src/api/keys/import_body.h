#pragma once
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "core/key_name.h"
#include "core/ports/partitions.h"
#include "service/keys.h"

namespace hsm::api::keys {

// ImportBody is what an import's body says: the key in the clear, or the text of a transfer blob (BYOK).
struct ImportBody {
  service::NewKey request;
  core::PrivateKey key;                      // whether its members belong together is the partition's to say
  std::optional<std::string> transfer_blob;  // none: the key is here
};

// read_import_body reads {"key":JWK,…} (reference/keys-api.md §3.5; RFC 7518 §6). `request.spec` is what the JWK's type
// and members say: core::valid or not is the service's to check, and a transfer blob's size is not known yet.
// kBadParameter: malformed JSON, a member of a wrong type, no base64url, an unknown type or curve, or private members
// next to a blob.
Result<ImportBody> read_import_body(const core::KeyName& name, ByteView text);

}  // namespace hsm::api::keys
