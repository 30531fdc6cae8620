#include "api/router.h"

#include <gtest/gtest.h>

namespace hsm::api {
namespace {

using core::Operation;
using http::Method;

constexpr std::string_view kVersion = "0101090353a00a20b164c064f8be0c26";

struct Routed {
  Method method;
  std::string_view path;
  Operation operation;
  std::string_view scope;
};

// reference/keys-api.md §1.1: every spelling that a shipping client sends.
TEST(Router, UnderstandsEverySpellingOfClients) {
  constexpr Routed kCases[] = {
      {Method::kPost, "/keys/k/create", Operation::kCreateKey, "/keys"},
      {Method::kPut, "/keys/k", Operation::kImportKey, "/keys/k"},
      {Method::kGet, "/keys/k", Operation::kGetKey, "/keys/k"},
      {Method::kGet, "/keys/k/", Operation::kGetKey, "/keys/k"},
      {Method::kGet, "/keys/K/0101090353a00a20b164c064f8be0c26", Operation::kGetKey, "/keys/k"},
      {Method::kPatch, "/keys/k/", Operation::kUpdateKey, "/keys/k"},
      {Method::kPatch, "/keys/k", Operation::kUpdateKey, "/keys/k"},
      {Method::kGet, "/keys", Operation::kListKeys, "/keys"},
      {Method::kGet, "/keys/", Operation::kListKeys, "/keys"},
      {Method::kGet, "//keys", Operation::kListKeys, "/keys"},
      {Method::kGet, "/keys/k/versions", Operation::kListKeyVersions, "/keys/k"},
      {Method::kDelete, "/keys/k", Operation::kDeleteKey, "/keys/k"},
      {Method::kGet, "/deletedkeys", Operation::kListDeletedKeys, "/keys"},
      {Method::kGet, "/deletedkeys/k", Operation::kGetDeletedKey, "/keys/k"},
      {Method::kPost, "/deletedkeys/k/recover", Operation::kRecoverDeletedKey, "/keys/k"},
      {Method::kDelete, "/deletedkeys/k", Operation::kPurgeDeletedKey, "/keys/k"},
      {Method::kGet, "/keys/k/rotationpolicy", Operation::kGetRotationPolicy, "/keys/k"},
      {Method::kGet, "/keys/k/attestation", Operation::kGetKeyAttestation, "/keys/k"},
      {Method::kGet, "/keys/k//attestation", Operation::kGetKeyAttestation, "/keys/k"},
      {Method::kGet, "/keys/k/0101090353a00a20b164c064f8be0c26/attestation", Operation::kGetKeyAttestation, "/keys/k"},
      {Method::kPut, "/keys/k/rotationPolicy", Operation::kSetRotationPolicy, "/keys/k"},
      {Method::kPost, "/keys/k/rotate", Operation::kRotateKey, "/keys/k"},
      {Method::kPost, "/keys/k//encrypt", Operation::kEncrypt, "/keys/k"},
      {Method::kPost, "/keys/k/encrypt", Operation::kEncrypt, "/keys/k"},
      {Method::kPost, "/keys/k/0101090353a00a20b164c064f8be0c26/decrypt", Operation::kDecrypt, "/keys/k"},
      {Method::kPost, "/keys/k/wrapKey", Operation::kWrapKey, "/keys/k"},
      {Method::kPost, "/keys/k//wrapkey", Operation::kWrapKey, "/keys/k"},
      {Method::kPost, "/keys/k/0101090353a00a20b164c064f8be0c26/unwrapKey", Operation::kUnwrapKey, "/keys/k"},
      {Method::kPost, "/keys/k//sign", Operation::kSign, "/keys/k"},
      {Method::kPost, "/keys/k/VERIFY", Operation::kVerify, "/keys/k"},
      {Method::kPost, "/rng", Operation::kGetRandomBytes, "/"},
      {Method::kPost, "/securitydomain/download", Operation::kDownloadSecurityDomain, "/"},
      {Method::kGet, "/securitydomain/download/pending", Operation::kGetSecurityDomainDownloadStatus, "/"},
      {Method::kGet, "/securitydomain/upload/pending", Operation::kGetSecurityDomainUploadStatus, "/"},
      {Method::kPost, "/strongroom/keys/k/batch", Operation::kBatch, "/keys/k"},
      {Method::kPost, "/strongroom/keys/k//batch", Operation::kBatch, "/keys/k"},
      {Method::kPost, "/strongroom/keys/k/0101090353a00a20b164c064f8be0c26/batch", Operation::kBatch, "/keys/k"},
      {Method::kPost, "/strongroom/keys/k/deriveKey", Operation::kDeriveKey, "/keys/k"},
  };
  for (const Routed& with : kCases) {
    const auto found = route(with.method, with.path);
    ASSERT_TRUE(found) << with.path << ": " << name(found.error().code);
    EXPECT_EQ(found->row->operation, with.operation) << with.path;
    EXPECT_EQ(found->target.scope.text(), with.scope) << with.path;
  }
}

// reference/admin-api.md §2.2
TEST(Router, UnderstandsEveryFormOfAScope) {
  constexpr std::pair<std::string_view, std::string_view> kScopes[] = {
      {"", "/"},
      {"/", "/"},
      {"//", "/"},
      {"/keys", "/keys"},
      {"//keys", "/keys"},
      {"/keys/", "/keys"},
      {"/keys/My-Key", "/keys/my-key"},
      {"//keys/My-Key", "/keys/my-key"},
      {"/KEYS/k", "/keys/k"},
      // A key may well be called so.
      {"/keys/providers", "/keys/providers"},
  };
  for (const auto& [written, scope] : kScopes) {
    for (const std::string_view provider :
         {"/providers/Microsoft.Authorization/", "/Providers/microsoft.authorization/"}) {
      const std::string path = std::string(written) + std::string(provider) + "roleAssignments/Some-Name";
      const auto found = route(Method::kPut, path);
      ASSERT_TRUE(found) << path;
      EXPECT_EQ(found->row->operation, Operation::kCreateRoleAssignment) << path;
      EXPECT_EQ(found->target.scope.text(), scope) << path;
      EXPECT_EQ(found->target.name, "Some-Name") << path;
    }
  }
}

TEST(Router, RoleOperationsAreToldApart) {
  const auto operation = [](Method method, std::string_view rest) {
    const auto found = route(method, "/keys/providers/Microsoft.Authorization" + std::string(rest));
    return found ? found->row->operation : Operation::kCount_;
  };
  EXPECT_EQ(operation(Method::kGet, "/roleDefinitions"), Operation::kListRoleDefinitions);
  EXPECT_EQ(operation(Method::kGet, "/roledefinitions/x"), Operation::kGetRoleDefinition);
  EXPECT_EQ(operation(Method::kGet, "/roleAssignments"), Operation::kListRoleAssignments);
  EXPECT_EQ(operation(Method::kGet, "/roleAssignments/x"), Operation::kGetRoleAssignment);
  EXPECT_EQ(operation(Method::kDelete, "/roleAssignments/x"), Operation::kDeleteRoleAssignment);
}

TEST(Router, AMissingVersionIsNone) {
  for (const std::string_view path : {"/keys/k", "/keys/k/", "/keys//k//"}) {
    EXPECT_FALSE(route(Method::kGet, path)->target.version) << path;
  }
  EXPECT_EQ(route(Method::kGet, "/keys/k/" + std::string(kVersion))->target.version->text(), kVersion);
}

TEST(Router, KeepsTheNameAsWritten) {
  EXPECT_EQ(route(Method::kGet, "/keys/My-Key")->target.key->text(), "My-Key");
}

struct Refused {
  Method method;
  std::string_view path;
  Errc error;
};

TEST(Router, RefusesEverythingElse) {
  constexpr Refused kCases[] = {
      {Method::kGet, "", Errc::kNotFound},
      {Method::kGet, "/", Errc::kNotFound},
      {Method::kGet, "/nothing", Errc::kNotFound},
      {Method::kGet, "/keysx", Errc::kNotFound},
      {Method::kPost, "/keys/k/0101090353a00a20b164c064f8be0c26/sign/more", Errc::kNotFound},
      {Method::kGet, "/a/b/c/d/e/f/g/h/i/j/k/l", Errc::kNotFound},
      {Method::kGet, "/roleAssignments", Errc::kNotFound},  // only behind the provider
      {Method::kGet, "/providers/Microsoft.Authorization/keys", Errc::kNotFound},
      {Method::kGet, "/providers/Microsoft.Authorization/", Errc::kNotFound},
      {Method::kGet, "/rng", Errc::kMethodNotAllowed},
      {Method::kDelete, "/keys", Errc::kMethodNotAllowed},
      {Method::kOther, "/keys/k", Errc::kMethodNotAllowed},
      {Method::kHead, "/keys/k", Errc::kMethodNotAllowed},
      {Method::kPost, "/providers/Microsoft.Authorization/roleDefinitions", Errc::kMethodNotAllowed},
      {Method::kGet, "/keys/bad_name", Errc::kBadParameter},
      {Method::kGet, "/keys/k%41", Errc::kBadParameter},
      {Method::kGet, "/keys/..", Errc::kBadParameter},
      {Method::kPost, "/keys/name with space/create", Errc::kBadParameter},
      {Method::kGet, "/keys/k/not-a-version", Errc::kKeyNotFound},
      {Method::kGet, "/keys/k/0101090353A00A20B164C064F8BE0C26", Errc::kKeyNotFound},
      {Method::kGet, "/keys/keys/k/providers/Microsoft.Authorization/roleAssignments", Errc::kInvalidKeyIdentifier},
      {Method::kGet, "/secrets/providers/Microsoft.Authorization/roleAssignments", Errc::kInvalidKeyIdentifier},
      {Method::kGet, "/keys/bad_name/providers/Microsoft.Authorization/roleAssignments", Errc::kInvalidKeyIdentifier},
  };
  for (const Refused& with : kCases) {
    const auto found = route(with.method, with.path);
    ASSERT_FALSE(found) << with.path;
    EXPECT_EQ(name(found.error().code), name(with.error)) << with.path;
  }
}

TEST(Router, ANameHasAtMost127Characters) {
  EXPECT_TRUE(route(Method::kGet, "/keys/" + std::string(127, 'a')));
  EXPECT_FALSE(route(Method::kGet, "/keys/" + std::string(128, 'a')));
}

// Closed by default: what no row names is answered by nobody.
TEST(Router, EveryRowIsReachedByItsOwnRoute) {
  for (const core::OperationRow& row : core::kOperations) {
    std::string path = "/" + std::string(row.route);
    const auto replace = [&path](std::string_view what, std::string_view with) {
      if (const auto at = path.find(what); at != std::string::npos) path.replace(at, what.size(), with);
    };
    replace("{scope}", "providers/Microsoft.Authorization");
    replace("{name}", "some-name");
    replace("{version}", kVersion);
    constexpr Method kMethods[] = {Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete};
    const auto found = route(kMethods[static_cast<std::size_t>(row.verb)], path);
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(found->row, &row) << path;
  }
}

}  // namespace
}  // namespace hsm::api
