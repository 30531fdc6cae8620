#include "api/keys/transfer_blob.h"

#include <gtest/gtest.h>

#include "base/base64url.h"

namespace hsm::api::keys {
namespace {

constexpr std::string_view kGood =
    R"({"schema_version":"1.0.0","header":{"kid":"https://contoso.managedhsm.azure.net/keys/My-Kek/)"
    R"(0101090353a00a20b164c064f8be0c26","alg":"dir","enc":"CKM_RSA_AES_KEY_WRAP"},"ciphertext":"AAH-_w","generator":"a tool"})";

std::string changed(std::string_view what, std::string_view by) {
  std::string text(kGood);
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

Result<service::Transfer> parse(std::string_view json) {
  return parse_transfer_blob(to_base64url(bytes_of(json)), "contoso");
}

TEST(TransferBlob, NamesItsExchangeKey) {
  const service::Transfer transfer = parse(kGood).value();
  EXPECT_EQ(transfer.exchange_key.text(), "My-Kek");
  EXPECT_EQ(transfer.exchange_version.text(), "0101090353a00a20b164c064f8be0c26");
  EXPECT_EQ(transfer.wrapped, (Bytes{0, 1, 0xFE, 0xFF}));
}

TEST(TransferBlob, AnyHostNameOfTheInstanceIsItsOwn) {
  for (const char* host : {"https://CONTOSO.managedhsm.azure.net", "https://contoso.managedhsm.example:8443",
                           "HTTPS://contoso.managedhsm.localhost"}) {
    EXPECT_TRUE(parse(changed("https://contoso.managedhsm.azure.net", host))) << host;
  }
}

TEST(TransferBlob, VendorsBase64IsTaken) {
  EXPECT_TRUE(parse_transfer_blob(to_base64(bytes_of(kGood)), "contoso"));
  std::string lines = to_base64(bytes_of(kGood));
  for (std::size_t at = 64; at < lines.size(); at += 66) lines.insert(at, "\r\n");
  EXPECT_TRUE(parse_transfer_blob(lines, "contoso"));
  EXPECT_EQ(parse(changed("AAH-_w", "AAH+/w==")).value().wrapped.size(), 4u);
  EXPECT_EQ(parse(changed("AAH-_w", R"(AAH+\r\n/w==\n)")).value().wrapped.size(), 4u);
}

TEST(TransferBlob, AllElseIsABadParameter) {
  const std::string cases[] = {
      "",
      "{}",
      "[]",
      "not JSON",
      std::string(kGood) + "x",
      changed("1.0.0", "1.0.1"),
      changed(R"("1.0.0")", "1"),
      changed(R"("dir")", R"("RSA-OAEP")"),
      changed("CKM_RSA_AES_KEY_WRAP", "RSA_AES_KEY_WRAP_256"),
      changed("https://contoso.", "https://fabrikam."),
      changed("https://contoso.", "https://contoso2."),
      changed("https://", "http://"),
      changed("https://", ""),
      changed("/keys/", "/secrets/"),
      changed("/keys/", "/x/keys/"),
      changed("My-Kek", "My_Kek"),
      changed("/0101090353a00a20b164c064f8be0c26", ""),
      changed("0c26", "0c2"),
      changed("0c26", "0c26/more"),
      changed("AAH-_w", "AAH-_x!"),
      changed(R"("AAH-_w")", "null"),
      changed(R"("AAH-_w")", "{}"),
  };
  for (const std::string& json : cases) {
    const auto result = parse(json);
    ASSERT_FALSE(result) << json;
    EXPECT_EQ(result.error().code, Errc::kBadParameter) << json;
    EXPECT_NE(result.error().message.find("transfer blob"), std::string::npos) << result.error().message;
  }
}

TEST(TransferBlob, IsBounded) {
  EXPECT_FALSE(parse_transfer_blob(std::string(kTransferTextBytesMax + 1, 'A'), "contoso"));
  EXPECT_FALSE(parse_transfer_blob("not base64!", "contoso"));
}

}  // namespace
}  // namespace hsm::api::keys
