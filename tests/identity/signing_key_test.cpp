#include "identity/signing_key.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/base64url.h"
#include "crypto/certificate.h"
#include "crypto/jose/jws.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::identity {
namespace {

class StoredKey : public ::testing::Test {
 protected:
  StoredKey() : folder(::testing::TempDir() + "/signing_key_test." + std::to_string(::getpid())) {
    std::filesystem::create_directory(folder);
  }
  ~StoredKey() override { std::filesystem::remove_all(folder); }
  std::string folder;
  std::string path = folder + "/key.pem";

  void write(const std::string& text, mode_t mode) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }
};

TEST_F(StoredKey, IsMadeOnceWithModeForTheOwnerAlone) {
  const auto first = SigningKey::load(path);
  ASSERT_TRUE(first) << first.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600);
  EXPECT_EQ(SigningKey::load(path).value()->kid(), (*first)->kid());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "a temporary file is left";
}

TEST_F(StoredKey, IsOneKeyForAllWhoStartAtOnce) {
  std::vector<std::string> kids(3);
  std::vector<std::thread> threads;
  for (std::string& kid : kids) {
    threads.emplace_back([this, &kid] { kid = SigningKey::load(path).value()->kid(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kids[0], kids[1]);
  EXPECT_EQ(kids[0], kids[2]);
}

TEST_F(StoredKey, IsRefusedWhenOthersMayReadIt) {
  ASSERT_TRUE(SigningKey::load(path));
  for (const mode_t mode : {0640, 0604, 0620}) {
    ::chmod(path.c_str(), mode);
    EXPECT_FALSE(SigningKey::load(path)) << mode;
  }
}

TEST_F(StoredKey, IsRefusedWhenItIsNoRsaKey) {
  for (const std::string& text : {std::string(), std::string("hello"), std::string(100'000, 'x')}) {
    write(text, 0600);
    const auto key = SigningKey::load(path);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::kUnavailable);
  }
  SecretBytes ec = crypto::private_key_to_pem(crypto::generate_ec(core::Curve::kP256).value().get());
  write(std::string(text_of(ec.writable())), 0600);
  EXPECT_FALSE(SigningKey::load(path));
}

TEST_F(StoredKey, IsRefusedWhenItIsAFolderOrCannotBeWritten) {
  EXPECT_FALSE(SigningKey::load(folder));
  EXPECT_FALSE(SigningKey::load(folder + "/absent/key.pem"));
}

TEST_F(StoredKey, SignsWhatItsPublishedKeysVerify) {
  const auto key = SigningKey::load(path).value();
  const auto published = jose::JwkSet::parse(key->jwks()).value();
  const auto jws = jose::parse_jws(key->sign({{"a", 1}})).value();
  EXPECT_EQ(jws.kid, key->kid());
  EXPECT_EQ(text_of(jws.payload), R"({"a":1})");
  constexpr std::array kRs256{core::Algorithm::kRs256};
  EXPECT_TRUE(jose::verify(jws, published, kRs256));
  EXPECT_EQ(key->jwks().find("\"d\""), std::string::npos) << "a private member is published";
}

// reference/identity.md §5, /discovery/keys
TEST_F(StoredKey, IsPublishedWithACertificateThatIsTheSameAfterEveryStart) {
  const auto key = SigningKey::load(path).value();
  const auto parsed = boost::json::parse(key->jwks());
  const auto& jwk = parsed.at("keys").at(0).as_object();
  ASSERT_EQ(jwk.at("x5c").as_array().size(), 1);
  const auto der = from_base64url(std::string_view(jwk.at("x5c").at(0).as_string())).value();
  const auto certificate = crypto::Certificate::from_der(der).value();
  EXPECT_EQ(jwk.at("x5t"), boost::json::string(to_base64url(certificate.sha1_thumbprint())));
  EXPECT_TRUE(certificate.signed_by(certificate));
  const crypto::SharedPkey published = key->public_keys()->keys().front().key;
  EXPECT_EQ(*crypto::public_members(certificate.public_key()->get()), *crypto::public_members(published.get()));
  EXPECT_EQ(SigningKey::load(path).value()->jwks(), key->jwks());
}

}  // namespace
}  // namespace hsm::identity
