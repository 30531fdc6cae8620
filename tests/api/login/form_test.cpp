#include "api/login/form.h"

#include <gtest/gtest.h>

#include "api/login/basic_credentials.h"
#include "base/base64url.h"

namespace hsm::api::login {
namespace {

using identity::Refusal;

Refusal refusal_of(std::string_view text) {
  const auto form = Form::parse(bytes_of(text));
  return form ? Refusal::kCount_ : form.error().refusal;
}

TEST(Form, DecodesNamesAndValues) {
  const Form form =
      Form::parse(bytes_of("grant_type=client_credentials&a%2Bb=x+y%20z&empty=&flag&secret=%26%3d%2B%25")).value();
  EXPECT_EQ(form.get("grant_type"), "client_credentials");
  EXPECT_EQ(form.get("a+b"), "x y z");
  EXPECT_EQ(form.get("empty"), "");
  EXPECT_EQ(form.get("flag"), "");
  EXPECT_EQ(form.get("secret"), "&=+%");
  EXPECT_EQ(form.get("absent"), "");
  EXPECT_EQ(form.get("Grant_Type"), "");
}

TEST(Form, KeepsItsTextsWhenMoved) {
  Form first = Form::parse(bytes_of("a=b")).value();
  const Form second = std::move(first);
  EXPECT_EQ(second.get("a"), "b");
}

TEST(Form, TakesUnescapedUrlsAndAllBytes) {
  EXPECT_EQ(Form::parse(bytes_of("resource=https://a.b/c=d"))->get("resource"), "https://a.b/c=d");
  EXPECT_EQ(Form::parse(bytes_of("a=%00%ff"))->get("a"), std::string_view("\0\xff", 2));
}

TEST(Form, PassesOverEmptyFields) {
  EXPECT_EQ(Form::parse(bytes_of("&&a=b&"))->get("a"), "b");
  EXPECT_TRUE(Form::parse({}));
}

TEST(Form, RefusesBrokenEscapes) {
  for (const char* const text : {"a=%", "a=%4", "a=%zz", "a=%4g", "%=b", "a=b%2"}) {
    EXPECT_EQ(refusal_of(text), Refusal::kMalformedRequest) << text;
  }
}

TEST(Form, RefusesAParameterThatComesTwice) {
  EXPECT_EQ(refusal_of("client_id=a&client_id=a"), Refusal::kDuplicateParameter);
  EXPECT_EQ(refusal_of("client_id=a&client%5Fid=b"), Refusal::kDuplicateParameter);
}

TEST(Form, HasBounds) {
  EXPECT_EQ(refusal_of("a=" + std::string(kFormBytesMax - 2, 'x')), Refusal::kCount_);
  EXPECT_EQ(refusal_of("a=" + std::string(kFormBytesMax - 1, 'x')), Refusal::kMalformedRequest);
  std::string many;
  for (std::size_t i = 0; i < kFormFieldsMax; ++i) many += "a" + std::to_string(i) + "=&";
  EXPECT_EQ(refusal_of(many), Refusal::kCount_);
  EXPECT_EQ(refusal_of(many + "b="), Refusal::kMalformedRequest);
}

std::string basic(std::string_view pair) {
  return "Basic " + to_base64(bytes_of(pair));
}

TEST(BasicCredentials, AreFormEncodedParts) {
  const auto credentials = basic_credentials(basic("id%2F1:s%3Acret%26+x:y")).value();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->client_id(), "id/1");
  EXPECT_EQ(credentials->client_secret(), "s:cret& x:y");
}

TEST(BasicCredentials, AreNotThereUnderAnotherScheme) {
  for (const char* const header : {"", "Bearer abc", "Basi", "Basic"}) {
    EXPECT_FALSE(basic_credentials(header).value()) << header;
  }
}

TEST(BasicCredentials, BrokenOnesAreRefused) {
  for (const std::string& header :
       {std::string("Basic ***"), basic("no colon"), basic("a:b&grant_type=x"), basic("a:%"),
        "basic " + std::string(kFormBytesMax + 1, 'A'), std::string("Basic ")}) {
    EXPECT_FALSE(basic_credentials(header)) << header.substr(0, 40);
  }
}

}  // namespace
}  // namespace hsm::api::login
