#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hsm::spec {

// The published facts in one form, wherever they come from.

struct PublishedCall {
  std::string verb;
  std::string path;    // "keys/{name}/sign": an optional version left out; role calls by their noun: "roledefinition"
  std::string action;  // without the prefix Microsoft.KeyVault/managedHsm
  std::string scope;   // "/", "/keys", "key" or "URL scope"
  auto operator<=>(const PublishedCall&) const = default;
};

struct PublishedRole {
  std::string role_name;
  std::string name;                  // GUID
  std::vector<std::string> actions;  // without the prefix
  bool operator==(const PublishedRole&) const = default;
};

struct PublishedAlgorithm {
  std::string name;
  std::string type;                  // RSA, EC, oct
  std::string curve;                 // EC only
  unsigned key_bits = 0;             // 0: any
  unsigned input_bytes = 0;          // of a digest; 0: not fixed
  std::set<std::string> operations;  // members of key_ops
  auto operator<=>(const PublishedAlgorithm&) const = default;
};

struct PublishedError {
  std::string code;
  int status = 0;
  auto operator<=>(const PublishedError&) const = default;
};

struct Published {
  std::vector<PublishedCall> calls;            // sorted
  std::vector<PublishedRole> roles;            // in the service's order
  std::vector<PublishedAlgorithm> algorithms;  // sorted
  std::vector<PublishedError> errors;          // sorted
  std::set<std::string> audit_names;
};

const Published& own_copy();

}  // namespace hsm::spec
